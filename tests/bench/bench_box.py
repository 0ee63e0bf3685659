"""What the whole practice box costs: start-up time, memory and CPU per call-second of each line.

Prints beside the calibration loop of the same run, asserts nothing. Targets: lines ready within
5 s, all processes but the simulators under 250 MB PSS.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.calibration import machine
from tests.practice_box import PracticeBox

CALL_S: Final = 20
LINES: Final = ("gsm-1", "gsm-3", "gsm-4", "fxo-1")
TICKS_PER_S: Final = 100


def main() -> None:
    print(machine())
    box = PracticeBox.start()
    try:
        print(f"start to lines ready: {box.started_in_s:.1f} s wall")
        _print_memory(box)
        idle = _spent_s(box)
        time.sleep(CALL_S)
        _print_spent("8 lines idle", idle, _spent_s(box), CALL_S)
        for line in LINES:
            _measure_call(box, line)
        _measure_phones(box)
        print(machine())
    finally:
        box.stop()
        box.remove()


def _measure_call(box: PracticeBox, line: str) -> None:
    """One call through the menu to a phone, talked for a while and recorded."""
    call = box.call_menu(line, "0", hangup_after=CALL_S + 12)
    box.wait_for_call(lambda view: view["phase"] == "talking")
    before = _spent_s(box)
    time.sleep(CALL_S)
    _print_spent(f"one recorded call on {line}", before, _spent_s(box), CALL_S)
    call.outcome()


def _measure_phones(box: PracticeBox) -> None:
    """Two virtual phones talk to each other, not recorded."""
    box.phone("phone-1", "dial", "102")
    box.wait_for_call(lambda view: view["phase"] == "talking")
    before = _spent_s(box)
    time.sleep(CALL_S)
    _print_spent("one call from phone to phone", before, _spent_s(box), CALL_S)
    box.phone("phone-1", "hangup")


def _print_memory(box: PracticeBox) -> None:
    print(f"{'process':<28}{'PSS MB':>8}{'RSS MB':>8}")
    total = 0.0
    for pid, module in box.processes().items() | {box.supervisor.pid: "supervisor"}.items():
        sizes = _sizes_mb(pid)
        total += 0.0 if "simulators" in module else sizes["Pss"]
        print(f"{_short(module):<28}{sizes['Pss']:>8.1f}{sizes['Rss']:>8.1f}")
    print(f"{'all but the simulators':<28}{total:>8.1f}")


def _sizes_mb(pid: int) -> dict[str, float]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}


def _spent_s(box: PracticeBox) -> dict[str, float]:
    """Return CPU seconds of each process so far, user and system."""
    return {_short(module): _cpu_s(pid) for pid, module in box.processes().items()}


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def _print_spent(what: str, before: dict[str, float], after: dict[str, float], wall_s: int) -> None:
    used = {name: (after[name] - before.get(name, 0.0)) / wall_s for name in after}
    parts = ", ".join(f"{name} {1000 * share:.0f}" for name, share in sorted(used.items()))
    product = sum(share for name, share in used.items() if "simulators" not in name)
    print(f"{what}: {1000 * product:.0f} ms CPU per second without simulators ({parts})")


def _short(module: str) -> str:
    return module.split(" --", maxsplit=1)[0]


if __name__ == "__main__":
    main()
