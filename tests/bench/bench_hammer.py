"""Ticks the switch misses while the API is hammered, beside an idle process that only wakes.

A recorded talk is on, four clients ask the page as fast as it answers. Target: no
more missed than the idle process misses. Run: `python tests/bench/bench_hammer.py
[SECONDS]`; the soak takes the full ten minutes. Prints, asserts nothing.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.calibration import machine
from tests.practice_box import PracticeBox

SECONDS: Final = 60
QUIET_S: Final = 60
REPORT_S: Final = 6.0
"""The switch tells its counts every 5 s."""
WAYS: Final = ("quiet", "hammered")


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    print(machine())
    print(f"{'':<12}{'seconds':>8}{'ticks missed':>14}{'idle process':>14}{'answers/s':>11}")
    box = PracticeBox.start()
    try:
        call = box.call_menu("gsm-1", "0")
        box.wait_for_call(lambda view: view["phase"] == "talking", 40)
        for way in WAYS:
            print_way(box, way, seconds if way == "hammered" else min(seconds, QUIET_S))
        call.process.kill()
    finally:
        box.stop()
        box.remove()
    print(machine())


def print_way(box: PracticeBox, way: str, seconds: int) -> None:
    before = missed_ticks(box)
    idle = start("tests.bench.idle_clock", seconds)
    hammer = start("tests.bench.hammer", box.state, box.port, seconds) if way != "quiet" else None
    beside = int(idle.communicate()[0])
    answers = json.loads(hammer.communicate()[0])["answers"] if hammer else 0
    missed = missed_ticks(box) - before
    print(f"{way:<12}{seconds:>8}{missed:>14}{beside:>14}{answers / seconds:>11.0f}")


def missed_ticks(box: PracticeBox) -> int:
    time.sleep(REPORT_S)
    return int(box.snapshot()["switch"]["missed_ticks"])


def start(module: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


if __name__ == "__main__":
    main()
