"""A promise to call back: in the store before the caller hears of it, and kept within its rules."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from firmware.contract.causes import Cause
from firmware.contract.messages import Connect, Disconnect, Release
from firmware.contract.switching import ConnectLeg
from firmware.store.archive import Archive
from firmware.store.flow_rows import CallBackRow
from firmware.store.rows import CallStory, Disposition
from tests.firmware.apps.spoken import hears
from tests.firmware.scripted_box import ScriptedBox, eventually, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

CALLER = "+447700900123"
OTHER = "+447700900124"
LEG = "caller"
BLOCKED = "07700900666"
PREMIUM = "09098790000"
NODES = """
[timetables.always]
[[timetables.always.weekly]]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
opens = "00:00"
closes = "24:00"

[flows.back]
start = "which"

[flows.back.nodes.which]
type = "menu"
prompt = "one-moment"
timeout_s = 1
retries = 0
timeout = "sorry"
invalid = "sorry"
keys = { 1 = "call-back", 2 = "number", 3 = "closed" }

[flows.back.nodes.number]
type = "collect"
prompt = "one-moment"
variable = "number"
timeout_s = 1
retries = 0
next = "call-number"
timeout = "sorry"
invalid = "sorry"

[flows.back.nodes.call-number]
type = "callback"
extensions = ["101"]
timetable = "always"
variable = "number"
next = "bye"
failed = "sorry"

[flows.back.nodes.call-back]
type = "callback"
extensions = ["101"]
timetable = "always"
tries = 1
next = "bye"
failed = "sorry"

[flows.back.nodes.closed]
type = "callback"
group = "everybody"
timetable = "never"
next = "bye"
failed = "sorry"

[flows.back.nodes.bye]
type = "hangup"

[flows.back.nodes.sorry]
type = "hangup"
"""
OFFICE = SCRIPTED_OFFICE.replace('to = { flow = "main" }', 'to = { flow = "back" }') + NODES


@pytest.fixture
async def box(sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(OFFICE, sounds) as running:
        yield running


def owed(box: ScriptedBox) -> tuple[CallBackRow, ...]:
    return Archive(box.state / "tipring.db").call_backs_owed()


def in_room(leg_id: str) -> Callable[[ConnectLeg], bool]:
    return lambda order: order.leg_id == leg_id and order.room is not None


async def asks(box: ScriptedBox, keys: str, calling: str | None = CALLER, leg: str = LEG) -> None:
    await box.gsm.call_in("gsm-1", leg, calling)
    box.gsm.press(leg, keys)
    await box.gsm.cleared(leg)


async def ended(box: ScriptedBox, count: int) -> CallStory:
    """Return the story of the last of `count` calls, once all of it is written."""
    last = (await box.finished(count))[-1].call.call_id
    archive = Archive(box.state / "tipring.db")
    return await eventually(lambda: archive.story(last), lambda one: "call.ended" in steps(one))


async def test_the_promise_is_safe_before_the_caller_hears_of_it(box: ScriptedBox) -> None:
    box.switch.holds_plays = True
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, "1")
    await hears(box, "call-back-promised", LEG)

    (promise,) = owed(box)

    assert (promise.number, promise.extensions) == (CALLER, "101")


async def test_the_office_is_rung_first_then_the_caller_and_the_promise_is_kept(
    box: ScriptedBox,
) -> None:
    await asks(box, "1")
    phone = await box.phones.picks_up("phone-1")
    await hears(box, "calling-back", phone)
    placed = await box.gsm.is_dialled()
    box.gsm.report(Connect(leg_id=placed.leg_id))
    await box.switch.heard.expect(ConnectLeg, in_room(phone))
    await eventually(lambda: owed(box), lambda rows: rows == ())
    box.gsm.report(Disconnect(leg_id=placed.leg_id, cause=Cause.NORMAL_CALL_CLEARING))

    story = await ended(box, 2)

    assert placed.called == CALLER
    assert story.call.disposition is Disposition.ANSWERED
    assert (story.call.incoming, story.call.called) == (False, CALLER)
    assert steps(story).index("callback.tries") < steps(story).index("callback.kept")


async def test_after_the_last_try_it_is_given_up(box: ScriptedBox) -> None:
    await asks(box, "1")
    phone = await box.phones.rings("phone-1")
    box.phones.report(Release(leg_id=phone, cause=Cause.NO_ANSWER_FROM_USER))

    story = await ended(box, 2)

    assert steps(story)[-3:] == ["callback.nobody-here", "callback.given-up", "call.ended"]
    assert owed(box) == ()


async def test_the_caller_does_not_answer_and_is_still_owed_a_call(box: ScriptedBox) -> None:
    await asks(box, "2" + "07700900123#")
    await box.phones.picks_up("phone-1")
    placed = await box.gsm.is_dialled()
    box.gsm.report(Release(leg_id=placed.leg_id, cause=Cause.USER_BUSY))
    await ended(box, 2)

    (promise,) = owed(box)

    assert (promise.tries, promise.number) == (1, CALLER)
    assert promise.due_at > promise.asked_at


@pytest.mark.parametrize(
    ("keys", "calling", "code"),
    [
        ("1", None, "callback.no-number"),
        ("2101#", CALLER, "callback.no-number"),
        ("2999#", CALLER, "callback.no-number"),
        (f"2{BLOCKED}#", CALLER, "callback.blocked"),
        (f"2{PREMIUM}#", CALLER, "toll.premium"),
    ],
)
async def test_who_may_not_be_called_is_promised_nothing(
    box: ScriptedBox, keys: str, calling: str | None, code: str
) -> None:
    await asks(box, keys, calling)

    story = await box.story()

    assert code in steps(story), steps(story)
    assert owed(box) == ()


async def test_while_the_office_is_closed_it_waits(box: ScriptedBox) -> None:
    await asks(box, "3")
    await asks(box, "1", OTHER, "another")

    await box.phones.picks_up("phone-1")
    placed = await box.gsm.is_dialled()

    assert placed.called == OTHER
    assert (CALLER, 0) in [(one.number, one.tries) for one in owed(box)]


async def test_who_is_owed_a_call_is_owed_no_second_one(box: ScriptedBox) -> None:
    await asks(box, "3")
    await asks(box, "3", CALLER, "again")

    assert len(owed(box)) == 1
