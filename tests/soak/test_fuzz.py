"""atheris looks for bytes that make a reader raise; tests/drivers/gsm does so for its parsers."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware.contract.messages import AnswerCall, PlaceCall, Release, Setup
from firmware.contract.switching import ConnectLeg, ToneHeard
from tests.firmware.config.office_text import EXAMPLE, MINIMAL, PRACTICE
from tests.soak.lengths import soak_length
from tests.sound import marker

SECONDS = soak_length("FUZZ_S", 600)
FORMATS = (("wav", "PCM_16"), ("wav", "ULAW"), ("wav", "IMA_ADPCM"), ("flac", "PCM_24"),
           ("ogg", "VORBIS"), ("aiff", "FLOAT"), ("au", "ALAW"))  # fmt: skip


def messages(corpus: Path) -> None:
    examples = (
        PlaceCall(leg_id="a", line_id="gsm-1", called="01632960100"),
        AnswerCall(leg_id="a"),
        Release(leg_id="a"),
        Setup(leg_id="a", line_id="gsm-1", calling="+447700900123"),
        ConnectLeg(leg_id="a", span="gsm", timeslot=1, room="r"),
        ToneHeard.model_validate({"leg_id": "a", "tone": "busy", "at_frame": 1}),
    )
    for number, message in enumerate(examples):
        (corpus / str(number)).write_bytes(message.to_line())


def configurations(corpus: Path) -> None:
    for number, text in enumerate((EXAMPLE, MINIMAL, PRACTICE)):
        (corpus / str(number)).write_text(text, "utf-8")


def sounds(corpus: Path) -> None:
    voice = marker(620, 0.2).astype(np.float64) / 32_768
    for suffix, subtype in FORMATS:
        stereo = np.stack([voice, voice], axis=1)
        soundfile.write(str(corpus / f"{subtype}.{suffix}"), stereo, 16_000, subtype=subtype)


def nothing(_corpus: Path) -> None:
    """Bytes will do."""


@pytest.mark.timeout(SECONDS + 300)
@pytest.mark.parametrize(
    ("target", "examples"),
    [
        ("fuzz_dle", nothing),
        ("fuzz_messages", messages),
        ("fuzz_config", configurations),
        ("fuzz_part", nothing),
        ("fuzz_sound", sounds),
    ],
)
def test_no_input_makes_it_raise(
    target: str, examples: Callable[[Path], None], tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    examples(corpus)
    done = subprocess.run(
        [sys.executable, "-m", f"tests.soak.{target}", f"-max_total_time={SECONDS}",
         f"-artifact_prefix={tmp_path}/", "-timeout=20", str(corpus)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    runs = re.search(r"Done (\d+) runs in (\d+) second", done.stderr)
    assert done.returncode == 0, done.stderr[-4000:]
    assert runs is not None, done.stderr[-4000:]
    print(f"\n{target}: {runs[1]} inputs in {runs[2]} s, none raised")
