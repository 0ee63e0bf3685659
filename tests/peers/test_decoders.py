"""Decoders that others wrote judge the sounds we make, and we read what they make."""

import ctypes
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from firmware.contract.pcm import SAMPLE_RATE_HZ, Samples
from firmware.dsp.caller_id import caller_ids
from firmware.dsp.dtmf import DtmfDetector
from firmware.dsp.tones import KEYPAD, countries, dtmf, tone_plan
from tests.peers import spandsp
from tests.standards.signals import blocks
from tests.standards.test_caller_id import BELL_202, MARIA, V23, Modem, sent

pytestmark = pytest.mark.peer

MULTIMON_RATE_HZ = 22_050
DEADLINE_S = 30
CALLER = {spandsp.TIME: b"11211725", spandsp.NUMBER: b"01632960011", spandsp.NAME: b"TIPRING TEST"}


@pytest.fixture(scope="module")
def library() -> ctypes.CDLL:
    return spandsp.load()


def every_key(country: str) -> Samples:
    plan = tone_plan(country)
    audio = dtmf(KEYPAD, 80, 80, plan.dtmf_high_dbm0, plan.dtmf_low_dbm0)
    return np.pad(audio, (800, 800))


@pytest.mark.parametrize("country", countries())
def test_spandsp_hears_every_key_at_every_countrys_level(
    library: ctypes.CDLL, country: str
) -> None:
    assert spandsp.digits_heard(library, every_key(country)) == KEYPAD


@pytest.mark.parametrize("country", countries())
def test_multimon_hears_every_key_at_every_countrys_level(tmp_path: Path, country: str) -> None:
    faster = soxr.resample(every_key(country), SAMPLE_RATE_HZ, MULTIMON_RATE_HZ)
    raw = tmp_path / "keys.raw"
    raw.write_bytes(np.asarray(faster, dtype="<i2").tobytes())
    told = subprocess.run(
        ["multimon-ng", "-q", "-t", "raw", "-a", "DTMF", str(raw)],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=True,
    )

    assert "".join(re.findall(r"DTMF: (\S)", told.stdout)) == KEYPAD


def test_we_hear_every_key_that_spandsp_makes(library: ctypes.CDLL) -> None:
    detector = DtmfDetector(1)
    audio = np.pad(spandsp.digits_made(library, KEYPAD * 3), (800, 800))
    heard = [
        event.digit
        for block in blocks(audio[None, :])
        for event in detector.hear(block, np.ones(1, bool))
        if not event.ended
    ]

    assert "".join(heard) == KEYPAD * 3


@pytest.mark.parametrize("standard", [spandsp.BELL_202, spandsp.V23], ids=["Bell 202", "V.23"])
def test_we_read_the_caller_id_that_spandsp_makes(library: ctypes.CDLL, standard: int) -> None:
    audio = np.pad(spandsp.caller_id_made(library, standard, CALLER), (4_000, 4_000))
    (found,) = caller_ids(audio)

    assert (found.number, found.name, found.when) == ("01632960011", "TIPRING TEST", "11211725")


@pytest.mark.parametrize(
    ("modem", "standard"),
    [(BELL_202, spandsp.BELL_202), (V23, spandsp.V23)],
    ids=["Bell 202", "V.23"],
)
def test_spandsp_reads_the_caller_id_our_tests_make(
    library: ctypes.CDLL, modem: Modem, standard: int
) -> None:
    (fields,) = spandsp.caller_id_heard(library, standard, sent(MARIA, modem))

    assert fields[spandsp.NUMBER] == b"213456789"
    assert fields[spandsp.NAME] == b"MARIA LIMA"


def test_minimodem_reads_the_caller_id_our_tests_make(tmp_path: Path) -> None:
    file = tmp_path / "caller.wav"
    soundfile.write(file, sent(MARIA, BELL_202), SAMPLE_RATE_HZ, subtype="PCM_16")
    told = subprocess.run(
        ["minimodem", "--rx", "-q", "-f", str(file), "callerid"],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=True,
    )

    assert "213456789" in told.stdout
    assert "MARIA LIMA" in told.stdout
