"""sipp as a provider's trunk: how it is started, and what it counted."""

import csv
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from firmware.contract.pcm import SAMPLE_RATE_HZ
from firmware.dsp.g711 import to_mulaw

SCENARIOS: Final = Path(__file__).parent / "sipp"
CALLED: Final = "+441632960050"


@dataclass(frozen=True)
class Load:
    """`calls` in all, `at_once` of them, each talking `talk_ms`."""

    calls: int
    at_once: int
    talk_ms: int
    per_second: float = 10.0


@dataclass(frozen=True)
class Counted:
    good: int
    failed: int
    unexpected: str
    """The messages that sipp had not expected, whole."""


class Sipp:
    """One sipp process on its own port; use as a context manager."""

    def __init__(self, target: str, port: int, load: Load, scenario: str = "ivr_caller") -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sipp-", dir="/tmp")
        folder = Path(self._folder.name)
        (folder / "voice.ulaw").write_bytes(_murmur().tobytes())
        text = (SCENARIOS / f"{scenario}.xml").read_text("utf-8")
        text = text.replace("VOICE_FILE", "voice.ulaw").replace("TALK_MS", str(load.talk_ms))
        (folder / "scenario.xml").write_text(text, "utf-8")
        self._statistics = folder / "statistics.csv"
        command = [
            "sipp", target, "-sf", "scenario.xml",
            "-s", CALLED, "-i", "127.0.0.1", "-p", str(port), "-mi", "127.0.0.1",
            "-m", str(load.calls), "-l", str(load.at_once), "-r", str(load.per_second),
            "-nostdin", "-trace_stat", "-stf", str(self._statistics), "-fd", "1",
            "-recv_timeout", "15000", "-trace_err", "-error_file", "errors.log",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> "Sipp":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()
        self._folder.cleanup()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def counted(self, deadline_s: float) -> Counted:
        """Wait for its end; raises TimeoutExpired, or AssertionError when it could not run."""
        _, complaints = self._process.communicate(timeout=deadline_s)
        assert self._statistics.exists(), complaints
        with self._statistics.open(encoding="ascii", newline="") as lines:
            last = list(csv.DictReader(lines, delimiter=";"))[-1]
        errors = self._statistics.with_name("errors.log")
        unexpected = errors.read_text("utf-8", "replace") if errors.exists() else ""
        return Counted(int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"]), unexpected)


def _murmur() -> "np.ndarray[tuple[int], np.dtype[np.uint8]]":
    """Ten seconds of something like a voice: noise that swells, µ-law."""
    noise = np.random.default_rng(11).normal(0, 1500, 10 * SAMPLE_RATE_HZ)
    swell = 0.5 + 0.5 * np.sin(np.arange(len(noise)) * 2 * np.pi * 3 / SAMPLE_RATE_HZ)
    return to_mulaw((noise * swell).astype(np.int16))
