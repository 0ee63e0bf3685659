"""What calls over SIP cost, and how quick they are: sipp brings recorded IVR calls on trunks.

CPU per call-second split by process at 4, 20, 50 and 100 calls, memory by PSS, answer to first
prompt, hang-up to answer. Printed beside the calibration loop, nothing is asserted. Targets: at
most 2.0 ms per call-second at 50 calls and 1.6 at 100; 60 ms and 100 ms median.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.calibration import machine
from tests.bench.family import cpu_s, family, name_of, pss_mb
from tests.bench.sip_caller import SipCaller
from tests.peers.sip_office import MAX_CALLS_OF_A_TRUNK, sip_office
from tests.peers.sipp_run import CALLED, Load, Sipp
from tests.practice_box import PracticeBox, free_sip_port

LOADS: Final = (4, 20, 50, 100)
TRUNKS: Final = 4
WINDOW_S: Final = 20
RAMP_PER_S: Final = 10.0
TIMED_CALLS: Final = 40
LOOK_S: Final = 0.005


def main() -> None:
    print(machine())
    ports = [free_sip_port() for _ in range(TRUNKS + 1)]
    config = sip_office(dict.fromkeys(ports, MAX_CALLS_OF_A_TRUNK))
    box = PracticeBox.start(config, lines=len(ports))
    try:
        _wait_for_workers(box)
        _time_calls(box, ports[0])
        print(f"{'calls':>6} {'ms per call-second':>19}   by process")
        for calls in LOADS:
            _measure(box, ports, calls)
        _print_memory(box)
        print(machine())
    finally:
        box.stop()
        box.remove()


def _measure(box: PracticeBox, ports: list[int], calls: int) -> None:
    used = ports[1:] if calls > MAX_CALLS_OF_A_TRUNK else ports[1:2]
    share = -(-calls // len(used))
    ramp_s = calls / RAMP_PER_S + 3
    load = Load(share, share, int((WINDOW_S + ramp_s + 5) * 1000), RAMP_PER_S / len(used))
    trunks = [Sipp(f"127.0.0.1:{box.sip_port}", port, load) for port in used]
    try:
        _wait_for_calls(box, share * len(used), ramp_s + 30)
        before = _spent(box)
        time.sleep(WINDOW_S)
        _print_spent(share * len(used), before, _spent(box))
        counts = [trunk.counted(WINDOW_S + ramp_s + 60) for trunk in trunks]
        failed = sum(count.failed for count in counts)
        if failed:
            print(f"{'':>6} {failed} calls failed")
    finally:
        for trunk in trunks:
            trunk.close()


def _wait_for_workers(box: PracticeBox) -> None:
    """Return when no more signalling workers are being started."""
    before = -1
    while before != (before := len(family(box.supervisor.pid))):
        time.sleep(3)


def _wait_for_calls(box: PracticeBox, count: int, deadline_s: float) -> None:
    until = time.monotonic() + deadline_s
    while len(box.snapshot()["calls"]) != count:
        if time.monotonic() > until:
            raise TimeoutError(f"there are never {count} calls at once")
        time.sleep(LOOK_S)


def _spent(box: PracticeBox) -> dict[str, float]:
    spent: dict[str, float] = {}
    for pid in family(box.supervisor.pid):
        name = name_of(pid)
        spent[name] = spent.get(name, 0.0) + cpu_s(pid)
    return spent


def _print_spent(calls: int, before: dict[str, float], after: dict[str, float]) -> None:
    cost = {
        name: 1000 * (spent - before.get(name, 0.0)) / WINDOW_S / calls
        for name, spent in after.items()
        if "simulators" not in name
    }
    parts = sorted(cost.items(), key=lambda part: -part[1])
    shown = ", ".join(f"{name} {ms:.2f}" for name, ms in parts if ms >= 0.005)
    print(f"{calls:>6} {sum(cost.values()):>19.2f}   {shown}")


def _print_memory(box: PracticeBox) -> None:
    total: dict[str, list[float]] = {}
    for pid in family(box.supervisor.pid):
        total.setdefault(name_of(pid), []).append(pss_mb(pid))
    for name, sizes in sorted(total.items()):
        print(f"{name:<32}{len(sizes):>4} x {sum(sizes) / len(sizes):>6.1f} MB PSS")


def _time_calls(box: PracticeBox, port: int) -> None:
    caller = SipCaller(("127.0.0.1", box.sip_port), port, CALLED)
    first, gone = [], []
    try:
        for _ in range(TIMED_CALLS):
            answer = caller.call()
            assert answer.status == 200, answer.text
            first.append(1000 * caller.first_sound_s())
            began = time.monotonic()
            caller.hang_up()
            _wait_for_calls(box, 0, 10)
            gone.append(1000 * (time.monotonic() - began))
    finally:
        caller.close()
    _print_times("answer to first prompt", first)
    _print_times("hang-up to idle", gone)


def _print_times(what: str, times_ms: list[float]) -> None:
    ordered = sorted(times_ms)
    median, p99 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    print(f"{what:<24} median {median:>6.0f} ms, p99 {p99:>6.0f} ms ({len(ordered)} calls)")


if __name__ == "__main__":
    main()
