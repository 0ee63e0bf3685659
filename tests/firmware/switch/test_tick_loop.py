"""The tick loop's rhythm, by a clock that only the test moves."""

from collections import deque
from typing import cast

import pytest

from firmware.contract.message import Message
from firmware.contract.switching import SwitchReport
from firmware.highway.clock import CATCH_UP_FRAMES, FRAME_NS
from firmware.switch import tick_loop
from firmware.switch.message_thread import MessageThread
from firmware.switch.switchboard import Prepared
from firmware.switch.tick_loop import REPORT_FRAMES, TickLoop
from tests.firmware.switch.board import Board


class StallingClock:
    """Stands in for `time`: one frame passes a sleep, and many in the sleep at `stall_frame`."""

    def __init__(self, stall_frame: int, stalled_frames: int) -> None:
        self._now_ns = 0
        self._stall_ns = stall_frame * FRAME_NS
        self._stalled_ns = stalled_frames * FRAME_NS

    def monotonic_ns(self) -> int:
        return self._now_ns

    def sleep(self, seconds: float) -> None:
        self._now_ns += round(seconds * 1e9)
        if self._now_ns >= self._stall_ns > 0:
            self._now_ns += self._stalled_ns
            self._stall_ns = 0


class Told:
    """In place of the message thread: no orders, and all notices kept."""

    def __init__(self) -> None:
        self.for_tick: deque[Prepared] = deque()
        self.reports: list[SwitchReport] = []
        self.loop: TickLoop | None = None

    def tell_all(self, messages: deque[Message]) -> None:
        self.reports += [message for message in messages if isinstance(message, SwitchReport)]
        messages.clear()
        if self.loop is not None and len(self.reports) == 4:
            self.loop.stop()


def reports(monkeypatch: pytest.MonkeyPatch, clock: StallingClock) -> list[SwitchReport]:
    """Return the first four reports of a loop that lives by `clock`."""
    monkeypatch.setattr(tick_loop, "time", clock)
    told = Told()
    told.loop = TickLoop(Board(1).switchboard, cast("MessageThread", told))
    told.loop.run()
    return told.reports


def test_reports_come_every_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [report.frame for report in reports(monkeypatch, StallingClock(0, 0))]

    assert frames == [0, REPORT_FRAMES, 2 * REPORT_FRAMES, 3 * REPORT_FRAMES]


def test_a_report_whose_frame_is_skipped_comes_with_the_next_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stalled = 20
    told = reports(monkeypatch, StallingClock(REPORT_FRAMES - 10, stalled))

    assert stalled > CATCH_UP_FRAMES
    late = told[1].frame
    assert REPORT_FRAMES < late <= REPORT_FRAMES + stalled
    assert told[1].missed_ticks == stalled
    assert [report.frame - late for report in told[1:]] == [0, REPORT_FRAMES, 2 * REPORT_FRAMES]


def test_the_tick_itself_feeds_the_watchdog(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(tick_loop, "notify_systemd", said.append)

    reports(monkeypatch, StallingClock(0, 0))

    assert said == ["READY=1", *["WATCHDOG=1"] * 4]
