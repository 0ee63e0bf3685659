"""One leg on a SIP line: its signalling on a worker, its sound on an endpoint, and what it tells.

It is over once the exchange has cleared it and its sound has stopped; the worker
may still be saying goodbye to the far end then.
"""

import logging
from typing import Final, Protocol

from drivers.sip.dialog import Dialog
from drivers.sip.leg_sound import FLASH, LegSound, quality
from drivers.sip.media import Media
from drivers.sip.media_messages import MediaDirection, MediaFigures
from drivers.sip.signalling_messages import (
    Answer,
    Answered,
    AnswerRefer,
    AskFarEnd,
    Clear,
    Ended,
    InfoDigit,
    InfoFlash,
    Invite,
    Invited,
    MediaAgreed,
    Offered,
    ReferAsked,
    Ring,
    Ringing,
    SendInfo,
    SipReport,
)
from drivers.sip.workers import Worker
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError
from firmware.contract.leg_state import LegState
from firmware.contract.line import CardServices, SeizedTimeslot
from firmware.contract.messages import (
    Alerting,
    AnswerTransfer,
    Connect,
    Digit,
    Disconnect,
    Held,
    HookFlash,
    LiveLeg,
    Proceeding,
    Progress,
    Release,
    Retrieved,
    SendDigits,
)

log = logging.getLogger(__name__)

HELD_BY_FAR_END: Final = frozenset({MediaDirection.RECVONLY, MediaDirection.INACTIVE})
_PLACED: Final = frozenset({LegState.CALL_PROCEEDING, LegState.CALL_DELIVERED})
_ENDING: Final = frozenset({LegState.DISCONNECT_INDICATION, LegState.RELEASE_REQUEST})


class LegOwner(Protocol):
    """The line, as its legs know it."""

    card: CardServices
    media: Media
    line_id: str

    def gains(self) -> tuple[float, float]: ...

    def transfer_asked(self, leg: "SipLeg", asked: ReferAsked) -> None: ...

    def ended(self, leg: "SipLeg", ended: Ended) -> bool:
        """Return whether the leg goes on elsewhere."""

    def talks(self, leg: "SipLeg") -> None:
        """Offer and answer match."""

    def over(self, leg: "SipLeg") -> None:
        """Release was reported."""


