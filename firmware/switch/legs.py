"""The legs the switch knows, each with a row of the tick's arrays, and where each row's audio is.

A leg keeps its row when its card dies and comes back with the same memory; it
hears and says nothing meanwhile.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.message import LegId
from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from firmware.contract.switching import ConnectLeg
from firmware.highway.switch_side import SwitchSide
from firmware.switch.rooms import NO_ROOM

log = logging.getLogger(__name__)

FIRST_ROWS: Final = 32


@dataclass(slots=True)
class Leg:
    leg_id: LegId
    row: int
    span: str
    timeslot: int
    room: str | None
    echo: bool = False
    side: SwitchSide | None = None
    """The mapped span, None while there is none."""
    memory: int | None = None
    """The memory it was last on; another one is another card's life and not for this leg."""


@dataclass(frozen=True, slots=True)
class Route:
    """All legs of one span: gather `timeslots` into `rows`, scatter `rows` to `timeslots`."""

    side: SwitchSide
    timeslots: NDArray[np.intp]
    rows: NDArray[np.intp]


class LegTable:
    """Legs and their rows; `changed` is set whenever routes or rooms must be worked out anew."""

    def __init__(self, rows: int = FIRST_ROWS) -> None:
        self.legs: dict[LegId, Leg] = {}
        self.spans: dict[str, SwitchSide] = {}
        self.changed = True
        self.capacity = 0
        self._free: list[int] = []
        self.said: Samples = np.zeros((0, BLOCK_SAMPLES), np.int16)
        self.said_gain = np.zeros(0, np.float32)
        self.heard_gain = np.zeros(0, np.float32)
        self._grow(rows)

    def connect(self, order: ConnectLeg) -> Leg:
        """Seat the leg as ordered; a second time changes nothing."""
        leg = self.legs.get(order.leg_id)
        if leg is None:
            if not self._free:
                self._grow(2 * self.capacity)
            leg = Leg(order.leg_id, self._free.pop(), order.span, order.timeslot, order.room)
            self.legs[order.leg_id] = leg
        elif (leg.span, leg.timeslot) != (order.span, order.timeslot):
            self._unseat(leg)
            leg.span, leg.timeslot = order.span, order.timeslot
        leg.room, leg.echo = order.room, order.echo
        if leg.side is None and (side := self.spans.get(leg.span)) is not None:
            self._seat(leg, side)
        self.changed = True
        return leg

    def disconnect(self, leg: Leg) -> None:
        self._unseat(leg)
        del self.legs[leg.leg_id]
        self.said_gain[leg.row] = self.heard_gain[leg.row] = 1
        self._free.append(leg.row)

    def span_up(self, side: SwitchSide) -> None:
        """Map a card's span; legs that waited for it or were on this very memory are heard."""
        name = side.span.name
        if (before := self.spans.get(name)) is not None:
            self.span_down(before.span.memory)
        self.spans[name] = side
        for leg in self.legs.values():
            if leg.span == name and leg.memory in (None, side.span.memory):
                self._seat(leg, side)

    def span_down(self, memory: int) -> None:
        """Forget the memory; its legs stay, silent."""
        for name in [n for n, side in self.spans.items() if side.span.memory == memory]:
            self.spans.pop(name).span.close()
        for leg in self.legs.values():
            if leg.side is not None and leg.side.span.memory == memory:
                self._unseat(leg)

    def routes(self) -> list[Route]:
        by_side: defaultdict[SwitchSide, list[Leg]] = defaultdict(list)
        for leg in self.legs.values():
            if leg.side is not None:
                by_side[leg.side].append(leg)
        return [
            Route(
                side,
                np.array([leg.timeslot for leg in legs], np.intp),
                np.array([leg.row for leg in legs], np.intp),
            )
            for side, legs in by_side.items()
        ]

    def room_of(self) -> NDArray[np.intp]:
        """Return each row's room as a number, NO_ROOM for none; shape (capacity,)."""
        numbers: dict[str, int] = {}
        room_of = np.full(self.capacity, NO_ROOM, np.intp)
        for leg in self.legs.values():
            if leg.room is not None:
                room_of[leg.row] = numbers.setdefault(leg.room, len(numbers))
        return room_of

    def echoing(self) -> list[int]:
        """Return the rows that hear themselves in their room."""
        return [leg.row for leg in self.legs.values() if leg.room is not None and leg.echo]

    def others_on(self, order: ConnectLeg) -> list[Leg]:
        """Return the legs that held the ordered timeslot before: their card has given them up."""
        place = order.span, order.timeslot
        return [
            leg
            for leg in self.legs.values()
            if (leg.span, leg.timeslot) == place and leg.leg_id != order.leg_id
        ]

    def rows(self, leg_ids: frozenset[LegId]) -> Iterator[int]:
        """Yield the rows of those legs that we know."""
        return (self.legs[leg_id].row for leg_id in leg_ids if leg_id in self.legs)

    def _seat(self, leg: Leg, side: SwitchSide) -> None:
        if leg.timeslot >= side.span.timeslots:
            log.warning(
                "%s has no timeslot %d, leg %s stays silent", leg.span, leg.timeslot, leg.leg_id
            )
            return
        side.open(leg.timeslot)
        leg.side, leg.memory = side, side.span.memory
        self.changed = True

    def _unseat(self, leg: Leg) -> None:
        leg.side = None
        self.said[leg.row] = 0
        self.changed = True

    def _grow(self, rows: int) -> None:
        more = rows - self.capacity
        self._free += range(rows - 1, self.capacity - 1, -1)
        self.said = np.concatenate([self.said, np.zeros((more, BLOCK_SAMPLES), np.int16)])
        self.said_gain = np.concatenate([self.said_gain, np.ones(more, np.float32)])
        self.heard_gain = np.concatenate([self.heard_gain, np.ones(more, np.float32)])
        self.capacity = rows
        self.changed = True
