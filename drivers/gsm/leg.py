"""The one leg a modem can have, and how its call list moves it.

The modem is asked for its calls (+CLCC) whenever it hints that something
changed, and twice a second during a call. That works on every modem; vendor
call reports differ too much to rely on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from drivers.gsm.at import ClccStatus, ListedCall
from firmware.contract.causes import Cause
from firmware.contract.leg_state import LegState
from firmware.contract.line import SeizedTimeslot
from firmware.contract.messages import LiveLeg

S, C = LegState, ClccStatus


class Step(Enum):
    """What a new call list means for the leg."""

    ALERTING = auto()
    CONNECT = auto()
    DISCONNECT = auto()


STEPS: Final[Mapping[tuple[LegState, ClccStatus], tuple[LegState, Step]]] = {
    (S.CALL_PROCEEDING, C.ALERTING): (S.CALL_DELIVERED, Step.ALERTING),
    (S.CALL_PROCEEDING, C.ACTIVE): (S.ACTIVE, Step.CONNECT),
    (S.CALL_DELIVERED, C.ACTIVE): (S.ACTIVE, Step.CONNECT),
    (S.CONNECT_REQUEST, C.ACTIVE): (S.ACTIVE, Step.CONNECT),
}
"""Anything else the list may say leaves the leg as it is."""
RING_STOP_S: Final = 8.0
"""Modems tell a ring every 2 to 5 s; a caller who gave up is silent for longer."""
UNLISTED_S: Final = 3.0
"""So long a call just dialled may be missing from the list before it counts as ended."""


@dataclass
class GsmLeg:
    leg_id: str
    timeslot: SeizedTimeslot
    state: LegState
    began_at: float
    """On the loop's clock."""
    rang_at: float = 0.0
    """When an incoming call was last known to ring."""
    incoming: bool = False
    calling: str | None = None
    called: str | None = None
    afterwards: str = ""
    """Digits and pauses to send once the call is up."""
    pause_until: float = 0.0
    index: int | None = None
    """In the modem's call list."""
    cause: Cause | None = None
    """Why it ended, as far as the modem has told."""
    is_over: bool = False
    """The modem said so; the list confirms it."""
    connected: bool = False

    def live(self, line_id: str) -> LiveLeg:
        return LiveLeg(
            leg_id=self.leg_id,
            line_id=line_id,
            state=self.state,
            timeslot=self.timeslot.index,
            calling=self.calling,
            called=self.called,
        )

    def listed(self, calls: list[ListedCall], now: float) -> Step | None:
        """Move on as the modem's call list says; None when nothing changed for us."""
        if self.state is S.DISCONNECT_INDICATION:
            return None
        mine = self._mine(calls)
        if mine is None:
            return self._unlisted(now)
        self.rang_at = now
        self.index = mine.index
        moved = STEPS.get((self.state, mine.status))
        if moved is None:
            return None
        self.state, step = moved
        self.connected = self.connected or step is Step.CONNECT
        return step

    def unlistable(self, now: float) -> Step | None:
        """The modem would not tell its calls (busy with its SIM): go by rings and reports."""
        stopped = self.state is S.CALL_RECEIVED and now - self.rang_at > RING_STOP_S
        if self.state is S.DISCONNECT_INDICATION or not (stopped or self.is_over):
            return None
        self.state = S.DISCONNECT_INDICATION
        return Step.DISCONNECT

    def _mine(self, calls: list[ListedCall]) -> ListedCall | None:
        alive = [c for c in calls if c.status not in (C.ENDED, C.WAITING)]
        return next((c for c in alive if self.index in (None, c.index)), None)

    def _unlisted(self, now: float) -> Step | None:
        young = self.index is None and now - self.began_at < UNLISTED_S
        if young and not self.is_over:
            return None
        self.state = S.DISCONNECT_INDICATION
        return Step.DISCONNECT
