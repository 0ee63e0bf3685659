"""gammu, written by others, drives the simulated GSM modem; and reads what our driver left."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from drivers.simulators.at_modem.modem import Modem
from drivers.simulators.at_modem.settings import ModemSettings
from drivers.simulators.at_modem.start import start
from drivers.simulators.network import Network
from drivers.simulators.party import Party, Stage
from tests.drivers.gsm_rig import GsmRig

DEADLINE_S = 50.0
PDUS = (
    "07919144775010F0040C91447700091032000062119151314400045A8E1103",
    "07919144775010F0040C91447700094065000062119151315500054774D8CD03",
)
pytestmark = pytest.mark.peer


@pytest.fixture
def family() -> str:
    return "sim7600"


@pytest.fixture
async def modem(family: str, tmp_path: Path) -> AsyncIterator[Modem]:
    settings = ModemSettings.model_validate(
        {
            "family": family,
            "serial": "stick",
            "imei": "860000000000011",
            "iccid": "8944000000000000011",
            "number": "+447700900001",
            "stored_sms": PDUS,
        }
    )
    made = await start(tmp_path, Network("GB", set_up_s=0.01), settings)
    yield made
    made.stop()


async def gammu(modem: Modem, *arguments: str) -> str:
    """Run gammu on the modem's command port and return what it printed."""
    folder = modem.at_port.link.parent
    rc = folder / "gammurc"
    rc.write_text(f"[gammu]\nport = {modem.at_port.link}\nconnection = at\n")
    process = await asyncio.create_subprocess_exec(
        "gammu", "-c", str(rc), *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    try:
        async with asyncio.timeout(DEADLINE_S):
            printed, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode == 0, printed.decode()
    return printed.decode()


@pytest.mark.parametrize("family", ["sim7600", "huawei"])
async def test_gammu_identifies_the_modem(modem: Modem) -> None:
    printed = await gammu(modem, "identify")
    assert modem.traits.maker.lower() in printed.lower()
    assert modem.traits.model in printed
    assert "860000000000011" in printed
    assert "234990000000001" in printed


async def test_gammu_reads_the_stored_messages(modem: Modem) -> None:
    printed = await gammu(modem, "getallsms")
    assert "+447700900123" in printed
    assert "+447700900456" in printed
    assert "2 SMS parts in 2 SMS sequences" in printed
    assert modem.store.deleted == []


@pytest.mark.parametrize("family", ["ec25"])
async def test_gammu_places_a_voice_call(modem: Modem) -> None:
    outside = Party(modem.network, "+441632960100")
    modem.network.attach(outside)
    await gammu(modem, "dialvoice", "01632960100")
    async with asyncio.timeout(DEADLINE_S):
        await outside.reaches(Stage.RINGING)


async def test_messages_survive_what_our_driver_does() -> None:
    rig = GsmRig(modem={"stored_sms": PDUS[:1]})
    try:
        await rig.start()
        rig.stick.receive_message(PDUS[1])
        await rig.stop_serving()
        await rig.line.close()
        printed = await gammu(rig.stick, "getallsms")
        assert "2 SMS parts in 2 SMS sequences" in printed
    finally:
        await rig.stop()
