"""The longest time of a call holds in every phase, not only while people talk."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.calls import members
from firmware.contract.causes import Cause
from firmware.contract.switching import Play, Record
from tests.firmware.apps.test_phone import CALLER, talk
from tests.firmware.scripted_box import ScriptedBox, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

ONE_MINUTE = SCRIPTED_OFFICE.replace(
    'number = "+447700900001"', 'number = "+447700900001"\nmax_call_s = 60'
)


@pytest.fixture
async def short(sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(ONE_MINUTE, sounds) as running:
        yield running


def a_minute_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls count their age on this clock."""
    really = time.monotonic

    class Later:
        @staticmethod
        def monotonic() -> float:
            return really() + 61

    monkeypatch.setattr(members, "time", Later)


async def cut(box: ScriptedBox) -> None:
    assert (await box.gsm.cleared(CALLER)).cause is Cause.NORMAL_CALL_CLEARING
    assert "call.too-long" in steps(await box.story())


async def test_people_who_talk_are_cut_off(
    short: ScriptedBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await talk(short)
    a_minute_passes(monkeypatch)

    await short.phones.cleared(agent)

    await cut(short)


async def test_a_caller_in_a_menu_is_cut_off(
    short: ScriptedBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    short.switch.holds_plays = True
    await short.gsm.call_in("gsm-1", CALLER, "+447700900123")
    await short.switch.heard.expect(Play)
    a_minute_passes(monkeypatch)

    await cut(short)


async def test_a_caller_who_speaks_to_a_mailbox_is_cut_off(
    short: ScriptedBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await short.gsm.call_in("gsm-1", CALLER, "+447700900123")
    short.gsm.press(CALLER, "2")
    await short.switch.heard.expect(Record)
    a_minute_passes(monkeypatch)

    await cut(short)
