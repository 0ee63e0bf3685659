"""kill -9 of the exchange: a promise to call back is kept by the next one."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.contract.line_state import Audio
from firmware.store.archive import Archive
from tests.firmware.apps.spoken import hears
from tests.firmware.apps.test_call_back import CALLER, LEG, OFFICE
from tests.firmware.scripted_box import GSM, PHONES, ScriptedBox, eventually, new_state
from tests.firmware.scripted_card import ControlClient, ScriptedCard, ScriptedSwitch
from tests.firmware.test_exchange_killed import Killable


@pytest.fixture
async def killable(sounds: Path) -> AsyncIterator[Killable]:
    state = new_state(OFFICE, sounds)
    running = Killable(
        state,
        ScriptedSwitch(state),
        ScriptedCard(state, "gsm", dict.fromkeys(GSM, Audio.FULL)),
        ScriptedCard(state, "virtual", dict.fromkeys(PHONES)),
    )
    await running.start()
    await running.connect()
    yield running
    assert running.process is not None
    if running.process.returncode is None:
        running.process.terminate()
        await running.process.wait()
    for end in (running.switch, running.gsm, running.phones):
        await end.die()
    shutil.rmtree(state)


async def test_a_promise_outlives_a_kill_right_after_the_caller_heard_it(
    killable: Killable,
) -> None:
    control = await ControlClient.connect(killable.state)
    box = ScriptedBox(
        killable.state, killable.switch, killable.gsm, killable.gsm, killable.phones, control
    )
    await killable.phones.lift("phone-1", "talker")  # so that it cannot be kept before the kill
    killable.switch.holds_plays = True
    await killable.gsm.call_in("gsm-1", LEG, CALLER)
    killable.gsm.press(LEG, "1")
    await hears(box, "call-back-promised", LEG)
    control.close()
    await killable.kill()
    archive = Archive(killable.state / "tipring.db")
    assert [(one.number, one.tries) for one in archive.call_backs_owed()] == [(CALLER, 0)]

    killable.phones.heard.forget()
    await killable.start()
    await killable.connect()

    await killable.phones.rings("phone-1")
    (promise,) = await eventually(archive.call_backs_owed, lambda owed: owed[0].tries == 1)
    assert promise.number == CALLER
