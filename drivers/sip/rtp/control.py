"""Each endpoint's RTCP: when a report is due, what it says, and what the far end's said."""

import random
from dataclasses import dataclass
from typing import Final

from drivers.sip.rtp import rtcp
from drivers.sip.rtp.reception import Reception
from drivers.sip.rtp.rtcp import Report, ReportBlock, SenderInfo

EVERY_TICKS: Final = 250
"""5 s, half as much more or less by chance (RFC 3550, 6.3.1)."""
_SAMPLES_TO_NTP: Final = 65536


@dataclass(slots=True)
class Control:
    """One call's."""

    due_tick: int
    last_report: int = 0
    came_ntp: int = 0
    round_trip_ms: float | None = None
    far_lost_percent: float | None = None
    sent_before: int = 0

    def hear(self, data: bytes, own_ssrc: int, sent: int, now_ntp: int) -> None:
        """Take a datagram from the RTCP port; nonsense changes nothing."""
        for report in rtcp.parse_reports(data, own_ssrc):
            if report.sender is not None:
                self.last_report, self.came_ntp = rtcp.middle(report.sender.ntp), now_ntp
            if report.block is not None:
                trip = rtcp.round_trip_ms(report.block, now_ntp)
                self.round_trip_ms = self.round_trip_ms if trip is None else trip
                self.far_lost_percent = 100 * max(0, report.block.lost) / max(sent, 1)

    def plan(self, tick: int, rng: random.Random) -> None:
        self.due_tick = tick + round(EVERY_TICKS * rng.uniform(0.5, 1.5))

    def report(
        self, own_ssrc: int, info: SenderInfo, far_ssrc: int | None, row: int, got: Reception
    ) -> Report:
        """Return the report due now: of a sender if anything was sent since the last one."""
        sending = info.packets != self.sent_before
        self.sent_before = info.packets
        block = None if far_ssrc is None else self._block(far_ssrc, row, got, info.ntp)
        return Report(own_ssrc, info if sending else None, block)

    def _block(self, far_ssrc: int, row: int, got: Reception, now_ntp: int) -> ReportBlock:
        recent, whole = got.loss_since_last(row), got.loss(row)
        return ReportBlock(
            ssrc=far_ssrc,
            fraction_lost=min(255, int(recent.percent * 256 / 100)),
            lost=whole.lost,
            highest=got.highest(row),
            jitter=int(got.jitter(row)),
            last_report=self.last_report,
            delay=(now_ntp - self.came_ntp) >> 16 if self.last_report else 0,
        )
