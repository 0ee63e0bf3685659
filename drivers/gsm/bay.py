"""The modems that are plugged in: found by name, told apart by IMEI and ICCID.

A folder of links (/dev/serial/by-id on a box) names each serial port after its
device and USB interface. Ports of one device are grouped, the one that answers
AT is asked who it is, and the family's layout says which one carries sound.
"""

import asyncio
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers.gsm.identity import Identity, identify
from drivers.gsm.port import AtPort
from drivers.gsm.profile import (
    ADAPTERS,
    FAMILY_LAYOUTS,
    LAYOUTS,
    USUAL_AT_INTERFACES,
)
from drivers.gsm.unasked import Event
from drivers.gsm.usb import SYSFS, UsbPlace, place_of
from firmware.contract.errors import LineError, LineTimeout
from firmware.contract.settings import GsmLineSettings

log = logging.getLogger(__name__)

_NAME: Final = re.compile(r"(?P<device>.+?)(?:-if|:\d+\.)(?P<interface>\d+)(?:-port\d+)?")
"""<device>-if02[-port0] of by-id, <device>:1.2-port0 of by-path."""
TRIES_WHEN_SILENT: Final = 3
"""A modem that boots answers late; after so many looks in vain it is left alone until replugged."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The serial ports of one plugged-in device."""

    name: str
    by_interface: Mapping[int, Path]
    place: UsbPlace | None
    targets: frozenset[str]
    """The ttys behind the links; others after a replug."""


@dataclass(frozen=True, slots=True)
class Found:
    """A modem that said who it is, and where its ports are."""

    ports: Ports
    identity: Identity
    at: Path
    audio: Path | None


class Bay:
    """One per card. Lines ask it for their modem; nobody else opens a modem's port."""

    def __init__(self, folder: Path, sysfs: Path = SYSFS) -> None:
        self.ask_adapters = False
        """Whether bare serial adapters may be asked; only if some line has analogue sound."""
        self._folder = folder
        self._sysfs = sysfs
        self._known: dict[str, Found] = {}
        self._plugged: frozenset[str] = frozenset()
        self._refused: dict[frozenset[str], int] = {}
        self._taken: set[str] = set()
        self._looking = asyncio.Lock()

    async def find(self, settings: GsmLineSettings) -> Found:
        """Return the modem the settings name and take it; raises LineError when it is not there."""
        await self.look()
        for modem in self._here():
            if _is_named(settings, modem.identity) and modem.ports.name not in self._taken:
                self._taken.add(modem.ports.name)
                return modem
        raise LineError("gsm.absent", **_wanted(settings))

    def give_back(self, modem: Found) -> None:
        self._taken.discard(modem.ports.name)

    def forget(self, modem: Found) -> None:
        """It has another SIM than we thought: ask again at the next look."""
        self._known.pop(modem.ports.name, None)

    def unassigned(self, lines: tuple[GsmLineSettings, ...]) -> list[Found]:
        """The modems that are there and no line's, as of the last look."""
        return [
            modem
            for modem in self._here()
            if not any(_is_named(line, modem.identity) for line in lines)
        ]

    async def look(self) -> None:
        """Ask every device who it is that has come since the last look."""
        async with self._looking:
            groups = _groups(self._folder, self._sysfs)
            self._plugged = frozenset(groups)
            now = {ports.targets for ports in groups.values()}
            self._refused = {key: n for key, n in self._refused.items() if key in now}
            found = await asyncio.gather(*(self._meet(ports) for ports in groups.values()))
            self._known |= {modem.ports.name: modem for modem in found if modem is not None}

    def _here(self) -> list[Found]:
        return [modem for name, modem in self._known.items() if name in self._plugged]

    async def _meet(self, ports: Ports) -> Found | None:
        if ports.name in self._taken:
            return None
        known = self._known.get(ports.name)
        if known is not None and known.identity.iccid is not None:
            return known if known.ports.targets == ports.targets else _moved(known, ports)
        if self._refused.get(ports.targets, 0) >= TRIES_WHEN_SILENT:
            return None
        modem = await self._ask_who(ports)
        if modem is None:
            self._refused[ports.targets] = self._refused.get(ports.targets, 0) + 1
        return modem

    async def _ask_who(self, ports: Ports) -> Found | None:
        """Ask all likely ports at once: a sound port stays silent for seconds."""
        asking = {
            interface: asyncio.ensure_future(_asked(ports.by_interface[interface]))
            for interface in self._at_interfaces(ports)
        }
        try:
            for done in asyncio.as_completed(asking.values()):
                await done
                for interface, question in asking.items():
                    identity = question.result() if question.done() else None
                    if identity is not None:
                        audio = _audio(ports, identity, interface)
                        return Found(ports, identity, ports.by_interface[interface], audio)
        finally:
            for question in asking.values():
                question.cancel()
            await asyncio.gather(*asking.values(), return_exceptions=True)
        return None

    def _at_interfaces(self, ports: Ports) -> list[int]:
        """The interfaces worth asking: a device of another kind is never disturbed."""
        if ports.place is not None and ports.place.usb_id in LAYOUTS:
            wanted = [LAYOUTS[ports.place.usb_id].at]
        elif ports.place is not None:
            wanted = [0] if self.ask_adapters and ports.place.usb_id in ADAPTERS else []
        else:
            wanted = [*USUAL_AT_INTERFACES, *([0] if self.ask_adapters else [])]
        return [interface for interface in wanted if interface in ports.by_interface]


