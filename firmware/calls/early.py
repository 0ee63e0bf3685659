"""What a caller hears before the answer: the network's own sound, or our ringback in its place.

Tones and announcements of the network go before ours, for they may say what no
message does. Our ringback is played where the network is silent.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from firmware.calls.attempt import Attempt
from firmware.calls.leg import Leg
from firmware.contract.leg_state import LegState

PATIENCE_S: Final = 6.0
"""A network that promised sound may be silent for so long: the longest pause of any ringback."""


class EarlySound:
    """For one caller who waits for one of `attempts` to answer; `look` whenever news came."""

    def __init__(self, caller: Leg, attempts: Sequence[Attempt], room: str) -> None:
        self._caller, self._attempts, self._room = caller, attempts, room
        self._ringback: str | None = None
        self._heard_through: Leg | None = None
        self._alerting_since: float | None = None

    def look(self) -> None:
        ringing = any(one.rings for one in self._attempts)
        outside = self._only_outside()
        if outside is not None and outside is not self._heard_through:
            self._listen_in(outside)
        if self._is_network_heard():
            self._stop_ringback()
        elif ringing:
            self._play_ringback()

    def end(self, *, answered: bool) -> None:
        """The wait is over; a caller who was answered stays until their bridge is made."""
        self._caller.sound.stop()
        if not answered and self._caller.sound.room == self._room:
            self._caller.sound.enter(None)

    def _only_outside(self) -> Leg | None:
        """Return the leg whose network may be listened to: on its own, with sound, not answered."""
        leg = self._attempts[0].network if len(self._attempts) == 1 else None
        return leg if leg is not None and leg.sound.is_seated else None

    def _listen_in(self, outside: Leg) -> None:
        """Somebody to whom music plays, or whom nobody has answered yet, hears no network."""
        if not self._caller.is_active or self._caller.sound.room not in {None, self._room}:
            return
        if not self._caller.sound.is_idle and self._ringback is None:
            return
        self._stop_ringback()
        self._heard_through, self._alerting_since = outside, None
        outside.sound.listen_for_network()
        for leg in (outside, self._caller):
            leg.sound.enter(self._room)

    def _is_network_heard(self) -> bool:
        """Sound was heard, or the card has promised some and the patience is not over."""
        leg = self._heard_through
        if leg is None or leg.is_over:
            return False
        if leg.network_heard or not _rings(leg):
            return leg.network_heard
        return leg.early_sound and self._is_patient()

    def _is_patient(self) -> bool:
        loop = asyncio.get_running_loop()
        if self._alerting_since is None:
            self._alerting_since = loop.time()
            loop.call_later(PATIENCE_S, self._caller.news.wake)
        return loop.time() - self._alerting_since < PATIENCE_S

    def _play_ringback(self) -> None:
        if self._caller.sound.is_idle and self._caller.sound.room in {None, self._room}:
            self._ringback = self._caller.sound.tone("ringback")

    def _stop_ringback(self) -> None:
        if self._ringback is not None:
            self._ringback = None
            self._caller.sound.stop()


def _rings(leg: Leg) -> bool:
    return leg.state is LegState.CALL_DELIVERED
