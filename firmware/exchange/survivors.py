"""Calls that outlived the exchange: two people who talk go on talking, all others are cleared.

While the exchange is away, cards and switch keep the audio going. Each card's
hello tells which legs it still has; tipring.db tells which call they were.
Who was on hold is not any more: nobody could tell whether they have been
retrieved meanwhile, and a phone that still holds sends no sound anyway.
"""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.recording import CallRecorder
from firmware.calls.routing_out import charge_of_leg
from firmware.calls.talk import Talk
from firmware.config.references import has_phone
from firmware.contract.causes import Cause
from firmware.contract.leg_state import LegState
from firmware.contract.message import LegId
from firmware.contract.messages import ClearCall, LiveLeg, Setup
from firmware.contract.switching import DisconnectLeg
from firmware.contract.views import CallPhase
from firmware.exchange.calls_desk import CallsDesk
from firmware.store.rows import CallStory, Disposition, LegRow, RecordingState

ADOPTION_S: Final = 4.0
"""How long cards have to come back with their legs."""

_PAUSED_BY_STEP: Final = {
    "recording.paused": True,
    "feature.recording-ended": True,
    "recording.resumed": False,
    "feature.recording-asked": False,
}

log = logging.getLogger(__name__)


class Survivors:
    def __init__(self, office: Office, desk: CallsDesk, stories: tuple[CallStory, ...]) -> None:
        self._office, self._desk = office, desk
        self._stories = {story.call.call_id: story for story in stories}
        self._found: dict[LegId, LiveLeg] = {}

    def take(self, legs: tuple[LiveLeg, ...]) -> None:
        """Legs a card still has: known ones wait for their partner, ringing ones begin anew."""
        for leg in legs:
            if leg.leg_id in self._office.legs:
                continue
            if leg.state is LegState.CALL_RECEIVED:
                self._desk.arrived(self._as_setup(leg))
            elif self._story_of(leg.leg_id) is not None:
                self._found[leg.leg_id] = leg
            else:
                self._clear(leg)
        for story in tuple(self._stories.values()):
            pair = self._pair(story)
            if pair is not None:
                self._take_up(story, *pair)

    def give_up(self) -> None:
        """The time for cards to come back is over: whatever is left is cleared and said so."""
        for story in tuple(self._stories.values()):
            self._interrupted(story)
        for leg in tuple(self._found.values()):
            self._clear(leg)
        self._stories.clear()
        self._found.clear()

    def _story_of(self, leg_id: LegId) -> CallStory | None:
        return next(
            (one for one in self._stories.values() if leg_id in {leg.leg_id for leg in one.legs}),
            None,
        )

    def _pair(self, story: CallStory) -> tuple[LegRow, LegRow] | None:
        """Return the two legs that talk, when both are there and nobody else was on the call."""
        up = [leg for leg in story.legs if leg.ended_ms is None]
        talking = [leg for leg in up if self._is_active(leg.leg_id)]
        if len(up) != 2 or len(talking) != 2:
            return None
        return talking[0], talking[1]

    def _is_active(self, leg_id: LegId) -> bool:
        found = self._found.get(leg_id)
        return found is not None and found.state is LegState.ACTIVE

    def _take_up(self, story: CallStory, *rows: LegRow) -> None:
        office = self._office
        elapsed = datetime.now(UTC) - story.call.began_at
        call = Call(story.call, office.records, office.hooks.call_changed, elapsed)
        call.recall(story.steps)
        call.disposition = Disposition.ANSWERED
        call.phase = CallPhase.TALKING
        self._recall_money(call, story)
        office.calls[call.call_id] = call
        recorder = self._desk.recorders[call.call_id] = CallRecorder(office, call)
        first, second = (self._leg(call, row) for row in rows)
        call.step("call.taken-up", None, seconds=round(elapsed.total_seconds(), 1))
        recording = story.recording
        if recording is not None and recording.state is RecordingState.WRITING:
            recorder.take_up(recording, paused=_was_paused(story))
        del self._stories[call.call_id]
        log.info("call %s: taken up again", call.call_id)
        self._desk.carry(call, Talk(office, call, recorder, first, second).run())

    def _recall_money(self, call: Call, story: CallStory) -> None:
        """What legs we placed cost stands in their story; what they talked so far is paid."""
        config = self._office.config
        call.emergency = story.call.called in config.emergency_numbers()
        placed = (step for step in story.steps if step.what.code == "call.dials" and step.leg_id)
        for step in placed:
            leg_id, args = step.leg_id or "", step.what.args
            who = str(args.get("extension", "")) or None
            charge = charge_of_leg(str(args["number"]), str(args["line"]), who, config)
            row = next((leg for leg in story.legs if leg.leg_id == leg_id), None)
            if charge is None or row is None or row.answered_ms is None or call.emergency:
                continue
            talked_s = (call.age_ms - row.answered_ms) // 1_000
            paid_s = talked_s if self._office.tolls.is_metered(charge.payer) else 0
            self._office.tolls.take_up(call, leg_id, replace(charge, paid_s=paid_s))

    def _leg(self, call: Call, row: LegRow) -> Leg:
        live = self._found.pop(row.leg_id)
        leg = self._office.new_leg(live.line_id, call, live.leg_id)
        leg.number, leg.name = row.number, row.name
        leg.sound.room = call.call_id
        call.rejoin(leg, row)
        leg.take_up(live.state, live.timeslot)
        return leg

    def _interrupted(self, story: CallStory) -> None:
        """Write the end of a call nobody can go on with: it ended when we last knew of it."""
        office = self._office
        ended_at = min(datetime.now(UTC), _last_seen(story))  # the box may have been off for days
        elapsed = ended_at - story.call.began_at
        call = Call(story.call, office.records, office.hooks.call_changed, elapsed)
        call.recall(story.steps)
        call.step("call.interrupted")
        if _was_waiting(story):
            call.step("call.still-owed", number=story.call.calling or "")
        for row in story.legs:
            if row.ended_ms is None:
                ended = {"ended_ms": call.age_ms, "cause": Cause.TEMPORARY_FAILURE}
                office.records.calls.put_leg(row.model_copy(update=ended))
        call.disposition = Disposition.INTERRUPTED
        call.phase = CallPhase.ENDED
        finished = call.end(Cause.TEMPORARY_FAILURE).model_copy(update={"ended_at": ended_at})
        office.records.write(office.records.calls.finish(finished))
        log.warning("call %s: ended with the exchange", call.call_id)

    def _as_setup(self, leg: LiveLeg) -> Setup:
        """Somebody calls us, or a phone of ours was lifted while nobody was there to serve it."""
        settings = self._office.config.line(leg.line_id)
        return Setup(
            leg_id=leg.leg_id,
            line_id=leg.line_id,
            timeslot=leg.timeslot,
            calling=leg.calling,
            called=leg.called,
            phone_lifted=settings is not None and has_phone(settings),
        )

    def _clear(self, leg: LiveLeg) -> None:
        command = ClearCall(leg_id=leg.leg_id, cause=Cause.TEMPORARY_FAILURE)
        self._office.wires.tell_card(leg.line_id, command)
        self._office.wires.tell_switch(DisconnectLeg(leg_id=leg.leg_id))


def _last_seen(story: CallStory) -> datetime:
    steps = [step.at_ms for step in story.steps]
    legs = [leg.ended_ms or leg.answered_ms or leg.began_ms for leg in story.legs]
    return story.call.began_at + timedelta(milliseconds=max([0, *steps, *legs]))


def _was_paused(story: CallStory) -> bool:
    """A card number may be in the middle of being read."""
    codes = [step.what.code for step in story.steps]
    told = [code for code in codes if code in _PAUSED_BY_STEP]
    return bool(told) and _PAUSED_BY_STEP[told[-1]]


def _was_waiting(story: CallStory) -> bool:
    """Somebody called us and had spoken to nobody yet."""
    return story.call.incoming and story.call.extension is None and not story.voicemails
