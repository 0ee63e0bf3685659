"""The main thread: every 20 ms one frame, and nothing else ever."""

import gc
import logging
import os
import sys
import time
from collections import deque
from typing import Final

from firmware.highway.clock import FrameClock
from firmware.highway.notify import ALIVE, READY, notify_systemd
from firmware.switch.message_thread import MessageThread
from firmware.switch.switchboard import Switchboard

log = logging.getLogger(__name__)

ORDERS_A_FRAME: Final = 100
REPORT_FRAMES: Final = 250
PRIORITY: Final = 20
SWITCH_INTERVAL_S: Final = 0.000_5
"""How long another thread may keep the interpreter once the tick wants it."""


class TickLoop:
    """Drives the switchboard by the monotonic clock until `stop`."""

    def __init__(self, board: Switchboard, messages: MessageThread) -> None:
        self._board = board
        self._messages = messages
        self._stopping = False
        self._missed = 0
        self._next_report_frame = 0
        self._took_us: deque[int] = deque(maxlen=REPORT_FRAMES)

    def stop(self) -> None:
        """End after the current frame; may be called from a signal handler."""
        self._stopping = True

    def run(self) -> None:
        notify_systemd(READY)
        clock = FrameClock(time.monotonic_ns())
        while not self._stopping:
            time.sleep(max(0, clock.deadline_ns - time.monotonic_ns()) / 1e9)
            due = clock.due(time.monotonic_ns())
            self._missed += due.missed
            for _ in range(due.frames):
                self._frame(clock.advance())

    def _frame(self, frame: int) -> None:
        start_ns = time.monotonic_ns()
        orders = self._messages.for_tick
        for _ in range(min(len(orders), ORDERS_A_FRAME)):
            self._board.apply(orders.popleft())
        self._board.tick(frame)
        self._took_us.append((time.monotonic_ns() - start_ns) // 1000)
        if frame >= self._next_report_frame:  # its own number may have been skipped
            self._next_report_frame = frame + REPORT_FRAMES
            self._report(frame)
        self._messages.tell_all(self._board.notices)

    def _report(self, frame: int) -> None:
        took_us = sorted(self._took_us)
        median_us = took_us[len(took_us) // 2]
        report = self._board.report(frame, self._missed, median_us, took_us[-1])
        self._board.notices.append(report)
        notify_systemd(ALIVE)  # from here: whoever ticks no more is started again


def take_priority() -> None:
    """Run the calling thread before all others where the machine allows it."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.collect()
    gc.freeze()
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except PermissionError:
        log.debug("switch: no real-time priority here, running with the others")
