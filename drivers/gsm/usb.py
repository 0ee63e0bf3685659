"""Where a serial port sits on the USB bus, and how to cut its power (Linux sysfs)."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

SYSFS: Final = Path("/sys")
OFF_S: Final = 2.0
"""How long the power stays off; modems hold charge for a second or so."""
_PORT: Final = re.compile(r"(?P<hub>\d+(?:-[\d.]+)?)[-.](?P<port>\d+)")
"""1-1.4 is port 4 of hub 1-1; 1-1 is port 1 of the root hub of bus 1 (usb1)."""


@dataclass(frozen=True, slots=True)
class UsbPlace:
    device: Path
    """The USB device's folder in sysfs."""
    usb_id: str
    """vendor:product, as in 1e0e:9001."""
    interface: int


def place_of(tty: str, sysfs: Path = SYSFS) -> UsbPlace | None:
    """Return where the tty of that name sits, None when it is on no USB bus (a pty, a UART)."""
    folder = (sysfs / "class" / "tty" / tty / "device").resolve()
    interface: int | None = None
    for place in (folder, *folder.parents):
        if interface is None:
            interface = _hex(place / "bInterfaceNumber")
        vendor, product = _word(place / "idVendor"), _word(place / "idProduct")
        if vendor and product:
            return UsbPlace(place, f"{vendor}:{product}", interface or 0)
    return None


async def power_cycle(
    place: UsbPlace, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> bool:
    """Take the device's power (or at least the device) away and give it back.

    Returns False when sysfs lets us do neither; the device may then still be hung.
    """
    for switch, off, on in _switches(place.device):
        try:
            switch.write_text(off)
            await pause(OFF_S)
            switch.write_text(on)
        except OSError as error:
            log.warning("%s cannot be switched: %s", switch, error)
            continue
        return True
    return False


def _switches(device: Path) -> list[tuple[Path, str, str]]:
    """The hub port's own switch (it cuts the power), then the kernel's (it only re-attaches)."""
    switches = [(device / "authorized", "0", "1")]
    place = _PORT.fullmatch(device.name)
    if place is not None:
        hub = place["hub"]
        root = hub.isdigit()
        hub_interface = f"{hub}-0:1.0" if root else f"{hub}:1.0"
        port = f"usb{hub}-port{place['port']}" if root else f"{hub}-port{place['port']}"
        switches.insert(0, (device.parent / hub_interface / port / "disable", "1", "0"))
    return [switch for switch in switches if switch[0].exists()]


def _word(file: Path) -> str | None:
    try:
        return file.read_text("ascii").strip().lower()
    except (OSError, UnicodeDecodeError):
        return None


def _hex(file: Path) -> int | None:
    word = _word(file)
    return int(word, 16) if word and re.fullmatch(r"[0-9a-f]{1,2}", word) else None
