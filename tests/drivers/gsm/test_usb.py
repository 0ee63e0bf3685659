"""Finding a tty on the USB bus and switching its power, on a fake sysfs tree."""

from pathlib import Path

from drivers.gsm.usb import place_of, power_cycle
from tests.drivers.gsm.fake_sysfs import add_tty, usb_device


def test_a_tty_is_found_on_the_bus(tmp_path: Path) -> None:
    device = usb_device(tmp_path, "12d1:1506")
    add_tty(tmp_path, device, "ttyUSB3", 3)
    place = place_of("ttyUSB3", tmp_path)
    assert place is not None
    assert (place.device, place.usb_id, place.interface) == (device, "12d1:1506", 3)


def test_a_tty_that_is_on_no_bus_has_no_place(tmp_path: Path) -> None:
    (tmp_path / "class/tty/ttyS0/device").mkdir(parents=True)
    assert place_of("ttyS0", tmp_path) is None
    assert place_of("ttyUSB9", tmp_path) is None


async def test_the_hub_port_is_switched_where_the_hub_can(tmp_path: Path) -> None:
    device = usb_device(tmp_path, port_switch=True)
    add_tty(tmp_path, device, "ttyUSB2", 2)
    place = place_of("ttyUSB2", tmp_path)
    assert place is not None
    switch = device.parent / "1-1:1.0/1-1-port4/disable"
    seen: list[str] = []

    async def pause(_seconds: float) -> None:
        seen.append(switch.read_text().strip())

    assert await power_cycle(place, pause)
    assert seen == ["1"]
    assert switch.read_text().strip() == "0"
    assert (device / "authorized").read_text().strip() == "1"


async def test_elsewhere_the_device_is_taken_off_and_put_back(tmp_path: Path) -> None:
    device = usb_device(tmp_path)
    add_tty(tmp_path, device, "ttyUSB2", 2)
    place = place_of("ttyUSB2", tmp_path)
    assert place is not None
    seen: list[str] = []

    async def pause(_seconds: float) -> None:
        seen.append((device / "authorized").read_text().strip())

    assert await power_cycle(place, pause)
    assert seen == ["0"]
    assert (device / "authorized").read_text().strip() == "1"


async def test_a_device_without_switches_says_so(tmp_path: Path) -> None:
    device = usb_device(tmp_path)
    add_tty(tmp_path, device, "ttyUSB2", 2)
    place = place_of("ttyUSB2", tmp_path)
    assert place is not None
    (device / "authorized").unlink()
    assert not await power_cycle(place)
