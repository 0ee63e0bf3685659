"""One SIP message as text in, frozen facts out (RFC 3261); only what a worker asks of it.

The library parses for itself and refuses what is malformed. This reader serves
for what the library does not pass on, so it forgives and never raises.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

_COMPACT: Final = {
    "b": "referred-by",
    "c": "content-type",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "v": "via",
    "x": "session-expires",
}
_FOLD: Final = re.compile(r"\r?\n[ \t]+")
_END_OF_HEADERS: Final = re.compile(r"\r?\n\r?\n")
_TAG: Final = re.compile(r";\s*tag\s*=\s*([^;\s]+)", re.IGNORECASE)
_BOUNDARY: Final = re.compile(r';\s*boundary\s*=\s*"?([^";]+)"?', re.IGNORECASE)
_REQUEST_LINE: Final = re.compile(r"^([A-Za-z0-9.!%*_+`'~-]+) +(\S+) +SIP/2\.0$")
_STATUS_LINE: Final = re.compile(r"^SIP/2\.0 +(\d{3})(?: +(.*))?$")


@dataclass(frozen=True)
class SipText:
    """A message cut into its parts. Header names are lower case and in their long form."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: str

    @cached_property
    def method(self) -> str:
        """The request's method; "" for a response."""
        found = _REQUEST_LINE.match(self.start)
        return found[1] if found else ""

    @cached_property
    def request_uri(self) -> str:
        found = _REQUEST_LINE.match(self.start)
        return found[2] if found else ""

    @cached_property
    def status(self) -> int:
        """The response's status; 0 for a request."""
        found = _STATUS_LINE.match(self.start)
        return int(found[1]) if found else 0

    @cached_property
    def phrase(self) -> str:
        found = _STATUS_LINE.match(self.start)
        return (found[2] or "").strip() if found else ""

    @property
    def call_id(self) -> str:
        return self.header("call-id") or ""

    @property
    def from_tag(self) -> str:
        return _tag(self.header("from"))

    @property
    def to_tag(self) -> str:
        return _tag(self.header("to"))

    def header(self, name: str) -> str | None:
        """Return the first header of that name."""
        return next((value for key, value in self.headers if key == name), None)

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.headers if key == name)

    @property
    def content_type(self) -> str:
        """The media type alone, lower case."""
        return (self.header("content-type") or "").split(";")[0].strip().lower()

    @property
    def sdp(self) -> str | None:
        """The session description, also from within multipart."""
        if self.content_type == "application/sdp":
            return self.body or None
        if self.content_type.startswith("multipart/"):
            return _sdp_part(self.header("content-type") or "", self.body)
        return None


def read(text: str) -> SipText:
    """Return the parts of `text`; bytes that were no UTF-8 become replacement characters."""
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").lstrip("\r\n")
    head, body = _cut(text)
    start, *lines = _FOLD.sub(" ", head).splitlines() or [""]
    return SipText(start.strip(), tuple(_header(line) for line in lines if ":" in line), body)


def _cut(text: str) -> tuple[str, str]:
    parts = _END_OF_HEADERS.split(text, maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else ""


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    name = name.strip().lower()
    return _COMPACT.get(name, name), value.strip()


def _tag(value: str | None) -> str:
    found = _TAG.search((value or "").rpartition(">")[2])
    return found[1] if found else ""


def _sdp_part(content_type: str, body: str) -> str | None:
    found = _BOUNDARY.search(content_type)
    if not found:
        return None
    parts = (read("part\r\n" + part.strip("\r\n")) for part in body.split(f"--{found[1]}")[1:])
    return next((part.body for part in parts if part.content_type == "application/sdp"), None)
