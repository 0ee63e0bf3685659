"""Who calls and who we say we are: From, P-Asserted-Identity, Privacy (RFC 3323, RFC 3325)."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from drivers.sip.signalling.message import SipText

ANONYMOUS: Final = '"Anonymous" <sip:anonymous@anonymous.invalid>'
_NAME_AND_URI: Final = re.compile(r'^\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*?))\s*<([^>]*)>')
_USER: Final = re.compile(r"^(?:sips?:([^@;?]*)[^@]*@|tel:([^;?]*))", re.IGNORECASE)
_VISUAL: Final = re.compile(r"[-.() ]")
"""RFC 3966, 5.1.1: separators in a tel: number that mean nothing."""
_PRIVATE: Final = frozenset({"id", "user", "header"})
_NOBODY: Final = frozenset({"", "anonymous", "restricted", "unavailable", "unknown"})
_MAX_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Caller:
    number: str | None
    """The user part as it came; None when withheld."""
    name: str | None


def caller_of(invite: SipText, *, trusted: bool) -> Caller:
    """Return who calls; an asserted identity counts only from a `trusted` neighbour (the edge)."""
    name, uri = split_address(invite.header("from") or "")
    if _wants_privacy(invite) or "anonymous.invalid" in uri.lower():
        return Caller(None, None)
    asserted = invite.header("p-asserted-identity") if trusted else None
    if asserted:
        asserted_name, asserted_uri = split_address(asserted)
        name, uri = asserted_name or name, asserted_uri if user_of(asserted_uri) else uri
    number = user_of(uri)
    if number.lower() in _NOBODY:
        return Caller(None, None)
    return Caller(number, name if name and name != number else None)


def split_address(value: str) -> tuple[str | None, str]:
    """Return display name and URI of a From-like header."""
    found = _NAME_AND_URI.match(value)
    if not found:
        return None, value.split(";", maxsplit=1)[0].strip()
    name = re.sub(r"\\(.)", r"\1", found[1]) if found[1] is not None else found[2].strip()
    return name[:_MAX_NAME] or None, found[3].strip()


def user_of(uri: str) -> str:
    """Return the user part of a sip: or tel: URI, unescaped; "" when there is none."""
    found = _USER.match(uri.strip())
    if not found:
        return ""
    if found[1] is None:
        return _VISUAL.sub("", unquote(found[2]))
    return unquote(found[1]).partition(":")[0]


def address(user: str, domain: str, name: str | None = None) -> str:
    """Return `"name" <sip:user@domain>` with what needs it escaped."""
    uri = f"<sip:{quote(user, safe='+*.-_!~()&=$,')}@{domain}>"
    if not name:
        return uri
    printable = "".join(sign for sign in name if sign.isprintable())[:_MAX_NAME]
    escaped = printable.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" {uri}'


def _wants_privacy(invite: SipText) -> bool:
    words = re.split(r"[;,\s]+", ";".join(invite.all("privacy")).lower())
    return not _PRIVATE.isdisjoint(words)
