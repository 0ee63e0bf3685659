"""Bytes of a stream into messages, with no socket attached: one JSON object a line."""

from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from firmware.contract.errors import MessageRefused
from firmware.contract.message import MAX_LINE_BYTES

M = TypeVar("M")
SHOWN_BYTES = 80


class LineSplitter:
    """Cuts what arrives into lines and never holds more than one line's worth."""

    def __init__(self, max_bytes: int = MAX_LINE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines that `data` completes, without their ends.

        Raises MessageRefused, and the stream is lost, once a line is too long.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        if max(map(len, [*lines, self._rest])) > self._max_bytes:
            raise MessageRefused("link.line-too-long", bytes=self._max_bytes)
        return lines


def parse(line: bytes, kinds: TypeAdapter[M]) -> M:
    """Return the message on `line`. Raises MessageRefused, naming the field, for anything else."""
    try:
        return kinds.validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise MessageRefused(
            "link.not-a-message",
            field=".".join(map(str, first["loc"])),
            why=first["msg"],
            line=line[:SHOWN_BYTES].decode("utf-8", "replace"),
        ) from error
