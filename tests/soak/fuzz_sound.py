"""Run as a program of its own: atheris uploads sounds.

python -m tests.soak.fuzz_sound -max_total_time=60 [CORPUS]
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import tempfile
from importlib import import_module
from pathlib import Path

from firmware.contract.texts import sentences

atheris = import_module("atheris")  # not among the packages that are type checked

with atheris.instrument_imports():
    from firmware.prompts.conversion import SoundRefused, convert

FOLDER = Path(tempfile.mkdtemp(prefix="tr-fuzz-", dir="/tmp"))


def one_input(data: bytes) -> None:
    """An upload becomes a prompt or is refused with a sentence, and leaves nothing behind."""
    source, target = FOLDER / "upload", FOLDER / "prompt.wav"
    source.write_bytes(data)
    try:
        assert convert(source, target, "upload") > 0
    except SoundRefused as refused:
        sentences("en")[refused.text.code]
    target.unlink(missing_ok=True)
    assert [file.name for file in FOLDER.iterdir()] == ["upload"]


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
