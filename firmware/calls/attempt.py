"""Trying to reach somebody: one device or number, over one line after another if need be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.routing_out import TRY_ANOTHER_LINE, WayOut
from firmware.calls.tolls import Reservation
from firmware.contract.causes import Cause
from firmware.contract.leg_state import LegState
from firmware.contract.message import LineId
from firmware.contract.texts import Text
from firmware.contract.views import Side

ANSWERED_ELSEWHERE: Final = Cause.NORMAL_CALL_CLEARING


@dataclass(frozen=True, slots=True)
class Shown:
    """Who calls, as the called phone shows it."""

    number: str | None = None
    name: str | None = None


class Attempt(Protocol):
    """Somebody who is being reached: one device, one number, or one after another."""

    @property
    def cause(self) -> Cause | None:
        """Why it has failed; None while it goes on."""

    @property
    def answered(self) -> Leg | None:
        """Return who has answered and takes the call."""

    @property
    def legs(self) -> tuple[Leg, ...]:
        """Return the legs it has under way."""

    @property
    def rings(self) -> bool:
        """Whether somebody hears that they are called."""

    @property
    def network(self) -> Leg | None:
        """Return the only leg under way, if it is one whose network the caller may hear."""

    @property
    def mailbox(self) -> str | None:
        """Return the mailbox that takes the call by the wish of who was called."""

    def advance(self) -> None:
        """Start it, take the next step, or take note of the end."""

    def give_up(self, cause: Cause, keep: Leg | None = None) -> None:
        """End it, all its legs but `keep`."""


class OneLeg:
    """What attempts with one leg at a time have in common."""

    mailbox: str | None = None

    def __init__(self, office: Office, call: Call, shown: Shown) -> None:
        self.leg: Leg | None = None
        self.cause: Cause | None = None
        self._office, self._call, self._shown = office, call, shown

    @property
    def answered(self) -> Leg | None:
        return self.leg if self.leg is not None and self.leg.is_active else None

    @property
    def legs(self) -> tuple[Leg, ...]:
        return () if self.leg is None or self.leg.is_over else (self.leg,)

    @property
    def rings(self) -> bool:
        return any(leg.state is LegState.CALL_DELIVERED for leg in self.legs)

    @property
    def network(self) -> Leg | None:
        return None

    def give_up(self, cause: Cause, keep: Leg | None = None) -> None:
        if self.leg is not None and self.leg is not keep:
            self.leg.clear(cause)
        self.cause = self.cause if self.cause is not None else cause


class PhoneAttempt(OneLeg):
    """Ring one phone of ours."""

    def __init__(
        self,
        office: Office,
        call: Call,
        line_id: LineId,
        shown: Shown,
        *,
        answer_by_itself: bool = False,
    ) -> None:
        super().__init__(office, call, shown)
        self._line_id, self._answer_by_itself = line_id, answer_by_itself
        self._extension = office.config.extension_of_device(line_id)

    def advance(self) -> None:
        """Start it, or take note of its end."""
        if self.cause is not None:
            return
        if self.leg is None:
            self._ring()
        elif self.leg.is_over:
            self.cause = self.leg.cause

    def _ring(self) -> None:
        if not self._office.lines.is_free(self._line_id):
            self.cause = (
                Cause.USER_BUSY
                if self._office.lines.legs_on(self._line_id)
                else Cause.DESTINATION_OUT_OF_ORDER
            )
            return
        self.leg = self._office.new_leg(self._line_id, self._call)
        extension = self._extension.id if self._extension else None
        self._call.join(self.leg, Side.OFFICE, extension)
        self._call.step("call.rings-phone", self.leg, line=self._line_id)
        self.leg.alert(
            self._shown.number, self._shown.name, answer_by_itself=self._answer_by_itself
        )


class OutsideAttempt(OneLeg):
    """Call a number outside; when a line or its network fails, the next line is tried.

    A busy line is on the list for emergencies only: its call is cleared for us.
    """

    def __init__(
        self,
        office: Office,
        call: Call,
        ways: Sequence[WayOut],
        shown: Shown,
        side: Side = Side.OUTSIDE,
    ) -> None:
        super().__init__(office, call, shown)
        self.cause = None if ways else Cause.NO_CIRCUIT_AVAILABLE
        self._ways, self._side = list(ways), side
        self._freeing: WayOut | None = None
        self._reserved: Reservation | None = None

    @property
    def network(self) -> Leg | None:
        return None if self.answered else next(iter(self.legs), None)

    def advance(self) -> None:
        """Start the first way, the next one when that failed, or take note of the end."""
        if self.cause is not None:
            return
        if self._freeing is not None:
            self._seize_freed()
        elif self._reserved is not None:
            self._seize_reserved(self._reserved)
        elif self.leg is None:
            self._next_way()
        elif self.leg.is_over:
            self._after_end(self.leg)

    def _after_end(self, leg: Leg) -> None:
        never_answered = leg.supervision is None
        if self._ways and never_answered and leg.cause in TRY_ANOTHER_LINE:
            self._call.step("call.next-line", leg, cause=int(leg.cause))
            self._next_way()
        else:
            self.cause = leg.cause

    def _next_way(self) -> None:
        way = self._ways.pop(0)
        taken = self._office.lines.is_taken(way.line_id)
        if taken and way.emergency:
            self._office.preempt(way.line_id, self._call)
            self._freeing = way
        elif taken:
            self._give_way(Cause.NO_CIRCUIT_AVAILABLE)
        else:
            self._reserve(way)

    def _give_way(self, cause: Cause) -> None:
        """This way cannot be taken: on to the next one, if there is one."""
        if self._ways:
            self._next_way()
        else:
            self.cause = cause

    def _reserve(self, way: WayOut) -> None:
        """Take room for the call under all caps before the line is seized."""
        reserved = self._office.tolls.reserve(self._call, way)
        if isinstance(reserved, Text):
            self._call.step(reserved.code, None, **reserved.args)
            self._give_way(Cause.OUTGOING_CALLS_BARRED)
        elif reserved.is_safe:
            self._seize(reserved)
        else:
            self._reserved = reserved

    def _seize_reserved(self, reserved: Reservation) -> None:
        if not reserved.is_safe:
            return
        self._reserved = None
        if self._office.lines.is_taken(reserved.way.line_id):
            self._office.tolls.left(self._call, reserved.leg_id, answered=False)
            self._give_way(Cause.NO_CIRCUIT_AVAILABLE)
        else:
            self._seize(reserved)

    def _seize_freed(self) -> None:
        way = self._freeing
        if way is not None and not self._office.lines.is_taken(way.line_id):
            self._freeing = None
            self._reserve(way)

    def _seize(self, reserved: Reservation) -> None:
        way = reserved.way
        self.leg = self._office.new_leg(way.line_id, self._call, reserved.leg_id)
        self.leg.number = way.called
        self._call.join(self.leg, self._side)
        who = way.extension or ""
        self._call.step("call.dials", self.leg, line=way.line_id, number=way.called, extension=who)
        self.leg.place(way.called, self._shown.number)
