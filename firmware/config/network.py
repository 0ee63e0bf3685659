"""Chapter [network]: what this box is called in the office's network, and who tells it the time."""

import re
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from firmware.config.chapter import Chapter
from firmware.config.mail import Server

_LABEL: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_NAME: Final = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})*")
_ONLY_DIGITS: Final = re.compile(r"[0-9.]+")
SUFFIX: Final = ".local"
"""Names of this ending are found without any server (RFC 6762)."""


def _host_name(value: str) -> str:
    if not _NAME.fullmatch(value) or _ONLY_DIGITS.fullmatch(value):
        raise PydanticCustomError("config.not-a-host-name", "no host name")
    return value


def _one_label(value: str) -> str:
    if "." in value:
        raise PydanticCustomError("config.not-a-box-name", "more than one label")
    return _host_name(value)


HostName: TypeAlias = Annotated[str, AfterValidator(_host_name)]


class Network(Chapter):
    name: Annotated[str, AfterValidator(_one_label)] = "tipring"
    """The page is found as https://NAME.local; the box takes the name at its next start."""
    names: Annotated[tuple[HostName, ...], Field(max_length=10)] = ()
    """What else people type to reach the page; the box's certificate is for these, too."""
    time_servers: Annotated[tuple[Server, ...], Field(max_length=4)] = ()
    """Who tells the box the time; empty is the usual ones. Taken at its next start."""

    def page_names(self) -> frozenset[str]:
        """Return the names the page answers to, besides the machine's own and its addresses."""
        return frozenset({self.name, self.name + SUFFIX, *self.names})
