"""The caller hangs up at every step of a journey: nothing is left, and the record says what was."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import pytest

from firmware.contract.causes import Cause
from firmware.contract.messages import (
    AlertCall,
    Alerting,
    AnswerCall,
    Connect,
    Disconnect,
    HookFlash,
    Proceeding,
)
from firmware.contract.switching import (
    ConnectLeg,
    DisconnectLeg,
    Play,
    Played,
    Record,
    Stop,
    Tone,
)
from firmware.store.rows import Disposition
from tests.firmware.scripted_box import ScriptedBox, eventually_async, steps

LEG = "caller"
CALLER = "+447700900123"


@dataclass
class Journey:
    """A recorded caller; every prompt is held until the journey lets it end."""

    box: ScriptedBox
    phones: dict[str, str] = field(default_factory=dict)

    async def rings(self) -> None:
        self.box.switch.holds_plays = True
        self.box.gsm.ring("gsm-2", LEG, CALLER)

    async def is_being_answered(self) -> None:
        await self.box.gsm.heard.expect(AnswerCall)

    async def hears_the_announcement(self) -> None:
        self.box.gsm.report(Connect(leg_id=LEG))
        self._announcement = await self.box.switch.heard.expect(Play)

    async def hears_the_menu(self) -> None:
        self._hears_all(self._announcement)
        await self.box.switch.heard.expect(Record)
        await self.box.switch.heard.expect(Play)

    async def waits_for_the_phone(self) -> None:
        self.box.gsm.press(LEG, "5")
        await self._is_commanded_to_ring("phone-1")

    async def hears_ringback(self) -> None:
        self._rings("phone-1")
        await self.box.switch.heard.expect(Tone, lambda order: order.name == "ringback")

    async def talks(self) -> None:
        await self._picks_up("phone-1")

    async def is_held(self) -> None:
        self.box.phones.report(HookFlash(leg_id=self.phones["phone-1"]))
        await self.box.switch.heard.expect(Tone, lambda order: order.name == "dial")

    async def is_held_while_a_third_is_rung(self) -> None:
        self.box.phones.press(self.phones["phone-1"], "103")
        await self._is_commanded_to_ring("phone-3")

    async def is_held_while_a_third_rings(self) -> None:
        self._rings("phone-3")
        await self.box.switch.heard.expect(Tone, lambda order: order.name == "ringback")

    async def is_held_while_they_consult(self) -> None:
        await self._picks_up("phone-3")

    async def waits_for_a_blind_transfer(self) -> None:
        self._agent_goes()
        await self.box.switch.heard.expect(
            Tone, lambda order: order.leg_id == LEG and order.name == "ringback"
        )

    async def talks_to_the_third(self) -> None:
        self._agent_goes()
        await self.box.switch.heard.expect(
            ConnectLeg,
            lambda order: (
                order.leg_id == self.phones["phone-3"] and not (order.room or "-").endswith("-c")
            ),
        )

    async def hears_the_greeting(self) -> None:
        self.box.gsm.press(LEG, "2")
        self._greeting = await self.box.switch.heard.expect(Play)

    async def leaves_a_message(self) -> None:
        self._hears_all(self._greeting)
        await self.box.switch.heard.expect(Record, lambda order: not order.office)

    def hangs_up(self) -> None:
        self.box.gsm.report(Disconnect(leg_id=LEG, cause=Cause.NORMAL_CALL_CLEARING))

    def _hears_all(self, play: Play) -> None:
        self.box.switch.notice(
            Played(leg_id=LEG, play_id=play.play_id, played_ms=1_800, complete=True)
        )

    async def _is_commanded_to_ring(self, line_id: str) -> None:
        alert = await self.box.phones.heard.expect(
            AlertCall, lambda command: command.line_id == line_id
        )
        self.phones[line_id] = alert.leg_id

    def _rings(self, line_id: str) -> None:
        timeslot = self.box.phones.next_timeslot()
        self.box.phones.report(Proceeding(leg_id=self.phones[line_id], timeslot=timeslot))
        self.box.phones.report(Alerting(leg_id=self.phones[line_id]))

    async def _picks_up(self, line_id: str) -> None:
        leg_id = self.phones[line_id]
        self.box.phones.report(Connect(leg_id=leg_id))
        await self.box.switch.heard.expect(
            ConnectLeg, lambda order: order.leg_id == leg_id and order.room is not None
        )

    def _agent_goes(self) -> None:
        leg_id = self.phones["phone-1"]
        self.box.phones.report(Disconnect(leg_id=leg_id, cause=Cause.NORMAL_CALL_CLEARING))


Step = Callable[[Journey], Awaitable[None]]
TO_THE_MENU: Sequence[Step] = (
    Journey.rings,
    Journey.is_being_answered,
    Journey.hears_the_announcement,
    Journey.hears_the_menu,
)
TO_PEOPLE: Sequence[Step] = (
    *TO_THE_MENU,
    Journey.waits_for_the_phone,
    Journey.hears_ringback,
    Journey.talks,
    Journey.is_held,
    Journey.is_held_while_a_third_is_rung,
    Journey.is_held_while_a_third_rings,
)
ATTENDED: Sequence[Step] = (
    *TO_PEOPLE,
    Journey.is_held_while_they_consult,
    Journey.talks_to_the_third,
)
BLIND: Sequence[Step] = (*TO_PEOPLE, Journey.waits_for_a_blind_transfer)
TO_VOICEMAIL: Sequence[Step] = (
    *TO_THE_MENU,
    Journey.hears_the_greeting,
    Journey.leaves_a_message,
)
MOMENTS = [
    *(ATTENDED[:end] for end in range(1, len(ATTENDED) + 1)),
    BLIND,
    *(TO_VOICEMAIL[:end] for end in (len(TO_VOICEMAIL) - 1, len(TO_VOICEMAIL))),
]


def name_of(moment: Sequence[Step]) -> str:
    return getattr(moment[-1], "__name__", "")


async def nothing_is_left(box: ScriptedBox) -> None:
    """No call, no leg on any line, no task; the switch was told to forget every leg."""

    async def at_rest() -> bool:
        # A call is shown only once it is on record: its task is there before.
        calls = [one for one in asyncio.all_tasks() if one.get_name().startswith("call ")]
        now = (await box.control.ask("snapshot"))["ok"]
        idle = all(line["calls"] == 0 for line in now["lines"])
        return not now["calls"] and idle and not calls

    await eventually_async(at_rest, bool)
    seated = {order.leg_id for order in box.switch.heard.of(ConnectLeg)}
    for leg_id in seated:
        await box.switch.heard.expect(DisconnectLeg, _about(leg_id))
    for record_id in {order.record_id for order in box.switch.heard.of(Record)}:
        await box.switch.heard.expect(Stop, _stops(record_id))


def _about(leg_id: str) -> Callable[[DisconnectLeg], bool]:
    return lambda order: order.leg_id == leg_id


def _answers(leg_id: str) -> Callable[[AnswerCall], bool]:
    return lambda command: command.leg_id == leg_id


def _stops(record_id: str) -> Callable[[Stop], bool]:
    return lambda order: order.record_id == record_id


@pytest.mark.parametrize("moment", MOMENTS, ids=name_of)
async def test_a_caller_who_hangs_up_there_leaves_nothing_behind(
    box: ScriptedBox, moment: Sequence[Step]
) -> None:
    journey = Journey(box)
    for step in moment:
        await step(journey)

    journey.hangs_up()

    await nothing_is_left(box)
    story = await box.story()
    assert story.call.disposition is disposition_of(moment)
    assert story.call.cause is Cause.NORMAL_CALL_CLEARING
    assert all(leg.ended_ms is not None for leg in story.legs)
    assert steps(story)[-1] == "call.ended"


def disposition_of(moment: Sequence[Step]) -> Disposition:
    if Journey.talks in moment:
        return Disposition.ANSWERED
    if Journey.leaves_a_message in moment:
        return Disposition.VOICEMAIL
    return Disposition.ABANDONED


async def test_both_ends_hang_up_at_once(box: ScriptedBox) -> None:
    journey = Journey(box)
    for step in TO_PEOPLE[:7]:
        await step(journey)

    journey.hangs_up()
    gone = Disconnect(leg_id=journey.phones["phone-1"], cause=Cause.NORMAL_CALL_CLEARING)
    box.phones.report(gone)

    await nothing_is_left(box)
    assert (await box.story()).call.disposition is Disposition.ANSWERED


async def test_the_phone_is_lifted_while_the_caller_hangs_up(box: ScriptedBox) -> None:
    journey = Journey(box)
    for step in TO_PEOPLE[:6]:
        await step(journey)

    journey.hangs_up()
    box.phones.report(Connect(leg_id=journey.phones["phone-1"]))

    await nothing_is_left(box)
    await box.phones.cleared(journey.phones["phone-1"])


async def test_a_group_goes_on_ringing_when_one_of_its_cards_dies(box: ScriptedBox) -> None:
    box.fxo.ring("fxo-1", LEG, CALLER)
    alerted = await box.phones.rings("phone-1")
    await box.phones.die()
    await box.fxo.heard.expect(AnswerCall)
    assert alerted
    box.fxo.report(Connect(leg_id=LEG))
    box.fxo.report(Disconnect(leg_id=LEG, cause=Cause.NORMAL_CALL_CLEARING))

    await nothing_is_left(box)
    assert (await box.story()).call.disposition in {Disposition.FAILED, Disposition.ABANDONED}


async def test_a_hundred_quick_calls_leave_nothing(box: ScriptedBox) -> None:
    before = len(asyncio.all_tasks())
    for number in range(100):
        leg_id = f"quick-{number}"
        box.gsm.ring("gsm-1", leg_id, CALLER)
        if number % 2:
            await box.gsm.heard.expect(AnswerCall, _answers(leg_id))
        box.gsm.report(Disconnect(leg_id=leg_id, cause=Cause.NORMAL_CALL_CLEARING))
        await box.gsm.cleared(leg_id)

    await nothing_is_left(box)
    assert len(await box.finished(50)) == 50
    assert len(asyncio.all_tasks()) <= before + 1
