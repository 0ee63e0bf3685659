"""Several in one conversation by order of the exchange; and what of it is recorded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from firmware.calls.conference import conference
from firmware.calls.office import Office
from firmware.contract.causes import Cause
from firmware.contract.messages import Disconnect, HookFlash
from firmware.contract.switching import Record
from firmware.exchange.calls_desk import CallsDesk
from tests.firmware.apps.test_phone import CALLER, consult, room_of
from tests.firmware.calls.test_hold import two_phones_talk
from tests.firmware.scripted_box import ScriptedBox, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE


@asynccontextmanager
async def office_of_box(
    sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[ScriptedBox, Office]]:
    """A box with the office inside it, as a code of the exchange has it."""
    seen: list[Office] = []

    class Desk(CallsDesk):
        def __init__(self, office: Office) -> None:
            super().__init__(office)
            seen.append(office)

    monkeypatch.setattr("firmware.exchange.exchange.CallsDesk", Desk)
    async with scripted_box(SCRIPTED_OFFICE, sounds) as box:
        yield box, seen[0]


async def test_two_calls_are_put_together_by_order(
    sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office_of_box(sounds, monkeypatch) as (box, office):
        first, second = await two_phones_talk(box)
        await box.gsm.call_in("gsm-1", CALLER, "+447700900123")
        box.gsm.press(CALLER, "103")
        third = await box.phones.picks_up("phone-3")
        await room_of(box, third)
        box.switch.heard.forget()
        older, younger = sorted(office.calls.values(), key=lambda call: call.call_id)

        joined = conference(office, younger, *older.legs)

        rooms = {await room_of(box, leg) for leg in (first, second, third, CALLER)}
        assert joined is older
        assert rooms == {older.room}
        for leg in (first, third):
            box.phones.report(Disconnect(leg_id=leg, cause=Cause.NORMAL_CALL_CLEARING))
        box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))
        await box.phones.cleared(second)
        assert steps(await box.story()).count("conference.left") == 2
        assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("call ")]


async def test_a_recorded_conference_has_outsiders_left_and_the_office_right(
    box: ScriptedBox,
) -> None:
    await box.gsm.call_in("gsm-2", CALLER, "+447700900123")
    box.gsm.press(CALLER, "5")
    agent = await box.phones.picks_up("phone-1")
    await room_of(box, agent)
    third = await consult(box, agent)
    box.switch.heard.forget()
    box.phones.report(HookFlash(leg_id=agent))

    order = await box.switch.heard.expect(Record, lambda one: third in one.office)

    assert (order.outside, order.office) == (frozenset({CALLER}), frozenset({agent, third}))
