"""A second call for a phone with one line only: a tone in the ear, a flash takes it.

The party the phone talked to is held meanwhile; each flash goes over to the
other one. When one of them hangs up the phone is with the other again. When
the phone hangs up while somebody is held, it rings again for them.
"""

import asyncio
from typing import Final

from firmware.calls.attempt import PhoneAttempt, Shown
from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.contract.causes import Cause
from firmware.contract.message import LegMessage, LineId
from firmware.contract.views import CallPhase, Side

TONE: Final = "call_waiting"
TONE_MS: Final = 600
AGAIN_S: Final = 6.0
"""The tone comes again until the call is taken or the caller gives up."""


class SecondCall:
    """A phone's leg between two calls: it is a member of both and with one of them at a time."""

    def __init__(self, leg: Leg, first: Call, second: Call, extension: str | None) -> None:
        self.is_taken = False
        self._leg, self._extension = leg, extension
        self._calls = [first, second]
        self._attended = first

    def is_with(self, call_id: str) -> bool:
        return self._attended.call_id == call_id

    @property
    def is_withdrawn(self) -> bool:
        return not self.is_taken and self._calls[-1].phase is CallPhase.ENDED

    def flash(self) -> None:
        """Go over to the other call; the first time, take it."""
        other = next(call for call in self._calls if call is not self._attended)
        if not self.is_taken:
            self.is_taken = True
            other.step("call.waiting-taken", self._leg)
            other.join(self._leg, Side.OFFICE, self._extension)
        self._attend(other)

    def leave(self, call_id: str) -> None:
        """That call is over; the phone stays with, or goes back to, the other one."""
        if not self.is_taken or self._leg.is_over:
            return
        self._calls = [call for call in self._calls if call.call_id != call_id]
        if len(self._calls) == 1:
            self._leg.second = None
            self._attend(self._calls[0])

    def _attend(self, call: Call) -> None:
        if call is not self._attended:
            self._leg.sound.stop()
            self._leg.sound.enter(None)
        self._attended = call
        self._leg.flashed = False
        self._leg.news = call.news
        self._leg.on_change = self._changed
        self._wake()

    def _changed(self, leg: Leg, message: LegMessage) -> None:
        for call in self._calls:
            call.leg_changed(leg, message)
        self._wake()

    def _wake(self) -> None:
        for call in self._calls:
            call.news.wake()


class WaitingAttempt(PhoneAttempt):
    """Offer a call to a phone that talks; should it hang up meanwhile, it rings."""

    def __init__(
        self, office: Office, call: Call, line_id: LineId, shown: Shown, talking: tuple[Call, Leg]
    ) -> None:
        super().__init__(office, call, line_id, shown)
        first, self._agent = talking
        self._second = SecondCall(
            self._agent, first, call, self._extension.id if self._extension else None
        )
        self._tone_at: float | None = None

    @property
    def rings(self) -> bool:
        return super().rings or self._is_offered

    @property
    def _is_offered(self) -> bool:
        return self._agent.second is self._second and not self._second.is_taken

    def advance(self) -> None:
        if self.cause is not None:
            return
        if self.leg is not None:
            super().advance()
        elif self._agent.is_over:
            self._ring_when_idle()
        elif self._second.is_taken:
            self.leg = self._agent
        else:
            self._offer()

    def give_up(self, cause: Cause, keep: Leg | None = None) -> None:
        if self._is_offered:
            self._agent.second = None
        if self.leg is not self._agent:
            super().give_up(cause, keep)
        self.cause = self.cause if self.cause is not None else cause

    def _ring_when_idle(self) -> None:
        if self._office.lines.is_free(self._line_id):
            super().advance()

    def _offer(self) -> None:
        loop = asyncio.get_running_loop()
        if self._tone_at is None:
            self._agent.second = self._second
            self._call.step("call.waits", self._agent, line=self._line_id)
        elif loop.time() < self._tone_at + AGAIN_S:
            return
        self._tone_at = loop.time()
        if self._agent.sound.is_idle:
            self._agent.sound.tone(TONE, TONE_MS)
        loop.call_later(AGAIN_S, self._call.news.wake)


def phone_attempt(office: Office, call: Call, line_id: LineId, shown: Shown) -> PhoneAttempt:
    """Return how to reach the phone on a line: it rings, or hears that somebody waits."""
    talking = None if office.lines.is_free(line_id) else _talking(office, line_id)
    if talking is None:
        return PhoneAttempt(office, call, line_id, shown)
    return WaitingAttempt(office, call, line_id, shown, talking)


def _talking(office: Office, line_id: LineId) -> tuple[Call, Leg] | None:
    """Return the only call of the line's phone, if a flash may interrupt it now."""
    legs = [leg for leg in office.legs.values() if leg.line_id == line_id]
    if len(legs) != 1 or (legs[0].second is not None and not legs[0].second.is_withdrawn):
        return None
    call = office.call_of(legs[0])
    talks = call.conversation if call is not None else None
    if call is None or talks is None or call.side_of(legs[0]) is not Side.OFFICE:
        return None
    return (call, legs[0]) if talks.may_be_interrupted and legs[0] in talks.parties else None
