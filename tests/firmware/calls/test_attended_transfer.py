"""A SIP phone consults on a second call and joins the two parties: two calls become one."""

from pathlib import Path

from firmware.contract.causes import Cause
from firmware.contract.messages import (
    Alerting,
    AnswerTransfer,
    Connect,
    Disconnect,
    Held,
    Release,
    TransferRequested,
)
from firmware.contract.switching import Play, Played, Record, Stop, Tone
from firmware.store.archive import Archive
from tests.firmware.apps.test_phone import CALLER, E164, NUMBER, room_of, talk
from tests.firmware.calls.test_hold import hold_tone
from tests.firmware.scripted_box import ScriptedBox, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

SECOND = "consultation"
FOLLOW_ME = SCRIPTED_OFFICE.replace(
    'devices = ["phone-3"]', 'devices = []\nmobile = "+447700900777"\nconfirm = true'
)


def gone(leg_id: str) -> Disconnect:
    return Disconnect(leg_id=leg_id, cause=Cause.NORMAL_CALL_CLEARING)


async def hold_and_call(box: ScriptedBox, agent: str, number: str) -> None:
    """The agent's phone holds the caller and calls somebody on its second call."""
    box.phones.report(Held(leg_id=agent))
    await hold_tone(box, CALLER)
    await box.phones.lift("phone-1", SECOND)
    box.phones.press(SECOND, number)


async def consult(box: ScriptedBox, agent: str) -> str:
    await hold_and_call(box, agent, "103")
    third = await box.phones.picks_up("phone-3")
    assert await room_of(box, third) == await room_of(box, SECOND)
    return third


async def answer(box: ScriptedBox, agent: str) -> AnswerTransfer:
    return await box.phones.heard.expect(AnswerTransfer, lambda one: one.leg_id == agent)


async def calls(box: ScriptedBox) -> list[str]:
    return [call["call_id"] for call in (await box.control.ask("snapshot"))["ok"]["calls"]]


async def test_two_calls_become_the_older_one_and_the_transferor_is_out(box: ScriptedBox) -> None:
    agent = await talk(box)
    (older,) = await calls(box)
    third = await consult(box, agent)
    box.switch.heard.forget()
    box.phones.report(TransferRequested(leg_id=agent, with_leg_id=SECOND))

    assert (await answer(box, agent)).accepted
    for leg in (agent, SECOND):
        await box.phones.cleared(leg)
    assert await room_of(box, third) == await room_of(box, CALLER) == older
    box.gsm.report(gone(CALLER))
    await box.phones.cleared(third)
    story = await box.story()
    assert story.call.call_id == older
    assert {leg.leg_id for leg in story.legs} == {CALLER, agent, SECOND, third}
    assert all(leg.ended_ms is not None for leg in story.legs)
    assert story.call.extension == "103"


async def test_the_consultation_stands_in_the_story_at_its_time(box: ScriptedBox) -> None:
    agent = await talk(box)
    await consult(box, agent)
    box.phones.report(TransferRequested(leg_id=agent, with_leg_id=SECOND))
    await answer(box, agent)
    box.gsm.report(gone(CALLER))

    told = steps(await box.story())

    in_order = ["call.came-in", "call.held", "phone.lifted", "transfer.attended", "transfer.done"]
    assert [code for code in told if code in in_order] == in_order


async def test_it_may_be_asked_for_on_the_consultation_as_well(box: ScriptedBox) -> None:
    agent = await talk(box)
    (older,) = await calls(box)
    third = await consult(box, agent)
    box.switch.heard.forget()
    box.phones.report(TransferRequested(leg_id=SECOND, with_leg_id=agent))

    assert (await answer(box, SECOND)).accepted
    assert await room_of(box, third) == await room_of(box, CALLER) == older
    box.phones.report(gone(third))
    await box.gsm.cleared(CALLER)
    assert (await box.story()).call.call_id == older


async def test_a_phone_that_hangs_up_both_at_once_has_transferred_all_the_same(
    box: ScriptedBox,
) -> None:
    agent = await talk(box)
    third = await consult(box, agent)
    box.switch.heard.forget()
    box.phones.report(TransferRequested(leg_id=agent, with_leg_id=SECOND))
    for leg in (SECOND, agent):
        box.phones.report(gone(leg))

    assert await room_of(box, third) == await room_of(box, CALLER)


async def test_while_the_third_party_still_rings_the_caller_waits_for_them(
    box: ScriptedBox,
) -> None:
    agent = await talk(box)
    await hold_and_call(box, agent, "103")
    third = await box.phones.rings("phone-3")
    await box.switch.heard.expect(Tone, lambda tone: tone.leg_id == SECOND)
    box.phones.report(TransferRequested(leg_id=agent, with_leg_id=SECOND))
    await box.switch.heard.expect(
        Tone, lambda tone: (tone.leg_id, tone.name) == (CALLER, "ringback")
    )
    await box.phones.cleared(agent)
    box.phones.report(Connect(leg_id=third))

    assert await room_of(box, third) == await room_of(box, CALLER)


async def test_a_third_party_who_does_not_answer_sends_the_caller_back(box: ScriptedBox) -> None:
    agent = await talk(box)
    await hold_and_call(box, agent, "103")
    third = await box.phones.rings("phone-3")
    await box.switch.heard.expect(Tone, lambda tone: tone.leg_id == SECOND)
    box.phones.report(TransferRequested(leg_id=agent, with_leg_id=SECOND))
    await box.phones.cleared(agent)
    box.phones.report(Release(leg_id=third, cause=Cause.CALL_REJECTED))

    again = await box.phones.picks_up("phone-1")

    assert await room_of(box, again) == await room_of(box, CALLER)


