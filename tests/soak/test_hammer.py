"""Ten minutes of a hammered API, for the table; figures are printed, never asserted."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import bench_hammer
from tests.soak.lengths import soak_length

SECONDS = soak_length("HAMMER_S", 600)


@pytest.mark.timeout(SECONDS + 600)
def test_the_switch_keeps_time_under_a_hammered_api() -> None:
    bench = str(Path(bench_hammer.__file__))
    done = subprocess.run(
        [sys.executable, bench, str(SECONDS)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert "hammered" in done.stdout
    print("\n" + done.stdout)
