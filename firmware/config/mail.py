"""Chapter [mail]: the e-mail account this box writes from; its password is in secrets.toml."""

import re
from enum import StrEnum
from typing import Annotated, Final, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from firmware.config.chapter import Chapter

_LOCAL: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_DOMAIN: Final = r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,62}"
_ADDRESS: Final = re.compile(rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@){_LOCAL}@{_DOMAIN}")
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")
_PRINTABLE: Final = re.compile(r"[^\x00-\x1f\x7f]{1,254}")
MOST_ADDRESSES: Final = 10


def is_address(value: str) -> bool:
    """Return whether a letter may be sent there; whatever is one is safe in a letter's head."""
    return _ADDRESS.fullmatch(value) is not None


def _address(value: str) -> str:
    if not is_address(value):
        raise PydanticCustomError("config.not-an-address", "no e-mail address")
    return value


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise PydanticCustomError("config.not-a-server", "no name of a server")
    return value


def _printable(value: str) -> str:
    if not _PRINTABLE.fullmatch(value):
        raise PydanticCustomError("config.not-printable", "control characters")
    return value


Address: TypeAlias = Annotated[str, AfterValidator(_address)]
"""An e-mail address of the plain kind, such as office@example.com."""
Addresses: TypeAlias = Annotated[tuple[Address, ...], Field(max_length=MOST_ADDRESSES)]
Server: TypeAlias = Annotated[str, AfterValidator(_host)]
Printable: TypeAlias = Annotated[str, AfterValidator(_printable)]


class Security(StrEnum):
    """How the way to the mail server is kept private."""

    TLS = "tls"  # from the first word on, usually port 465
    STARTTLS = "starttls"  # asked for before the login, usually port 587
    NONE = "none"  # for a server in the office that wants no login


USUAL_PORT: Final = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}


class Mail(Chapter):
    server: Server | None = None
    """Without one this box writes no e-mail."""
    port: Annotated[int | None, Field(ge=1, le=65535)] = None
    """None is the usual one of the kind of security."""
    security: Security = Security.STARTTLS
    user: Printable | None = None
    password: Printable | None = None
    sender: Address | None = None
    """What the letters come from; most servers want the account's own address."""
    missed_calls: Addresses = ()
    """Who is written to about every call of the office that nobody took."""

    @model_validator(mode="after")
    def whole(self) -> Self:
        if self.server is not None and self.sender is None:
            raise PydanticCustomError("config.mail-without-sender", "server without sender")
        if self.user is not None and self.security is Security.NONE:
            raise PydanticCustomError("config.mail-login-in-clear", "user without TLS")
        return self

    @property
    def is_set_up(self) -> bool:
        return self.server is not None

    def at_port(self) -> int:
        return self.port or USUAL_PORT[self.security]
