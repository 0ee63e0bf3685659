"""A leg's sound: started as agreed, and over once the RTP process has told how it fared."""

import asyncio
import logging
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from drivers.sip.media import Media
from drivers.sip.media_messages import (
    EventHeard,
    FlashHeard,
    MediaEnded,
    MediaFigures,
    MediaReport,
    MediaReturned,
    MediaSilent,
)
from drivers.sip.signalling_messages import MediaAgreed
from firmware.contract.line import SeizedTimeslot
from firmware.contract.messages import MediaQuality

log = logging.getLogger(__name__)

MEDIA_END_S: Final = 1.0
"""An RTP process that does not tell of the end by then will not."""
ASK_AGAIN_S: Final = 30.0
"""A phone may be mute for as long as it likes, and be unplugged meanwhile."""
FLASH: Final = "flash"


class State(Enum):
    NONE = auto()
    ON = auto()
    STOPPING = auto()


class LegSound:
    """A MediaUser. `pressed` gets keys and FLASH, `over` how it fared, `lost` is the sudden end.

    `silent` comes again and again for as long as the far end sends nothing that should.
    """

    def __init__(
        self,
        media: Media,
        slot: SeizedTimeslot,
        pressed: Callable[[str], None],
        over: Callable[[MediaFigures | None], None],
        lost: Callable[[], None],
        silent: Callable[[], None],
    ) -> None:
        self.slot = slot
        self.agreed: MediaAgreed | None = None
        self._media = media
        self._pressed, self._over, self._lost, self._silent = pressed, over, lost, silent
        self._state = State.NONE
        self._deadline: asyncio.TimerHandle | None = None
        self._next_asking: asyncio.TimerHandle | None = None

    @property
    def is_over(self) -> bool:
        """It never began, or has been told to be over."""
        return self._state is State.NONE

    def start(self, agreed: MediaAgreed, gains: tuple[float, float]) -> None:
        """Move it as agreed, from now on or from now on otherwise."""
        if self._media.start(self, self.slot, agreed, gains):
            self.agreed, self._state = agreed, State.ON
        else:
            log.warning("port %d is nobody's", agreed.local_port)

    def set_gains(self, gains: tuple[float, float]) -> None:
        if self._state is State.ON and self.agreed is not None:
            self.start(self.agreed, gains)

    def stop(self) -> None:
        """`over` follows unless it is over already."""
        if self._state is not State.ON:
            return
        if self._media.stop(self):
            self._state = State.STOPPING
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(MEDIA_END_S, self._ended, None)
        else:
            self._state = State.NONE

    def drop(self) -> None:
        """End it without hearing how it fared."""
        self.stop()
        self._ended(None)

    def send_digits(self, digits: str) -> bool:
        return self._media.send_events(self, digits)

    # ---- MediaUser

    def media_heard(self, report: MediaReport) -> None:
        match report:
            case MediaEnded():
                self._ended(report.figures)
            case EventHeard():
                self._pressed(report.digit)
            case FlashHeard():
                self._pressed(FLASH)
            case MediaSilent():
                log.info("timeslot %d: no sound for %d s", self.slot.index, report.seconds)
                self._ask()
            case MediaReturned():
                log.info("timeslot %d: sound is back", self.slot.index)
                self._ask_no_more()
            case _:
                log.debug("timeslot %d: %s", self.slot.index, type(report).__name__)

    def media_lost(self) -> None:
        was_on = self._state is State.ON
        self._ended(None)
        if was_on:
            self._lost()

    def _ask(self) -> None:
        self._ask_no_more()
        self._next_asking = asyncio.get_running_loop().call_later(ASK_AGAIN_S, self._ask)
        self._silent()

    def _ask_no_more(self) -> None:
        if self._next_asking is not None:
            self._next_asking.cancel()

    def _ended(self, figures: MediaFigures | None) -> None:
        self._ask_no_more()
        if self._deadline is not None:
            self._deadline.cancel()
        self._state = State.NONE
        self._media.forget(self)
        self._over(figures)


def quality(leg_id: str, figures: MediaFigures | None) -> MediaQuality | None:
    """Return what to tell of a sound that was; None for one nobody sent anything of."""
    if figures is None or figures.packets_received + figures.packets_sent == 0:
        return None
    return MediaQuality(
        leg_id=leg_id,
        lost_percent=min(max(figures.lost_percent, 0.0), 100.0),
        jitter_ms=max(figures.jitter_ms, 0.0),
        round_trip_ms=figures.round_trip_ms,
        mos=min(max(figures.mos, 1.0), 5.0),
    )
