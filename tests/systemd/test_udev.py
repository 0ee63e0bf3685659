"""What may be plugged in, by the text of the rules; real events are for the virtual machine."""

import re
from pathlib import Path

import pytest

from drivers.gsm.profile import ADAPTERS, LAYOUTS
from tests.systemd.udev_rules import apply_rules, read_rules

ROOT = Path(__file__).parents[2]
RULES = read_rules(ROOT / "systemd/udev/90-tipring.rules")
VOICE_MODEMS = re.findall(
    r"^\|[^|]+\| ([0-9a-f]{4}:[0-9a-f]{4}) \|",
    (ROOT / "drivers/fxo/README.md").read_text("utf-8"),
    re.MULTILINE,
)
STICK = ("08", "06", "50")
SOUND = ("01", "01", "00")
HUB = ("09", "00", "00")
MAKERS_OWN = ("ff", "ff", "ff")
SERIAL = ("02", "02", "01")


def interface(kind: tuple[str, str, str], model: str = "1234:5678") -> dict[str, list[str]]:
    """Return what the rules do with one interface of a device that was just plugged in."""
    vendor, product = model.split(":")
    names = ("ATTR{bInterfaceClass}", "ATTR{bInterfaceSubClass}", "ATTR{bInterfaceProtocol}")
    facts = dict(zip(names, kind, strict=True)) | {
        "ACTION": "add",
        "SUBSYSTEM": "usb",
        "KERNEL": "1-1:1.0",
        "ENV{DEVTYPE}": "usb_interface",
        "ATTRS{idVendor}": vendor,
        "ATTRS{idProduct}": product,
    }
    return apply_rules(RULES, facts)


def is_let_in(done: dict[str, list[str]]) -> bool:
    return done.get("ATTR{authorized}") == ["1"]


def block(**changed: str) -> dict[str, list[str]]:
    facts = {"ACTION": "add", "SUBSYSTEM": "block", "KERNEL": "sda1"}
    facts |= {"ENV{ID_BUS}": "usb", "ENV{ID_FS_TYPE}": "vfat"}
    return apply_rules(RULES, facts | {f"ENV{{{key}}}": value for key, value in changed.items()})


def test_nothing_on_the_bus_gets_a_driver_by_itself() -> None:
    facts = {"ACTION": "add", "SUBSYSTEM": "usb", "KERNEL": "usb1", "ENV{DEVTYPE}": "usb_device"}

    assert apply_rules(RULES, facts)["ATTR{interface_authorized_default}"] == ["0"]


@pytest.mark.parametrize("kind", [STICK, SOUND, HUB])
def test_sticks_sound_and_hubs_are_let_in(kind: tuple[str, str, str]) -> None:
    done = interface(kind)

    assert is_let_in(done)
    assert "drivers_probe" in done["RUN"][0]


@pytest.mark.parametrize("model", [*LAYOUTS, *sorted(ADAPTERS), *VOICE_MODEMS])
def test_every_modem_the_cards_know_is_let_in(model: str) -> None:
    assert is_let_in(interface(MAKERS_OWN, model))
    assert is_let_in(interface(SERIAL, model))


@pytest.mark.parametrize(
    "kind",
    [
        ("03", "01", "01"),
        ("03", "01", "02"),
        ("03", "00", "00"),
        ("02", "06", "00"),
        ("e0", "01", "03"),
        ("e0", "01", "01"),
        ("07", "01", "02"),
        ("0e", "01", "00"),
    ],
    ids=["keyboard", "mouse", "HID", "network", "RNDIS", "Bluetooth", "printer", "camera"],
)
@pytest.mark.parametrize("model", ["1234:5678", "12d1:1506", "0572:1340"])
def test_what_could_type_or_reroute_is_never_let_in(kind: tuple[str, str, str], model: str) -> None:
    assert not is_let_in(interface(kind, model))


@pytest.mark.parametrize("kind", [MAKERS_OWN, SERIAL, ("08", "06", "62"), ("fe", "01", "01")])
def test_what_nobody_knows_stays_without_a_driver(kind: tuple[str, str, str]) -> None:
    assert not is_let_in(interface(kind))


def test_a_fat_stick_is_read_and_nothing_mounts_it() -> None:
    done = block()

    assert done["ENV{SYSTEMD_WANTS}"] == ["tipring-usb@%k.service"]
    assert done["TAG"] == ["systemd"]
    assert done["ENV{UDISKS_IGNORE}"] == ["1"]
    assert (done["GROUP"], done["MODE"]) == (["tipring-stick"], ["0440"])


@pytest.mark.parametrize("kind", ["ext4", "ntfs", "exfat", "hfsplus", ""])
def test_another_file_system_is_left_alone(kind: str) -> None:
    done = block(ID_FS_TYPE=kind)

    assert "ENV{SYSTEMD_WANTS}" not in done
    assert done["ENV{UDISKS_IGNORE}"] == ["1"]


def test_the_boxs_own_disk_is_no_stick() -> None:
    assert block(ID_BUS="ata") == {}


@pytest.mark.parametrize("subsystem", ["usb", "tty", "net"])
def test_modem_manager_keeps_its_hands_off(subsystem: str) -> None:
    done = apply_rules(RULES, {"ACTION": "change", "SUBSYSTEM": subsystem})

    assert done["ENV{ID_MM_DEVICE_IGNORE}"] == ["1"]
