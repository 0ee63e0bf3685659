"""Which modem is which: by IMEI and ICCID, never by port number."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from drivers.gsm import driver as gsm
from drivers.gsm import port as port_module
from drivers.gsm.bay import Bay
from drivers.gsm.driver import GsmDriver
from drivers.simulators.at_modem.modem import Modem
from drivers.simulators.at_modem.pty_port import PtyPort
from drivers.simulators.at_modem.settings import Family, ModemSettings
from drivers.simulators.at_modem.start import start
from drivers.simulators.network import Network
from firmware.contract.errors import LineError
from firmware.contract.line_state import Health
from firmware.contract.messages import LineGone, LineStateChanged
from firmware.contract.settings import GsmLineSettings
from tests.drivers.gsm.fake_sysfs import add_tty, usb_device
from tests.drivers.rig import RecordingCard


def modem_settings(number: int, family: Family = Family.SIM7600, **more: object) -> ModemSettings:
    told: dict[str, object] = {
        "family": family,
        "serial": f"stick-{number}",
        "imei": f"86000000000{number:04d}",
        "iccid": f"894400000000000{number:04d}",
        "number": f"+44770090{number:04d}",
    }
    return ModemSettings.model_validate(told | more)


def line_settings(**named: str | None) -> GsmLineSettings:
    return GsmLineSettings.model_validate({"id": "gsm-1", "driver": "gsm"} | named)


class Shelf:
    """Modems plugged into one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.network = Network("GB")
        self.modems: list[Modem] = []

    async def plug(self, settings: ModemSettings) -> Modem:
        self.modems.append(await start(self.folder, self.network, settings))
        return self.modems[-1]


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    made = Shelf(tmp_path)
    yield made
    for modem in made.modems:
        modem.stop()


async def test_four_families_side_by_side_are_told_apart_with_their_ports(shelf: Shelf) -> None:
    families = (Family.SIM7600, Family.EC25, Family.HUAWEI, Family.SIM800)
    for number, family in enumerate(families, 1):
        await shelf.plug(modem_settings(number, family))
    bay = Bay(shelf.folder)
    bay.ask_adapters = True
    found = [await bay.find(line_settings(imei=f"86000000000{n:04d}")) for n in range(1, 5)]
    assert [f.identity.profile.family for f in found] == ["SIM7600", "EC25", "Huawei", "SIM800"]
    ports = [(f.at.name[-4:], f.audio.name[-4:] if f.audio else None) for f in found]
    assert ports == [("if02", "if04"), ("if02", "if01"), ("if03", "if02"), ("if00", None)]


async def test_a_line_follows_its_sim_into_another_modem(shelf: Shelf) -> None:
    await shelf.plug(modem_settings(1))
    await shelf.plug(modem_settings(2, Family.EC25))
    found = await Bay(shelf.folder).find(line_settings(iccid="8944000000000000002"))
    assert found.identity.imei == "860000000000002"


async def test_a_modem_is_taken_once(shelf: Shelf) -> None:
    await shelf.plug(modem_settings(1))
    bay = Bay(shelf.folder)
    taken = await bay.find(line_settings(imei="860000000000001"))
    with pytest.raises(LineError, match=r"gsm\.absent"):
        await bay.find(line_settings(iccid="8944000000000000001"))
    bay.give_back(taken)
    assert (await bay.find(line_settings(iccid="8944000000000000001"))).identity == taken.identity


async def test_devices_of_another_kind_are_left_alone(tmp_path: Path) -> None:
    heard: list[bytes] = []
    port = PtyPort(tmp_path / "conexant-d1-if00", heard.append)
    port.plug_in()
    try:
        await Bay(tmp_path).look()
        await asyncio.sleep(0)
        assert heard == []
    finally:
        port.unplug()


async def test_a_silent_port_is_asked_a_few_times_and_then_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(port_module, "SYNC_S", 0.05)
    heard: list[bytes] = []
    port = PtyPort(tmp_path / "strange-if02", heard.append)
    port.plug_in()
    try:
        bay = Bay(tmp_path)
        for _ in range(3):
            await bay.look()
        asked = len(heard)
        assert asked > 0
        await bay.look()
        assert len(heard) == asked
    finally:
        port.unplug()


@pytest.mark.parametrize(
    ("usb_id", "answers"),
    [("1e0e:9001", True), ("0572:1340", False), ("10c4:ea60", False)],
)
async def test_on_a_real_bus_only_known_modems_are_asked(
    shelf: Shelf, tmp_path_factory: pytest.TempPathFactory, usb_id: str, answers: bool
) -> None:
    modem = await shelf.plug(modem_settings(1))
    sysfs = tmp_path_factory.mktemp("sysfs")
    device = usb_device(sysfs, usb_id)
    for link in shelf.folder.iterdir():
        add_tty(sysfs, device, link.resolve().name, int(link.name[-2:]))
    bay = Bay(shelf.folder, sysfs)
    await bay.look()
    assert (modem.commands != []) is answers
    assert (len(bay.unassigned(())) == 1) is answers


async def test_names_of_by_path_work_too(shelf: Shelf, tmp_path: Path) -> None:
    await shelf.plug(modem_settings(1))
    by_path = tmp_path / "by-path"
    by_path.mkdir()
    for link in list(shelf.folder.iterdir()):
        if link.is_symlink():
            name = f"pci-0000:00:14.0-usb-0:1.4:1.{int(link.name[-2:])}-port0"
            (by_path / name).symlink_to(link.resolve())
    found = await Bay(by_path).find(line_settings(imei="860000000000001"))
    assert found.audio is not None
    assert ":1.4-" in found.audio.name


async def test_a_modem_no_line_names_is_offered_until_it_is_unplugged(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gsm, "LOOK_EVERY_S", 0.05)
    modem = await shelf.plug(modem_settings(7))
    card = RecordingCard()
    watching = asyncio.create_task(GsmDriver(shelf.folder, card).watch())
    try:
        told = await card.reported(LineStateChanged)
        assert told.line.health is Health.UNASSIGNED
        assert told.line.identity["imei"] == "860000000000007"
        assert told.line.identity["iccid"] == "8944000000000000007"
        modem.unplug()
        gone = await card.reported(LineGone)
        assert gone.line_id == told.line.line_id
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
