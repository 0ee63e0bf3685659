"""A leg that rings already, waited for by somebody else than who had it rung."""

from firmware.calls.leg import Leg
from firmware.contract.causes import Cause
from firmware.contract.leg_state import LegState


class RingingLeg:
    """Implements Attempt."""

    mailbox: str | None = None

    def __init__(self, leg: Leg) -> None:
        self.cause: Cause | None = None
        self._leg = leg

    @property
    def answered(self) -> Leg | None:
        return self._leg if self._leg.is_active else None

    @property
    def legs(self) -> tuple[Leg, ...]:
        return () if self._leg.is_over else (self._leg,)

    @property
    def rings(self) -> bool:
        return self._leg.state is LegState.CALL_DELIVERED

    @property
    def network(self) -> Leg | None:
        return None

    def advance(self) -> None:
        if self.cause is None and self._leg.is_over:
            self.cause = self._leg.cause

    def give_up(self, cause: Cause, keep: Leg | None = None) -> None:
        if self._leg is not keep:
            self._leg.clear(cause)
        self.cause = self.cause if self.cause is not None else cause