class SipLeg:
    def __init__(
        self, leg_id: str, owner: LegOwner, worker: Worker, slot: SeizedTimeslot, state: LegState
    ) -> None:
        self.leg_id = leg_id
        self.worker = worker
        self.state = state
        self.calling: str | None = None
        self.called: str | None = None
        self.dialog = Dialog()
        self._owner = owner
        self._sound = LegSound(
            owner.media,
            slot,
            self._pressed,
            self._sound_over,
            self._sound_lost,
            self._sound_missing,
        )
        self._held = False
        self._presses_by_info = False
        self._signalled = True
        """The worker has the call."""
        self._cause = Cause.NORMAL_CALL_CLEARING

    @property
    def timeslot(self) -> int:
        return self._sound.slot.index

    @property
    def is_ending(self) -> bool:
        return self.state in _ENDING

    def live(self) -> LiveLeg:
        return LiveLeg(
            leg_id=self.leg_id,
            line_id=self._owner.line_id,
            state=self.state,
            timeslot=self.timeslot,
            calling=self.calling,
            called=self.called,
        )

    # ---- what the exchange asks

    def invite(self, order: Invite, worker: Worker) -> None:
        """Call out, for the first time or again with another account."""
        self.worker, self._signalled = worker, True
        worker.begin(self.leg_id, self)
        worker.send(order)

    def take(self, news: Invited) -> None:
        """A call has come on `worker`; its sound comes with the answer."""
        self.dialog = Dialog(news.call_id, news.own_tag, news.far_tag)
        self.worker.begin(self.leg_id, self)

    def ring(self) -> None:
        self.worker.send(Ring(leg_id=self.leg_id))

    def answer(self) -> None:
        if self.state is not LegState.CALL_RECEIVED:
            raise LineError("line.not-ringing")
        self.state = LegState.CONNECT_REQUEST
        self.worker.send(Answer(leg_id=self.leg_id))

    def clear(self, cause: Cause) -> None:
        """End it; Release follows as soon as the sound has stopped."""
        if self.state is LegState.RELEASE_REQUEST:
            return
        self.state, self._cause = LegState.RELEASE_REQUEST, cause
        self._hang_up(cause)
        self._sound.stop()
        self._release_if_silent()

    def end_now(self, cause: Cause) -> None:
        """End it without waiting for anybody."""
        self.state, self._cause = LegState.RELEASE_REQUEST, cause
        self._hang_up(cause)
        self._sound.drop()

    def send_digits(self, command: SendDigits) -> None:
        agreed = self._sound.agreed
        if agreed is None:
            raise LineError("line.not-connected")
        if agreed.event_payload_type is None and self._presses_by_info:
            self.worker.send(SendInfo(leg_id=self.leg_id, digits=command.digits))
        elif not self._sound.send_digits(command.digits):
            raise LineError("line.not-connected")

    def answer_transfer(self, command: AnswerTransfer) -> None:
        order = AnswerRefer(leg_id=self.leg_id, accepted=command.accepted, cause=command.cause)
        self.worker.send(order)

    def set_gains(self) -> None:
        self._sound.set_gains(self._owner.gains())

    # ---- what the far end does

    def sip_news(self, news: SipReport) -> None:  # noqa: C901  one case a piece of news
        match news:
            case Offered():
                self.dialog = Dialog(news.call_id, news.own_tag, "")
            case Ended():
                self._ended(news)
            case _ if self.is_ending:
                log.debug("%s: %s of a leg that ends", self._owner.line_id, type(news).__name__)
            case Ringing():
                self._alerted()
            case MediaAgreed():
                self._media_agreed(news)
            case Answered():
                self._answered(news)
            case InfoDigit():
                self._presses_by_info = True
                self._pressed(news.digit)
            case InfoFlash():
                self._pressed(FLASH)
            case ReferAsked():
                self._owner.transfer_asked(self, news)
            case _:
                log.warning("%s: unexpected %s", self._owner.line_id, type(news).__name__)

    def sip_lost(self) -> None:
        self._signalled = False
        self._far_end_gone(Cause.TEMPORARY_FAILURE)

    def _alerted(self) -> None:
        if self.state is LegState.CALL_PROCEEDING:
            self.state = LegState.CALL_DELIVERED
            self._owner.card.report(Alerting(leg_id=self.leg_id))

    def _media_agreed(self, news: MediaAgreed) -> None:
        self._sound.start(news, self._owner.gains())
        self._owner.talks(self)
        if news.early and self.state in _PLACED:
            self._owner.card.report(Progress(leg_id=self.leg_id))
        held = news.direction in HELD_BY_FAR_END
        if self.state is LegState.ACTIVE and held is not self._held:
            report = Held if held else Retrieved
            self._owner.card.report(report(leg_id=self.leg_id))
            self._held = held

    def _answered(self, news: Answered) -> None:
        if self.state is LegState.ACTIVE:
            return
        if news.far_tag:
            self.dialog = self.dialog.answered(news.far_tag)
        self.state = LegState.ACTIVE
        self._owner.card.report(Connect(leg_id=self.leg_id))

    def _ended(self, news: Ended) -> None:
        self._signalled = False
        if self.is_ending or self._owner.ended(self, news):
            return
        self._far_end_gone(news.cause)

    def _far_end_gone(self, cause: Cause) -> None:
        if self.is_ending:
            return
        self.state = LegState.DISCONNECT_INDICATION
        self._sound.stop()
        self._owner.card.report(Disconnect(leg_id=self.leg_id, cause=cause))

    def proceeding(self) -> None:
        self._owner.card.report(Proceeding(leg_id=self.leg_id, timeslot=self.timeslot))

    # ---- sound

    def _pressed(self, key: str) -> None:
        if self.state in {LegState.ACTIVE, LegState.CONNECT_REQUEST}:
            flash = HookFlash(leg_id=self.leg_id)
            self._owner.card.report(flash if key == FLASH else Digit(leg_id=self.leg_id, digit=key))

    def _sound_over(self, figures: MediaFigures | None) -> None:
        report = quality(self.leg_id, figures)
        if report is not None:
            self._owner.card.report(report)
        self._release_if_silent()

    def _sound_lost(self) -> None:
        if not self.is_ending:
            self._hang_up(Cause.TEMPORARY_FAILURE)
            self._far_end_gone(Cause.TEMPORARY_FAILURE)

    def _sound_missing(self) -> None:
        """A phone that is mute answers; one that was unplugged does not, and its call ends."""
        if self.state is LegState.ACTIVE and self._signalled:
            self.worker.send(AskFarEnd(leg_id=self.leg_id))

    def _release_if_silent(self) -> None:
        if self.state is LegState.RELEASE_REQUEST and self._sound.is_over:
            self.state = LegState.NULL
            self._sound.slot.free()
            self._owner.over(self)
            self._owner.card.report(Release(leg_id=self.leg_id, cause=self._cause))

    def _hang_up(self, cause: Cause) -> None:
        if self._signalled:
            self._signalled = False
            self.worker.send(Clear(leg_id=self.leg_id, cause=cause))
