"""The thread that writes recordings; it sleeps in the kernel and costs the tick no time.

Apart from the message thread, because a memory card may hold a sync for
seconds and orders must not wait for that.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

from firmware.contract.message import Message
from firmware.contract.switching import Record, SwitchAlarm
from firmware.contract.texts import Text
from firmware.switch.recorders import Sink
from firmware.switch.recording_files import RESERVE_BYTES, Recording, sync_all

ROUND_S: Final = 0.1
SYNC_S: Final = 0.5


class DiskThread(threading.Thread):
    """Empties the sinks of all recordings; `tell` gets Recorded and SwitchAlarm, from here."""

    def __init__(self, tell: Callable[[Message], None], reserve_bytes: int = RESERVE_BYTES) -> None:
        super().__init__(name="disk", daemon=True)
        self._tell = tell
        self._reserve_bytes = reserve_bytes
        self._lock = threading.Lock()
        self._recordings: list[Recording] = []
        self._stopping = threading.Event()
        self._alarm: Text | None = None
        self._troubled: Recording | None = None
        """Whose fault the alarm is about."""
        self._next_sync_s = 0.0

    def sink(self, order: Record) -> Sink:
        """Return where the tick shall put this recording, the same again while it runs."""
        with self._lock:
            for recording in self._recordings:
                if recording.order.record_id == order.record_id and not recording.sink.ended:
                    return recording.sink
            recording = Recording(order, self._reserve_bytes)
            self._recordings.append(recording)
            return recording.sink

    def run(self) -> None:
        while not self._stopping.wait(ROUND_S):
            self.work(time.monotonic())
        self.work(time.monotonic())

    def stop(self) -> None:
        """Write what is left and end; returns when that is done."""
        self._stopping.set()
        self.join()

    def work(self, now_s: float) -> None:
        """One round: write everything, sync if it is time, finish what has ended."""
        with self._lock:
            recordings = self._recordings.copy()
        sync = now_s >= self._next_sync_s
        for recording in recordings:
            ended = recording.sink.ended
            recording.write()
            if ended:
                recording.sync()
                self._finish(recording)
        if sync:
            sync_all([recording for recording in recordings if not recording.sink.ended])
            self._next_sync_s = now_s + SYNC_S
        self._watch(recordings, sync)

    def _finish(self, recording: Recording) -> None:
        self._tell(recording.finish())
        with self._lock:
            self._recordings.remove(recording)

    def _watch(self, recordings: list[Recording], look: bool) -> None:
        """Raise the alarm at the first fault; take it back when every recording works again.

        With nothing to record, `look` whether the disk would take it again.
        """
        troubled = next((r for r in recordings if r.fault is not None), None)
        fault = troubled.fault if troubled else None
        idle = fault is None and not recordings
        if idle and self._troubled and not (look and self._troubled.could_write()):
            return
        self._troubled = troubled
        if fault == self._alarm:
            return
        if self._alarm is not None:
            self._tell(SwitchAlarm(text=self._alarm, raised=False))
        if fault is not None:
            self._tell(SwitchAlarm(text=fault))
        self._alarm = fault
