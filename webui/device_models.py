"""What a phone or adapter gets to read: the templates in provisioning/, filled in.

A family of models is a file there; its README says what stands in one.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

FOLDER: Final = Path(__file__).parent / "provisioning"
_PLACE: Final = re.compile(r"\{(\w+)\}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class DeviceModel(BaseModel):
    """One family of models; its name in the data base is that of its file."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    name: str
    file: str
    agents: tuple[str, ...] = ()
    form: Literal["xml", "ini"]
    content_type: str
    head: str
    accounts: Annotated[tuple[str, ...], Field(min_length=1)]
    unused: tuple[str, ...]
    tail: str = ""

    def mac_in(self, file: str) -> str | None:
        """Return the MAC address of a file name of this family, "" where it has none."""
        found = re.fullmatch(self.file, file)
        return None if found is None else found.groupdict().get("mac", "")


@dataclass(frozen=True)
class Place:
    """Where the device finds the box: the SIP server, and the folder it asks from now on."""

    server: str
    port: int
    url: str


@dataclass(frozen=True)
class Account:
    """What one port registers with."""

    number: str
    name: str
    user: str
    secret: str


@cache
def device_models() -> Mapping[str, DeviceModel]:
    """Return file name -> family, in the order of the names."""
    files = sorted(FOLDER.glob("*.toml"))
    return MappingProxyType(
        {
            file.stem: DeviceModel.model_validate(tomllib.loads(file.read_text("utf-8")))
            for file in files
        }
    )


def asked_for(file: str, agent: str) -> tuple[str, str] | None:
    """Return family and MAC address of a device that asks for `file`; None for no device."""
    fitting = [
        (name, mac)
        for name, model in device_models().items()
        if (mac := model.mac_in(file.lower()))
    ]
    told = [one for one in fitting if any(a in agent for a in device_models()[one[0]].agents)]
    return next(iter(told or fitting), None)


def configuration(
    model: DeviceModel, mac: str, name: str, place: Place, accounts: Sequence[Account | None]
) -> str:
    """Return the file for one device; None is a port without an account, as is one too many."""
    common = {
        "mac": mac,
        "name": name,
        "server": place.server,
        "port": str(place.port),
        "url": place.url,
        "url_bare": place.url.partition("://")[2].rstrip("/"),
    }
    parts = [_filled(model, model.head, common)]
    for at, text in enumerate(model.accounts):
        account = accounts[at] if at < len(accounts) else None
        if account is None:
            parts.append(_filled(model, model.unused[at], common))
        else:
            parts.append(_filled(model, text, {**common, **vars(account)}))
    parts.append(_filled(model, model.tail, common))
    return "".join(part.lstrip("\n") for part in parts)


def _filled(model: DeviceModel, text: str, values: Mapping[str, str]) -> str:
    """Raises KeyError for a place nothing is known for: a template's fault, found by its test."""

    def value(found: re.Match[str]) -> str:
        plain = _CONTROL.sub(" ", values[found[1]])
        return escape(plain) if model.form == "xml" else plain

    return _PLACE.sub(value, text)
