"""All endpoints' calls: packets to blocks, blocks to packets, with no socket or clock attached."""

import random
from typing import Final

import numpy as np

from drivers.sip.media_messages import MediaDirection, MediaFigures, StartMedia
from drivers.sip.rtp.control import Control
from drivers.sip.rtp.e_model import mean_opinion_score
from drivers.sip.rtp.packet import Rows
from drivers.sip.rtp.receiving import Batch, Receiver
from drivers.sip.rtp.rtcp import write_bye, write_report
from drivers.sip.rtp.sending import Sender
from firmware.contract.pcm import FRAME_MS, SAMPLE_RATE_HZ, Samples
from firmware.highway.switch_side import SwitchSide

_SENDING: Final = (MediaDirection.SENDRECV, MediaDirection.SENDONLY)
UNAVOIDABLE_DELAY_MS: Final = 2 * FRAME_MS
"""Packing 20 ms, and half a frame of waiting at each end."""
CNAME: Final = "tipring"

LOOK_TICKS: Final = 5
"""How often it is looked whose report is due."""

Packets = list[tuple[int, memoryview | bytes]]


class Endpoints:
    """Rows of all arrays are endpoints; `rows` are those with a call."""

    def __init__(self, rows: int, highway: SwitchSide, seed: int) -> None:
        self.receiver, self.sender = Receiver(rows, seed), Sender(rows)
        self._highway = highway
        self._rng = random.Random(seed)
        self._timeslot: dict[int, int] = {}
        self._sends = np.zeros(rows, bool)
        self._control: dict[int, Control] = {}
        self.timeslots = highway.span.timeslots
        self.rows: Rows = np.zeros(0, np.intp)
        self._in_use: Rows = np.zeros(0, np.intp)

    @property
    def tick(self) -> int:
        return self.receiver.tick

    def timeslot(self, row: int) -> int | None:
        """Return the timeslot of the endpoint's call, or None without a call."""
        return self._timeslot.get(row)

    def in_the_way(self, row: int, timeslot: int) -> list[int]:
        """Return the endpoints whose calls end if `row` begins one in `timeslot`."""
        held = self._timeslot.items()
        return [other for other, taken in held if (other == row) != (taken == timeslot)]

    def start(self, row: int, order: StartMedia, can_send: bool) -> None:
        """Begin a call, or go on with the same one as a new SDP says; nobody may be in the way."""
        if row not in self._timeslot:
            self._begin(row, order.timeslot)
        self.receiver.agree(row, order)
        self.sender.agree(row, order)
        self._sends[row] = can_send and order.direction in _SENDING

    def stop(self, row: int) -> MediaFigures:
        """End the row's call; return how it was."""
        figures = self._figures(row)
        self.receiver.stop(row)
        self.sender.stop(row)
        del self._timeslot[row], self._control[row]
        self._line_up()
        return figures

    # ---- the tick

    def hear(self, batch: Batch) -> None:
        self.receiver.hear(batch)

    def move(self) -> Packets:
        """Run one frame: write what was heard to the highway, return what goes out."""
        self.receiver.tick += 1
        if not len(self.rows):
            return []
        self._highway.scatter(self._in_use, self.receiver.play(self.rows))
        return self._outgoing(self._highway.gather(self._in_use))

    def skip(self, frames: int) -> None:
        """Let the time of what goes out run on over frames that came too late to be run."""
        self.sender.skip(self.rows, frames)

    def reports_due(self, now_ntp: int) -> list[tuple[int, bytes]]:
        """Return (row, RTCP packet) for whom one is due."""
        due: list[tuple[int, bytes]] = []
        if self.tick % LOOK_TICKS:
            return due
        for row, control in self._control.items():
            if self.tick >= control.due_tick:
                control.plan(self.tick, self._rng)
                report = control.report(
                    self.sender.own_ssrc(row),
                    self.sender.info(row, now_ntp),
                    self.receiver.ssrc(row),
                    row,
                    self.receiver.reception,
                )
                due.append((row, write_report(report, CNAME)))
        return due

    def goodbye(self, row: int) -> bytes:
        return write_bye(self.sender.own_ssrc(row), CNAME)

    def hear_report(self, row: int, data: bytes, now_ntp: int) -> None:
        control = self._control.get(row)
        if control is not None:
            control.hear(data, self.sender.own_ssrc(row), int(self.sender.sent[row]), now_ntp)

    # ---- inside

    def _begin(self, row: int, timeslot: int) -> None:
        self._timeslot[row] = timeslot
        self._highway.open(timeslot)
        self.receiver.start(row)
        self.sender.start(row)
        control = self._control[row] = Control(0)
        control.plan(self.tick, self._rng)
        self._line_up()

    def _line_up(self) -> None:
        rows = sorted(self._timeslot)
        self.rows = np.array(rows, np.intp)
        self._in_use = np.array([self._timeslot[row] for row in rows], np.intp)

    def _outgoing(self, blocks: Samples) -> Packets:
        return self.sender.packets(self.rows, blocks, self._sends[self.rows])

    def _figures(self, row: int) -> MediaFigures:
        loss, late = self.receiver.reception.loss(row), int(self.receiver.buffer.late[row])
        control, delay_ms = self._control[row], self.receiver.buffer.delay_ms(row)
        unheard = 100 * min(1.0, (loss.lost + late) / max(loss.expected, 1))
        one_way = (control.round_trip_ms or 0.0) / 2 + delay_ms + UNAVOIDABLE_DELAY_MS
        return MediaFigures(
            packets_received=int(self.receiver.reception.received[row]),
            packets_lost=loss.lost,
            packets_late=late,
            packets_sent=int(self.sender.sent[row]),
            concealed_blocks=int(self.receiver.concealed[row]),
            lost_percent=loss.percent,
            jitter_ms=self.receiver.reception.jitter(row) * 1000 / SAMPLE_RATE_HZ,
            round_trip_ms=control.round_trip_ms,
            far_lost_percent=control.far_lost_percent,
            delay_ms=delay_ms,
            mos=mean_opinion_score(one_way, unheard),
        )
