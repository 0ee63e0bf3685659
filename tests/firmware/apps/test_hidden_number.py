"""A caller who hides the number is asked who calls: keys, voice, silence, and a lie."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.apps.reception import hidden
from firmware.contract.causes import Cause
from firmware.contract.messages import AlertCall, AnswerCall
from firmware.contract.switching import Detect, Detector
from firmware.store.rows import Disposition
from tests.firmware.apps.spoken import hears
from tests.firmware.scripted_box import ScriptedBox, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

LEG = "caller"
CHALLENGING = SCRIPTED_OFFICE.replace("[callers]\n", '[callers]\nwithheld = "challenge"\n')


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hidden, "WAIT_S", 0.4)
    monkeypatch.setattr(hidden, "BETWEEN_KEYS_S", 0.4)
    monkeypatch.setattr(hidden, "QUIET_S", 0.1)


@pytest.fixture
async def asking(sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(CHALLENGING, sounds) as running:
        yield running


async def test_a_number_keyed_in_lets_the_caller_in_and_is_shown_to_the_phone(
    asking: ScriptedBox,
) -> None:
    await asking.fxo.call_in("fxo-1", LEG, None)
    await hears(asking, "say-who", LEG)
    asking.fxo.press(LEG, "07700900123#")

    rung = await asking.phones.heard.expect(AlertCall)
    assert rung.calling == "+447700900123"


async def test_who_speaks_is_let_in_once_they_have_finished(asking: ScriptedBox) -> None:
    await asking.fxo.call_in("fxo-1", LEG, None)
    await hears(asking, "say-who", LEG)
    await asking.switch.heard.expect(Detect, lambda order: Detector.VOICE in order.what)
    asking.switch.hears_voice(LEG)
    asking.switch.hears_voice(LEG, ended=True)

    assert (await asking.phones.heard.expect(AlertCall)).calling is None


async def test_who_stays_silent_is_asked_twice_and_refused(asking: ScriptedBox) -> None:
    await asking.gsm.call_in("gsm-1", LEG, None)
    await hears(asking, "say-who", LEG)
    await hears(asking, "say-who", LEG)
    await hears(asking, "number-hidden", LEG)
    assert (await asking.gsm.cleared(LEG)).cause is Cause.CALL_REJECTED

    story = await asking.story()
    assert story.call.disposition is Disposition.BLOCKED
    assert "hidden.refused" in steps(story)


@pytest.mark.parametrize("keys", ["12#", "07700900666#"])
async def test_no_number_and_a_blocked_one_are_refused(asking: ScriptedBox, keys: str) -> None:
    await asking.gsm.call_in("gsm-1", LEG, None)
    await hears(asking, "say-who", LEG)
    asking.gsm.press(LEG, keys)

    assert (await asking.gsm.cleared(LEG)).cause is Cause.CALL_REJECTED


async def test_a_caller_who_shows_a_number_is_asked_nothing(asking: ScriptedBox) -> None:
    await asking.gsm.call_in("gsm-1", LEG, "+447700900123")
    await hears(asking, "one-moment", LEG)


async def test_hidden_numbers_can_be_refused_outright(sounds: Path) -> None:
    text = CHALLENGING.replace('withheld = "challenge"', 'withheld = "refuse"')
    async with scripted_box(text, sounds) as refusing:
        refusing.gsm.ring("gsm-1", LEG, None)
        assert (await refusing.gsm.cleared(LEG)).cause is Cause.CALL_REJECTED

        heard = refusing.gsm.heard.messages
        assert not [one for one in heard if isinstance(one, AnswerCall)]
