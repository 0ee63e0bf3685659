"""A form with a file at its end, read as it comes in: any size on the disk, little in memory.

The fields come first, so that a wrong code is known before a byte of the file is kept.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from anyio import AsyncFile, open_file
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from firmware.contract.errors import TipringError

LONGEST_FIELD: Final = 400
MOST_PARTS: Final = 12
Check: TypeAlias = Callable[[Mapping[str, str]], Awaitable[None]]
"""Looks at the fields before any of the file is written."""


class FormRefused(TipringError):
    """What came is not the form that the page shows."""


class SentForm:
    """`fields` are whole when the file begins."""

    def __init__(self, content_type: str) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise FormRefused("web.bad-request")
        self.fields: dict[str, str] = {}
        self._file: list[bytes] = []
        self._has_file = False
        self._headers: dict[bytes, bytes] = {}
        self._header = b""
        self._field: str | None = None
        self._content = bytearray()
        self._parts = 0
        self._parser = MultipartParser(
            options[b"boundary"],
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_end,
                "on_part_data": self._data,
                "on_part_end": self._end,
            },
        )

    def take(self, data: bytes) -> list[bytes]:
        """Return what of the file was in this stretch. Raises FormRefused."""
        try:
            self._parser.write(data)
        except MultipartParseError:
            raise FormRefused("web.bad-request") from None
        found, self._file = self._file, []
        return found

    @property
    def file_begun(self) -> bool:
        return self._has_file

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS or self._has_file:
            raise FormRefused("web.bad-request")
        self._headers, self._header, self._content = {}, b"", bytearray()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        name = self._header.lower()
        self._headers[name] = self._headers.get(name, b"") + data[start:end]

    def _header_end(self) -> None:
        self._header = b""

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._has_file = b"filename" in options
        name = options.get(b"name", b"").decode("ascii", "replace")
        self._field = None if self._has_file else name

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._field is None:
            self._file.append(data[start:end])
            return
        self._content += data[start:end]
        if len(self._content) > LONGEST_FIELD:
            raise FormRefused("web.bad-request")

    def _end(self) -> None:
        if self._field is not None:
            self.fields[self._field] = self._content.decode("utf-8", "replace")


async def receive_form(
    content_type: str,
    stream: AsyncIterator[bytes],
    target: Path,
    check: Check,
) -> Mapping[str, str]:
    """Write the file to `target` once `check` has let the fields pass; return the fields.

    Raises what `check` raises, FormRefused, and OSError when the disk will not have it; the
    file may be there in part then. The rest of the request is read to its end in any case:
    a browser that may not finish sending shows no answer.
    """
    try:
        form = SentForm(content_type)
        async with await open_file(target, "wb") as file:
            await _receive(form, stream, file, check)
    except (TipringError, OSError):
        async for _ in stream:
            pass
        raise
    return form.fields


async def _receive(
    form: SentForm, stream: AsyncIterator[bytes], file: AsyncFile[bytes], check: Check
) -> None:
    checked = False
    async for data in stream:
        stretches = form.take(data)
        if form.file_begun and not checked:
            await check(form.fields)
            checked = True
        for stretch in stretches:
            await file.write(stretch)
    if not checked:
        raise FormRefused("web.bad-request")
