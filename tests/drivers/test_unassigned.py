"""What is plugged in and no line yet says what it could do: voice, both ways at once, SMS."""

import asyncio
from pathlib import Path

import pytest

from drivers.fxo.driver import FxoDriver
from drivers.gsm.bay import Bay
from drivers.gsm.condition import unassigned
from drivers.simulators.at_modem.settings import Family
from firmware.contract.line_state import Ability, Audio, Health, LineState
from firmware.contract.messages import LineStateChanged
from tests.drivers.fxo_rig import FxoRig
from tests.drivers.gsm.test_bay import Shelf, modem_settings, shelf
from tests.drivers.rig import DEADLINE_S, RecordingCard

__all__ = ["shelf"]


async def state_of_modem(shelf: Shelf, family: Family, **more: object) -> LineState:
    await shelf.plug(modem_settings(1, family, **more))
    bay = Bay(shelf.folder)
    await bay.look()
    (found,) = bay.unassigned(())
    return unassigned("new-stick", found)


@pytest.mark.parametrize("family", [Family.SIM7600, Family.EC25, Family.HUAWEI])
async def test_a_modem_with_voice_could_do_everything(shelf: Shelf, family: Family) -> None:
    state = await state_of_modem(shelf, family)

    assert (state.health, state.audio, state.why) == (Health.UNASSIGNED, Audio.FULL, None)
    assert state.abilities == {Ability.PLACE, Ability.RECEIVE, Ability.SMS}
    assert state.identity["number"] == "+447700900001"
    assert state.identity["iccid"].startswith("8944")


async def test_a_stick_without_voice_could_do_text_messages_and_says_why(shelf: Shelf) -> None:
    state = await state_of_modem(shelf, Family.HUAWEI, voice=False)

    assert (state.audio, state.abilities) == (Audio.NONE, frozenset({Ability.SMS}))
    assert state.why is not None
    assert state.why.code == "gsm.no-voice"


@pytest.mark.parametrize(
    ("family", "audio", "why"),
    [
        ("cx930xx", Audio.FULL, "fxo.unassigned"),
        ("cx930xx-half", Audio.HALF, "fxo.half-duplex"),
    ],
)
async def test_an_analogue_modem_is_started_once_to_see_whether_both_can_talk(
    family: str, audio: Audio, why: str
) -> None:
    rig = FxoRig(modem={"family": family})
    await rig.plug_in()
    watching = asyncio.create_task(looked_into(rig.card, rig.folder))
    try:
        state = await asyncio.wait_for(watching, DEADLINE_S)
    finally:
        await rig.stop()

    assert (state.health, state.audio) == (Health.UNASSIGNED, audio)
    assert state.why is not None
    assert state.why.code == why


async def looked_into(card: RecordingCard, folder: Path) -> LineState:
    """Watch until the modem's model is known."""
    watching = asyncio.create_task(FxoDriver(folder, card).watch())
    seen = 0
    try:
        while True:
            report = await card.reported(LineStateChanged, seen)
            if "model" in report.line.identity:
                return report.line
            seen = card.reports.index(report) + 1
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
