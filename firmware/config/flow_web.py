"""The node that asks a web address and goes on by its answer."""

from typing import Annotated, Final, Literal, Self, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from firmware.config.chapter import Chapter, Name
from firmware.config.flow_node import Exit, Filled, NodeBase, Variable, places

FIELD: Final = r"^[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9_-]{1,60}){0,9}$"


def _web_address(url: str) -> str:
    """A value of the call may fill the path and the query, never decide who is asked."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    named = host and "{" not in parts.netloc and "@" not in parts.netloc
    if parts.scheme not in {"http", "https"} or not named or not url.isprintable() or " " in url:
        raise PydanticCustomError("config.not-a-web-address", "not a web address")
    return url


WebAddress: TypeAlias = Annotated[Filled, AfterValidator(_web_address)]
AllowedHost: TypeAlias = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9.:\[\]-]{1,120}$", examples=["127.0.0.1:8080"])
]


class WebRequests(Chapter):
    """Chapter [web_requests]: what flows may ask although it is this box or its own link."""

    allowed_here: Annotated[tuple[AllowedHost, ...], Field(max_length=20)] = ()
    """HOST:PORT of services on the box itself; everything else on loopback is refused."""


class AskWeb(NodeBase):
    """Ask a web address that answers in JSON; keep, speak or compare one field of the answer."""

    exit_fields = ("next", "matches", "failed")
    type: Literal["web"]
    prompt: Name | None = None
    """Said before the address is asked."""
    url: WebAddress
    method: Literal["get", "post"] = "get"
    send: Annotated[tuple[Variable, ...], Field(max_length=20)] = ()
    """Values that go with a POST, as one JSON object."""
    timeout_s: Annotated[float, Field(ge=1, le=15)] = 5.0
    """For the whole of it, from the name to the last byte."""
    field: Annotated[str | None, Field(pattern=FIELD)] = None
    """Names and places in the answer, with dots: customer.orders.0.state."""
    variable: Variable | None = None
    """Where the field is kept."""
    speak: bool = False
    expected: Annotated[str | None, Field(max_length=100)] = None
    next: Exit
    matches: Exit | None = None
    """The field is as expected."""
    failed: Exit

    @model_validator(mode="after")
    def field_for_what_needs_it(self) -> Self:
        wants = self.variable is not None or self.speak or self.expected is not None
        if wants and self.field is None:
            raise PydanticCustomError("config.web-needs-field", "no field of the answer is named")
        if (self.matches is None) != (self.expected is None):
            raise PydanticCustomError("config.web-match-half", "expected and matches go together")
        return self

    def keeps(self) -> tuple[str, ...]:
        return () if self.variable is None else (self.variable,)

    def uses(self) -> dict[str, tuple[str, ...]]:
        return {"url": places(self.url), "send": self.send}

    def is_expected(self, found: str) -> bool:
        return self.expected is not None and found.strip() == self.expected.strip()
