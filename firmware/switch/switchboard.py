"""Everything that happens in one frame, as plain steps: no time, socket or file in sight.

Orders come in prepared (files are open already); notices go out through a
queue. A test drives it frame by frame.
"""

import logging
from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from firmware.contract.message import LegId, Message
from firmware.contract.switching import (
    ConnectLeg,
    Detect,
    DisconnectLeg,
    Meter,
    Play,
    Played,
    PlayId,
    Record,
    SendDtmf,
    SetLegGain,
    Stop,
    SwitchReport,
    Tone,
)
from firmware.highway.switch_side import SwitchSide
from firmware.switch.feed import Feed
from firmware.switch.legs import LegTable, Route
from firmware.switch.listening import Listening
from firmware.switch.meters import Meters
from firmware.switch.players import Players, Playing
from firmware.switch.recorders import Recorders, Sink
from firmware.switch.rooms import Rooms, amplified

log = logging.getLogger(__name__)

DIAL_TONE = "dial"
MUTE_DB = -96.0


@dataclass(frozen=True, slots=True)
class StartPlaying:
    """A Play, Tone or SendDtmf whose sound is being read."""

    order: Play | Tone | SendDtmf
    feed: Feed


@dataclass(frozen=True, slots=True)
class StartRecording:
    """A Record whose file is being opened."""

    order: Record
    sink: Sink


@dataclass(frozen=True, slots=True)
class SpanUp:
    side: SwitchSide


@dataclass(frozen=True, slots=True)
class SpanDown:
    memory: int


Prepared: TypeAlias = (
    ConnectLeg
    | DisconnectLeg
    | SetLegGain
    | Stop
    | Detect
    | Meter
    | StartPlaying
    | StartRecording
    | SpanUp
    | SpanDown
)


class Switchboard:
    """The state of the switch. `apply` between frames, `tick` once a frame, one thread."""

    def __init__(self) -> None:
        self._table = LegTable()
        self._listening = Listening(self._table.capacity)
        self._recorders = Recorders()
        self._meters = Meters()
        self._players = Players(self._table.capacity)
        self._last_play: dict[LegId, PlayId] = {}
        self._heard = np.zeros_like(self._table.said)
        self._played = np.zeros_like(self._table.said)
        self._routes: list[Route] = []
        self._rooms = Rooms(self._table.room_of())
        self.notices: deque[Message] = deque()

    # ---- orders

    def apply(self, order: Prepared) -> None:  # noqa: C901  one case an order
        match order:
            case ConnectLeg():
                self._connect(order)
            case DisconnectLeg():
                self._disconnect(order.leg_id)
            case SetLegGain():
                self._set_gain(order)
            case Detect():
                if (leg := self._table.legs.get(order.leg_id)) is not None:
                    self._listening.listen(leg.row, order)
            case Meter():
                if (leg := self._table.legs.get(order.leg_id)) is not None:
                    self._meters.set(leg.leg_id, leg.row, on=order.on)
            case StartPlaying():
                self._play(order)
            case StartRecording():
                self._record(order)
            case Stop():
                self._stop(order)
            case SpanUp():
                self._table.span_up(order.side)
            case SpanDown():
                self._table.span_down(order.memory)

    def _connect(self, order: ConnectLeg) -> None:
        for other in self._table.others_on(order):
            self._disconnect(other.leg_id)
        self._table.connect(order)
        if len(self._heard) != self._table.capacity:
            self._heard = np.zeros_like(self._table.said)
            self._played = np.zeros_like(self._table.said)
            self._listening = self._listening.grown(self._table.capacity)
            self._players.grow(self._table.capacity)

    def _disconnect(self, leg_id: LegId) -> None:
        leg = self._table.legs.get(leg_id)
        if leg is not None:
            self._end_player(leg.leg_id, complete=False)
            self._last_play.pop(leg.leg_id, None)
            self._listening.forget(leg.row)
            self._meters.forget(leg_id)
            self._table.disconnect(leg)

    def _set_gain(self, order: SetLegGain) -> None:
        leg = self._table.legs.get(order.leg_id)
        if leg is not None:
            self._table.said_gain[leg.row] = _factor(order.said_db)
            self._table.heard_gain[leg.row] = _factor(order.heard_db)

    def _play(self, start: StartPlaying) -> None:
        leg_id, play_id = start.order.leg_id, start.order.play_id
        leg = self._table.legs.get(leg_id)
        if leg is None or self._last_play.get(leg_id) == play_id:
            start.feed.closed = True
            return
        self._end_player(leg_id, complete=False)
        self._last_play[leg_id] = play_id
        self._players.start(Playing(leg_id, leg.row, play_id, start.feed))
        dial_tone = isinstance(start.order, Tone) and start.order.name == DIAL_TONE
        self._listening.dial_tone[leg.row] = dial_tone

    def _record(self, start: StartRecording) -> None:
        if start.order.record_id in self._recorders:
            self._recorders.change(start.order)
        else:
            self._recorders.start(start.order, start.sink)
        self._table.changed = True

    def _stop(self, order: Stop) -> None:
        if order.record_id is not None:
            self._recorders.stop(order.record_id)
            self._table.changed = True
        if order.play_id is not None and (leg_id := self._players.play_of(order.play_id)):
            self._end_player(leg_id, complete=False)

    def _end_player(self, leg_id: LegId, *, complete: bool) -> None:
        playing = self._players.end(leg_id)
        if playing is None:
            return
        fault = playing.feed.fault if complete else None
        self._listening.dial_tone[playing.row] = False
        self.notices.append(
            Played(
                leg_id=leg_id,
                play_id=playing.play_id,
                played_ms=self._players.played_ms(playing),
                complete=complete and fault is None,
                fault=fault,
            )
        )

    # ---- the frame

    def tick(self, frame: int) -> None:
        """Carry one block of every leg; never waits and never raises for what a card wrote."""
        if self._table.changed:
            self._reseat()
        table, heard = self._table, self._heard
        for route in self._routes:
            table.said[route.rows] = route.side.gather(route.timeslots)
        self.notices.extend(self._listening.hear(frame, table.said))
        said = amplified(table.said, table.said_gain)
        heard[:] = 0
        self._rooms.mix(said, heard)
        for leg_id in self._players.play_to(heard, self._played):
            self._end_player(leg_id, complete=True)
        if self._recorders.take(said, self._played):
            table.changed = True
        heard = amplified(heard, table.heard_gain)
        self.notices.extend(self._meters.take(table.said, heard))
        for route in self._routes:
            route.side.scatter(route.timeslots, heard[route.rows])

    def _reseat(self) -> None:
        table = self._table
        table.changed = False
        self._routes = table.routes()
        self._rooms = Rooms(table.room_of(), table.echoing())
        self._recorders.seat(table.rows, table.capacity)

    # ---- what others may know

    def report(self, frame: int, missed: int, median_us: int, max_us: int) -> SwitchReport:
        slips = {name: side.slips for name, side in self._table.spans.items()}
        return SwitchReport(
            frame=frame,
            missed_ticks=missed,
            legs=len(self._table.legs),
            slips=slips,
            tick_us_median=median_us,
            tick_us_max=max_us,
        )

    def close(self) -> None:
        """End all players and recordings; their notices say how far they came."""
        for leg_id in self._players.legs():
            self._end_player(leg_id, complete=False)
        self._recorders.stop_all()


def _factor(gain_db: float) -> float:
    return 0.0 if gain_db <= MUTE_DB else 10 ** (gain_db / 20)
