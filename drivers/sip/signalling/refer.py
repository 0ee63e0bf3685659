"""Where a phone asks to be transferred to: the Refer-To header (RFC 3515, RFC 3891)."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

_URI: Final = re.compile(r"^(?:sips?|tel):([^?>]*)(?:\?([^>]*))?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReferTarget:
    user: str
    replaces: str | None
    """`call-id;to-tag=…;from-tag=…`, unescaped: the call that is to be taken over."""


def parse_refer_to(value: str) -> ReferTarget | None:
    """Return the target; None for what no call can be made to (another method, no user)."""
    uri = _URI.match(_inside_brackets(value))
    if not uri:
        return None
    address, _, parameters = uri[1].partition(";")
    user = unquote(address.rpartition("@")[0] if "@" in address else _number(value, address))
    method = re.search(r"(?:^|;)method=([^;]+)", parameters, re.IGNORECASE)
    if not user or (method and method[1].upper() != "INVITE"):
        return None
    return ReferTarget(user.split(":")[0].split(";")[0], _replaces(uri[2] or ""))


def _inside_brackets(value: str) -> str:
    found = re.search(r"<([^>]*)>", value)
    return (found[1] if found else value).strip()


def _number(value: str, address: str) -> str:
    """A tel: URI is all number; a sip: URI without @ names a host only."""
    return address if "tel:" in value.lower() else ""


def _replaces(headers: str) -> str | None:
    fields = (field.partition("=") for field in headers.split("&"))
    return next((unquote(text) for name, _, text in fields if name.lower() == "replaces"), None)
