"""One leg on a SIP line: its signalling on a worker, its sound on an endpoint, and what it tells.

It is over once the exchange has cleared it and its sound has stopped; the worker
may still be saying goodbye to the far end then.
"""

import asyncio
import logging
from enum import Enum, auto
from typing import Final, Protocol

from drivers.sip.dialog import Dialog
from drivers.sip.media import Media
from drivers.sip.media_messages import (
    EventHeard,
    FlashHeard,
    MediaDirection,
    MediaEnded,
    MediaFigures,
    MediaReport,
    MediaReturned,
    MediaSilent,
)
from drivers.sip.signalling_messages import (
    Answer,
    Answered,
    AnswerRefer,
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
    MediaQuality,
    Proceeding,
    Progress,
    Release,
    Retrieved,
    SendDigits,
)

log = logging.getLogger(__name__)

MEDIA_END_S: Final = 1.0
"""An RTP process that does not tell of the end by then will not."""
HELD_BY_FAR_END: Final = frozenset({MediaDirection.RECVONLY, MediaDirection.INACTIVE})
_PLACED: Final = frozenset({LegState.CALL_PROCEEDING, LegState.CALL_DELIVERED})
_ENDING: Final = frozenset({LegState.DISCONNECT_INDICATION, LegState.RELEASE_REQUEST})


class Sound(Enum):
    NONE = auto()
    ON = auto()
    STOPPING = auto()


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
        self._slot = slot
        self._agreed: MediaAgreed | None = None
        self._sound = Sound.NONE
        self._media_deadline: asyncio.TimerHandle | None = None
        self._held = False
        self._presses_by_info = False
        self._signalled = True
        """The worker has the call."""
        self._cause = Cause.NORMAL_CALL_CLEARING

    @property
    def timeslot(self) -> int:
        return self._slot.index

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
        self._stop_sound()
        self._release_if_silent()

    def end_now(self, cause: Cause) -> None:
        """End it without waiting for anybody."""
        self.state, self._cause = LegState.RELEASE_REQUEST, cause
        self._hang_up(cause)
        self._stop_sound()
        self._sound_over(None)

    def send_digits(self, command: SendDigits) -> None:
        agreed = self._agreed
        if agreed is None:
            raise LineError("line.not-connected")
        if agreed.event_payload_type is None and self._presses_by_info:
            self.worker.send(SendInfo(leg_id=self.leg_id, digits=command.digits))
        elif not self._owner.media.send_events(self, command.digits):
            raise LineError("line.not-connected")

    def answer_transfer(self, command: AnswerTransfer) -> None:
        order = AnswerRefer(leg_id=self.leg_id, accepted=command.accepted, cause=command.cause)
        self.worker.send(order)

    def set_gains(self) -> None:
        if self._sound is Sound.ON and self._agreed is not None:
            self._start_sound(self._agreed)

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
                self._report_if_active(Digit(leg_id=self.leg_id, digit=news.digit))
            case InfoFlash():
                self._report_if_active(HookFlash(leg_id=self.leg_id))
            case ReferAsked():
                self._owner.transfer_asked(self, news)
            case _:
                log.warning("%s: unexpected %s", self._owner.line_id, type(news).__name__)

    def sip_lost(self) -> None:
        self._signalled = False
        self._far_end_gone(Cause.TEMPORARY_FAILURE)

    def media_heard(self, report: MediaReport) -> None:
        match report:
            case MediaEnded():
                self._sound_over(report.figures)
            case EventHeard():
                self._report_if_active(Digit(leg_id=self.leg_id, digit=report.digit))
            case FlashHeard():
                self._report_if_active(HookFlash(leg_id=self.leg_id))
            case MediaSilent():
                log.info("%s: no sound for %d s", self._owner.line_id, report.seconds)
            case MediaReturned():
                log.info("%s: sound is back", self._owner.line_id)
            case _:
                log.debug("%s: %s", self._owner.line_id, type(report).__name__)

    def media_lost(self) -> None:
        was_on = self._sound is Sound.ON
        self._sound_over(None)
        if was_on and not self.is_ending:
            self._hang_up(Cause.TEMPORARY_FAILURE)
            self._far_end_gone(Cause.TEMPORARY_FAILURE)

    def _alerted(self) -> None:
        if self.state is LegState.CALL_PROCEEDING:
            self.state = LegState.CALL_DELIVERED
            self._owner.card.report(Alerting(leg_id=self.leg_id))

    def _media_agreed(self, news: MediaAgreed) -> None:
        self._start_sound(news)
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
        self._stop_sound()
        self._owner.card.report(Disconnect(leg_id=self.leg_id, cause=cause))

    def proceeding(self) -> None:
        self._owner.card.report(Proceeding(leg_id=self.leg_id, timeslot=self.timeslot))

    # ---- sound

    def _start_sound(self, agreed: MediaAgreed) -> None:
        media = self._owner.media
        if media.start(self, self._slot, agreed, self._owner.gains()):
            self._agreed, self._sound = agreed, Sound.ON
        else:
            log.warning("%s: port %d is nobody's", self._owner.line_id, agreed.local_port)

    def _stop_sound(self) -> None:
        if self._sound is not Sound.ON:
            return
        if self._owner.media.stop(self):
            self._sound = Sound.STOPPING
            loop = asyncio.get_running_loop()
            self._media_deadline = loop.call_later(MEDIA_END_S, self._sound_over, None)
        else:
            self._sound = Sound.NONE

    def _sound_over(self, figures: MediaFigures | None) -> None:
        if self._media_deadline is not None:
            self._media_deadline.cancel()
        self._sound = Sound.NONE
        self._owner.media.forget(self)
        if figures is not None and figures.packets_received + figures.packets_sent > 0:
            self._owner.card.report(_quality(self.leg_id, figures))
        self._release_if_silent()

    def _release_if_silent(self) -> None:
        if self.state is LegState.RELEASE_REQUEST and self._sound is Sound.NONE:
            self.state = LegState.NULL
            self._slot.free()
            self._owner.over(self)
            self._owner.card.report(Release(leg_id=self.leg_id, cause=self._cause))

    def _hang_up(self, cause: Cause) -> None:
        if self._signalled:
            self._signalled = False
            self.worker.send(Clear(leg_id=self.leg_id, cause=cause))

    def _report_if_active(self, report: Digit | HookFlash) -> None:
        if self.state in {LegState.ACTIVE, LegState.CONNECT_REQUEST}:
            self._owner.card.report(report)


def _quality(leg_id: str, figures: MediaFigures) -> MediaQuality:
    return MediaQuality(
        leg_id=leg_id,
        lost_percent=min(max(figures.lost_percent, 0.0), 100.0),
        jitter_ms=max(figures.jitter_ms, 0.0),
        round_trip_ms=figures.round_trip_ms,
        mos=min(max(figures.mos, 1.0), 5.0),
    )
