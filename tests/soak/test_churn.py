"""Hundreds of short calls: nothing is left of them in any process but their records."""

import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from firmware.contract.causes import Cause
from firmware.control.events import KEPT
from firmware.store.archive import Archive
from tests.practice_box import PracticeBox, wait_for
from tests.soak.callers import Caller
from tests.soak.lengths import soak_length

LINES: Final = ("gsm-1", "gsm-2", "gsm-3", "gsm-4", "fxo-1")
CALLS: Final = soak_length("CALLS", 500)
ROUND: Final = 20
KEYS: Final = ("", "0", "2", "9")
SEED: Final = 20_261_121
MOST_GROWTH_MB: Final = 6.0
MOST_NEW_FILES: Final = 4
SETTLE_S: Final = 8.0
"""The switch has reported, the database has written, the packer has ended."""


@dataclass(frozen=True)
class Size:
    """What one process holds."""

    memory_mb: float
    files: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> "Size":
        place = Path(f"/proc/{pid}")
        memory = next(
            line for line in (place / "smaps_rollup").read_text().splitlines() if "Pss:" in line
        )
        threads = sum(1 for _ in (place / "task").iterdir())
        files = sum(1 for _ in (place / "fd").iterdir())
        return cls(int(memory.split()[1]) / 1024, files, threads)


def sizes(box: PracticeBox) -> dict[str, Size]:
    """Return what each process holds while no call is up."""
    wait_for("no call left", lambda: box.try_snapshot().get("calls") == [], 90)
    time.sleep(SETTLE_S)
    return {
        module.split(" --", maxsplit=1)[0]: Size.of(pid) for pid, module in box.processes().items()
    }


def make_calls(box: PracticeBox, dice: random.Random, count: int) -> int:
    """Have so many calls come in, as many at a time as there are lines; return the answered.

    A caller who is so quick that the line is not idle yet hears busy and dials again.
    """
    callers: dict[str, Caller] = {}
    made = answered = 0
    while made < count or callers:
        for line in LINES:
            caller = callers.get(line)
            if caller is not None and caller.is_over():
                account = callers.pop(line).account()
                answered += account["answered"]
                made -= account["cause"] == Cause.USER_BUSY and not account["answered"]
            if line not in callers and made < count:
                callers[line] = short_call(box, dice, line)
                made += 1
        time.sleep(0.05)
    return answered


def short_call(box: PracticeBox, dice: random.Random, line: str) -> Caller:
    return Caller.calls(
        box,
        line,
        say=True,
        press=dice.choice(KEYS),
        press_after_s=dice.uniform(0.5, 2),
        hang_up_after_s=dice.uniform(0.2, 5),
    )


@pytest.mark.timeout(20 * CALLS + 300)
def test_nothing_is_left_of_hundreds_of_calls(own_box: PracticeBox) -> None:
    dice = random.Random(SEED)
    fresh, warm_up = sizes(own_box), 0
    # The last events are kept for followers on purpose; from here on no more come to be kept.
    while own_box.snapshot()["seq"] < KEPT:
        warm_up += make_calls(own_box, dice, ROUND)
    before, began_s = sizes(own_box), time.monotonic()
    answered = make_calls(own_box, dice, CALLS)
    took_s = time.monotonic() - began_s
    after = sizes(own_box)
    print(f"\n{warm_up} calls until {KEPT} events were kept, then {answered} in {took_s:.0f} s")
    print_table(fresh, before, after)

    assert answered == CALLS
    assert Archive(own_box.state / "tipring.db").count_calls() == CALLS + warm_up
    assert own_box.snapshot()["switch"]["legs"] == 0
    assert own_box.lines_ready()
    for name, size in after.items():
        assert size.memory_mb - before[name].memory_mb <= MOST_GROWTH_MB, name
        assert size.files - before[name].files <= MOST_NEW_FILES, name
        assert size.threads - before[name].threads <= MOST_NEW_FILES, name


def print_table(fresh: dict[str, Size], before: dict[str, Size], after: dict[str, Size]) -> None:
    print("PSS in MB, open files, threads: fresh, after the first calls, at the end")
    for name, size in after.items():
        stages = (fresh[name], before[name], size)
        memory = "".join(f"{stage.memory_mb:>8.1f}" for stage in stages)
        files = "".join(f"{stage.files:>5}" for stage in stages)
        threads = "".join(f"{stage.threads:>4}" for stage in stages)
        print(f"{name:<22}{memory}{files:>18}{threads:>15}")
