"""The long form of the parsers' fuzz test: atheris looks for bytes that make one raise."""

import subprocess
import sys
from pathlib import Path

import pytest

from drivers.gsm.unasked import BARE, NAMED

SECONDS = 1_200
TOKENS = (
    *NAMED,
    *BARE,
    "+CLCC",
    "+CREG",
    "+CSQ",
    "+COPS",
    "+CPINR",
    "+CEER",
    "8944000000000000011",
)


@pytest.mark.soak
def test_twenty_minutes_of_inputs_make_no_parser_raise(tmp_path: Path) -> None:
    words = tmp_path / "words"
    words.write_text("".join(f'"{token}: "\n' for token in TOKENS))
    done = subprocess.run(
        [sys.executable, "-m", "tests.drivers.gsm.fuzz_lines", f"-max_total_time={SECONDS}",
         f"-dict={words}", f"-artifact_prefix={tmp_path}/", "-timeout=10"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
