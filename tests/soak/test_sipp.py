"""500 calls over SIP one after another, and all capacity busy for 10 minutes: nothing is kept."""

import sys
import time

import numpy as np
import pytest

from tests.bench.family import family, name_of, pss_mb
from tests.peers.sip_office import sip_office
from tests.peers.sipp_run import Load, Sipp
from tests.practice_box import PracticeBox, free_sip_port, wait_for
from tests.soak.lengths import soak_length

CALLS = soak_length("SIP_CALLS", 500)
BUSY_S = soak_length("SIP_BUSY_S", 600)
LOOK_EVERY_S = 5.0


@pytest.mark.timeout(3 * CALLS + 300)
def test_hundreds_of_calls_one_after_another_leave_nothing_behind() -> None:
    _run(4, Load(calls=CALLS, at_once=1, talk_ms=500))


@pytest.mark.timeout(2 * BUSY_S + 300)
def test_all_capacity_busy_for_minutes_leaves_nothing_behind() -> None:
    talk_s = 20
    rounds = max(1, BUSY_S // talk_s)
    _run(16, Load(calls=16 * rounds, at_once=16, talk_ms=talk_s * 1000))


def _run(capacity: int, load: Load) -> None:
    trunk = free_sip_port()
    box = PracticeBox.start(sip_office({trunk: capacity}), lines=1)
    sizes: list[dict[str, float]] = []
    try:
        with Sipp(f"127.0.0.1:{box.sip_port}", trunk, load) as sipp:
            while sipp.is_running:
                sizes.append(_sizes(box))
                time.sleep(LOOK_EVERY_S)
            count = sipp.counted(10)
        assert (count.good, count.failed) == (load.calls, 0), count.unexpected
        wait_for("the box is idle", lambda: not box.live_calls(), 15)
        assert "started again" not in box.log.read_text("utf-8"), "a process has died"
        _print_slopes(sizes)
    finally:
        box.stop()
        box.remove()


def _sizes(box: PracticeBox) -> dict[str, float]:
    sizes: dict[str, float] = {}
    for pid in family(box.supervisor.pid):
        try:
            name = name_of(pid)
            sizes[name] = sizes.get(name, 0.0) + pss_mb(pid)
        except OSError:
            continue  # a worker that comes and goes
    return sizes


def _print_slopes(sizes: list[dict[str, float]]) -> None:
    """What each process grew by in the second half, when everything has been met once."""
    half = sizes[len(sizes) // 2 :]
    minutes = np.arange(len(half)) * LOOK_EVERY_S / 60
    sys.stdout.write(f"\n{'process':<28}{'MB PSS':>8}{'MB a minute':>13}\n")
    for name in sorted(half[-1]):
        mb = np.array([one.get(name, np.nan) for one in half])
        if len(mb) > 3 and not np.isnan(mb).any():
            slope = float(np.polyfit(minutes, mb, 1)[0])
            sys.stdout.write(f"{name:<28}{mb[-1]:>8.1f}{slope:>13.3f}\n")