async def test_a_caller_who_has_hung_up_meanwhile_is_not_handed_on(box: ScriptedBox) -> None:
    agent = await talk(box)
    third = await consult(box, agent)
    box.gsm.report(gone(CALLER))
    box.phones.report(TransferRequested(leg_id=SECOND, with_leg_id=agent))

    assert not (await answer(box, SECOND)).accepted
    (call,) = (await box.control.ask("snapshot"))["ok"]["calls"]
    assert call["phase"] == "talking"
    assert {SECOND, third} == {leg["leg_id"] for leg in call["legs"]}


async def test_a_leg_nobody_knows_is_no_consultation(box: ScriptedBox) -> None:
    agent = await talk(box)
    box.phones.report(TransferRequested(leg_id=agent, with_leg_id="nobody"))

    refused = await answer(box, agent)

    assert (refused.accepted, refused.cause) == (False, Cause.FACILITY_REJECTED)


async def test_a_phone_that_reads_its_mailbox_meanwhile_cannot_transfer_there(
    box: ScriptedBox,
) -> None:
    agent = await talk(box)
    await hold_and_call(box, agent, "*97")
    box.phones.report(TransferRequested(leg_id=agent, with_leg_id=SECOND))

    assert not (await answer(box, agent)).accepted


async def test_what_the_consultation_costs_is_counted_once_and_on_the_one_call(
    box: ScriptedBox,
) -> None:
    agent = await talk(box)
    await hold_and_call(box, agent, NUMBER + "#")
    placed = await box.gsm.is_dialled()
    box.gsm.report(Alerting(leg_id=placed.leg_id))
    box.gsm.report(Connect(leg_id=placed.leg_id))
    await room_of(box, placed.leg_id)
    box.phones.report(TransferRequested(leg_id=agent, with_leg_id=SECOND))
    await answer(box, agent)
    box.gsm.report(gone(CALLER))

    story = await box.story()

    assert [leg.number for leg in story.legs if leg.leg_id == placed.leg_id] == [E164]
    spent = Archive(box.state / "tipring.db").spent_since(story.call.began_at.date())
    assert sum(row.calls for row in spent) == 1


async def test_a_call_transferred_twice_is_one_file_with_everything_in_it(
    box: ScriptedBox,
) -> None:
    await box.gsm.call_in("gsm-2", CALLER, "+447700900123")
    box.gsm.press(CALLER, "5")
    agent = await box.phones.picks_up("phone-1")
    first = await box.switch.heard.expect(Record, lambda order: agent in order.office)
    third = await consult(box, agent)
    box.phones.report(TransferRequested(leg_id=agent, with_leg_id=SECOND))
    second = await box.switch.heard.expect(Record, lambda order: third in order.office)
    box.phones.report(TransferRequested(leg_id=third, to="102"))
    last = await box.phones.picks_up("phone-2")
    third_time = await box.switch.heard.expect(Record, lambda order: last in order.office)
    box.gsm.report(gone(CALLER))

    story = await box.story()

    assert {order.record_id for order in box.switch.heard.of(Record)} == {story.call.call_id}
    assert {first.file, second.file, third_time.file} == {first.file}
    assert third_time.outside == frozenset({CALLER})
    stops = [stop for stop in box.switch.heard.of(Stop) if stop.record_id]
    assert [stop.record_id for stop in stops] == [story.call.call_id]


async def test_a_mobile_nobody_has_confirmed_on_is_no_third_party(sounds: Path) -> None:
    """It may be its network's mailbox that answers, and nobody would ask it any more."""
    async with scripted_box(FOLLOW_ME, sounds) as box:
        agent = await talk(box)
        await hold_and_call(box, agent, "103")
        placed = await box.gsm.is_dialled("gsm-2")
        box.gsm.report(Alerting(leg_id=placed.leg_id))
        await box.switch.heard.expect(Tone, lambda tone: tone.leg_id == SECOND)
        box.phones.report(TransferRequested(leg_id=agent, with_leg_id=SECOND))

        assert not (await answer(box, agent)).accepted


async def test_a_recorded_consultation_keeps_its_file_and_the_caller_is_told_first(
    sounds: Path,
) -> None:
    """The rule of the extension asks for both: of the call it was, and of what it became."""
    recorded = SCRIPTED_OFFICE.replace(
        'devices = ["phone-3"]', 'devices = ["phone-3"]\nrecord = true'
    )
    async with scripted_box(recorded, sounds) as box:
        agent = await talk(box)
        (older,) = await calls(box)
        await hold_and_call(box, agent, "103")
        third = await box.phones.picks_up("phone-3")
        consulted = await box.switch.heard.expect(Record, lambda order: third in order.office)
        box.switch.holds_plays = True
        box.phones.report(TransferRequested(leg_id=agent, with_leg_id=SECOND))
        await box.switch.heard.expect(Stop, lambda stop: stop.record_id == consulted.record_id)
        told = await box.switch.heard.expect(Play, lambda play: play.leg_id == CALLER)
        assert all(order.record_id != older for order in box.switch.heard.of(Record))

        heard = Played(leg_id=CALLER, play_id=told.play_id, played_ms=1_760, complete=True)
        box.switch.notice(heard)

        order = await box.switch.heard.expect(Record, lambda one: one.record_id == older)
        assert consulted.file != order.file
        box.gsm.report(gone(CALLER))
        assert (await box.story()).recording is not None
