"""Who is on a call: its legs with their sides, their rows in the record, and what they cost."""

import math
import time
from datetime import timedelta

from firmware.calls.charge import Charge, micros_of
from firmware.calls.leg import Leg
from firmware.contract import messages as m
from firmware.contract.call_requests import CallId
from firmware.contract.causes import Cause
from firmware.contract.message import LegId
from firmware.contract.views import LegView, Side, SoundQuality
from firmware.store.rows import LegRow


class Members:
    """A leg stays a member when it has ended: the record and the bill know it."""

    def __init__(self, elapsed: timedelta) -> None:
        self.charges: dict[LegId, Charge] = {}
        """For legs we place outside, from the moment room is taken for them."""
        self._members: dict[str, tuple[Leg, Side]] = {}
        self._rows: dict[str, LegRow] = {}
        self._began = time.monotonic() - elapsed.total_seconds()

    @property
    def age_ms(self) -> int:
        return int((time.monotonic() - self._began) * 1_000)

    @property
    def legs(self) -> tuple[Leg, ...]:
        return tuple(leg for leg, _side in self._members.values())

    def on_side(self, side: Side) -> tuple[Leg, ...]:
        return tuple(leg for leg, of in self._members.values() if of is side)

    def side_of(self, leg: Leg) -> Side:
        return self._members[leg.leg_id][1]

    def talked_s(self, leg: Leg) -> float | None:
        """Return how long the leg has been connected; None before that and when it has ended."""
        row = self._rows[leg.leg_id]
        if row.answered_ms is None or row.ended_ms is not None:
            return None
        return (self.age_ms - row.answered_ms) / 1_000

    def has_leg(self, leg_id: LegId) -> bool:
        """Whether such a leg is or was part of the call."""
        return leg_id in self._rows

    def talked_whole_s(self, leg_id: LegId) -> int:
        """Return how long an ended leg was connected, a begun second counted; 0 if it never was."""
        row = self._rows.get(leg_id)
        if row is None or row.answered_ms is None or row.ended_ms is None:
            return 0
        return max(1, math.ceil((row.ended_ms - row.answered_ms) / 1_000))

    @property
    def cost_micros(self) -> int:
        """Return what the legs that have ended cost."""
        return sum(
            micros_of(self.talked_whole_s(leg_id), charge.cost_per_minute)
            for leg_id, charge in self.charges.items()
        )

    def cause_of_legs(self) -> Cause | None:
        """Return why the first of those who talked went away, else why the first leg did."""
        ended = sorted(
            (row for row in self._rows.values() if row.ended_ms is not None),
            key=lambda row: row.ended_ms or 0,
        )
        talked = (row.cause for row in ended if row.answered_ms is not None)
        return next(talked, None) or next((row.cause for row in ended), None)

    def give_away(self) -> list[tuple[Leg, LegRow]]:
        """Return all legs with their rows; afterwards there are none, and nothing costs money."""
        given = [(leg, self._rows[leg.leg_id]) for leg in self.legs]
        self._members, self._rows, self.charges = {}, {}, {}
        return given

    def leg_views(self) -> tuple[LegView, ...]:
        return tuple(_leg_view(leg, side) for leg, side in self._members.values())


def later(row: LegRow, call_id: CallId, later_ms: int) -> LegRow:
    """Return the row as that call has it, which began so much earlier than the row's own."""
    times = {"began_ms": row.began_ms, "answered_ms": row.answered_ms, "ended_ms": row.ended_ms}
    shifted = {key: at + later_ms for key, at in times.items() if at is not None}
    return row.model_copy(update={"call_id": call_id, **shifted})


def _leg_view(leg: Leg, side: Side) -> LegView:
    return LegView(
        leg_id=leg.leg_id,
        line_id=leg.line_id,
        side=side,
        state=leg.state,
        number=leg.number,
        name=leg.name,
        holds=leg.holds,
        quality=_quality_view(leg.quality) if leg.quality else None,
    )


def _quality_view(told: m.MediaQuality) -> SoundQuality:
    return SoundQuality.model_validate(told.model_dump(exclude={"leg_id", "kind"}))