def _groups(folder: Path, sysfs: Path) -> dict[str, Ports]:
    """Return the plugged-in devices by name; an absent folder has none."""
    interfaces: dict[str, dict[int, Path]] = {}
    try:
        links = sorted(folder.iterdir())
    except OSError:
        return {}
    for link in links:
        parts = _NAME.fullmatch(link.name)
        if parts is not None and link.is_char_device():
            interfaces.setdefault(parts["device"], {})[int(parts["interface"])] = link
    return {name: _ports(name, by_number, sysfs) for name, by_number in interfaces.items()}


def _ports(name: str, by_number: dict[int, Path], sysfs: Path) -> Ports:
    targets = {number: link.resolve() for number, link in by_number.items()}
    places = (place_of(target.name, sysfs) for target in targets.values())
    place = next((place for place in places if place is not None), None)
    return Ports(name, by_number, place, frozenset(str(target) for target in targets.values()))


async def _asked(path: Path) -> Identity | None:
    port = AtPort(path.name, _nobody)
    try:
        port.open(path)
        return await identify(port)
    except LineTimeout:
        log.info("%s does not answer", path.name)
    except LineError as error:
        log.info("%s: %s", path.name, error)
    finally:
        port.close()
    return None


def _audio(ports: Ports, identity: Identity, at: int) -> Path | None:
    layouts = FAMILY_LAYOUTS[identity.profile.family]
    if ports.place is not None and ports.place.usb_id in LAYOUTS:
        layouts = (LAYOUTS[ports.place.usb_id],)
    layout = next((layout for layout in layouts if layout.at == at), None)
    if layout is None or layout.audio is None:
        return None
    return ports.by_interface.get(layout.audio)


def _moved(known: Found, ports: Ports) -> Found:
    """The same device under other ttys: the line that opens it checks who it is."""
    return Found(ports, known.identity, known.at, known.audio)


def _is_named(settings: GsmLineSettings, identity: Identity) -> bool:
    """A line that names both is found by its device; which SIM is in it the line checks."""
    if settings.imei is not None:
        return settings.imei[:14] == identity.imei[:14]
    return settings.iccid is not None and same_sim(settings.iccid, identity.iccid)


def same_sim(wanted: str, found: str | None) -> bool:
    """ICCIDs are told with and without their check digit and filler."""
    if found is None:
        return False
    one, other = wanted.rstrip("F"), found.rstrip("F")
    return one.startswith(other) or other.startswith(one)


def _wanted(settings: GsmLineSettings) -> dict[str, str]:
    return {"imei": settings.imei or "-", "iccid": settings.iccid or "-"}


def _nobody(_event: Event) -> None:
    """While a modem is asked who it is, what it says unasked is of no use."""
