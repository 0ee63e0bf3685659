"""The practice network as a whole: devices on the wires, subscribers outside."""

import inspect
import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, Protocol, Self

from pydantic import ValidationError

from drivers.simulators import v253
from drivers.simulators.at_modem.start import start as start_at_modem
from drivers.simulators.network import Network
from drivers.simulators.settings import AnyDeviceSettings, PhoneSettings, PracticeSettings
from drivers.simulators.subscriber import Subscriber
from drivers.simulators.terminal import PublicNetwork
from drivers.simulators.virtual_phone import VirtualPhone
from drivers.simulators.virtual_trunk import VirtualTrunk
from firmware.contract.errors import NotFound, RequestRefused, TipringError

PACKAGED: Final = Path(__file__).with_name("practice.toml")


class Device(Protocol):
    """A started far end; `stop` takes it off its wire and off the network."""

    def stop(self) -> Awaitable[None] | None: ...


async def _start_virtual(
    device_dir: Path, network: PublicNetwork, settings: PhoneSettings
) -> Device:
    if settings.trunk:
        return VirtualTrunk(device_dir, network, settings)
    return VirtualPhone(device_dir, settings, network.country)


START: Final[dict[str, Callable[[Path, PublicNetwork, Any], Awaitable[Device]]]] = {
    "at": start_at_modem,
    "v253": v253.start,
    "virtual": _start_virtual,
}
"""How the far end of each wire is started."""


class PracticeRefused(TipringError):
    """practice.toml cannot be used."""


def read_settings(file: Path = PACKAGED) -> PracticeSettings:
    """Raises PracticeRefused naming the key."""
    try:
        return PracticeSettings.model_validate(tomllib.loads(file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PracticeRefused("practice.unreadable", file=str(file), why=str(error)) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        raise PracticeRefused(
            "practice.bad-setting", file=str(file), key=key, why=first["msg"]
        ) from error


class Practice:
    """Everything behind the practice lines, running."""

    def __init__(self, settings: PracticeSettings, network: Network) -> None:
        self.settings = settings
        self.network = network
        self.phones: dict[str, VirtualPhone] = {}
        """By line."""
        self._devices: list[Device] = []
        self._subscribers: list[Subscriber] = []

    @classmethod
    async def start(cls, settings: PracticeSettings, device_dir: Path) -> Self:
        """Put every device of `settings` into `device_dir`, which exists."""
        practice = cls(settings, Network(settings.country, _impaired(settings)))
        for entry in settings.devices:
            device = await START[entry.wire](device_dir, practice.network, entry)
            practice._devices.append(device)
            if isinstance(device, VirtualPhone):
                practice.phones[entry.line] = device
        practice._subscribers = [Subscriber(practice.network, s) for s in settings.subscribers]
        return practice

    def line(self, line_id: str) -> AnyDeviceSettings:
        """Return the far end of a practice line; raises NotFound for a line that is none."""
        for device in self.settings.devices:
            if device.line == line_id:
                return device
        raise NotFound("practice.no-such-line", line=line_id)

    def number_of(self, line_id: str) -> str:
        """Return the number somebody outside dials to reach a line; RequestRefused for a phone."""
        device = self.line(line_id)
        if isinstance(device, PhoneSettings) and not device.trunk:
            raise RequestRefused("practice.line-is-a-phone", line=line_id)
        return device.number

    def phone(self, line_id: str) -> VirtualPhone:
        try:
            return self.phones[line_id]
        except KeyError:
            raise NotFound("practice.no-such-phone", line=line_id) from None

    async def stop(self) -> None:
        for subscriber in self._subscribers:
            await subscriber.close()
        for device in self._devices:
            stopping = device.stop()
            if inspect.isawaitable(stopping):
                await stopping


def _impaired(settings: PracticeSettings) -> dict[str, Any]:
    """Return number -> impairments of every line that the network has to spoil."""
    ends = (*settings.devices, *settings.subscribers)
    return {end.number: end.impairments for end in ends if end.impairments.spoils_sound}
