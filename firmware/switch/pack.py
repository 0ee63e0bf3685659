"""Makes the final recording of a .part file: `python -m firmware.switch.pack PART OUT`.

A worker process of its own, started by the exchange after the call. It prints
the length in ms. The result is FLAC: every browser plays and seeks it.
"""

import os
import sys
from pathlib import Path
from typing import BinaryIO, Final

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import soundfile

from firmware.contract.errors import StorageFault
from firmware.contract.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ
from firmware.contract.switching import NOTHING_TO_SAVE
from firmware.dsp import g711
from firmware.switch.part import CHANNELS, duration_ms, read_pieces

SILENT_FRAMES_AT_ONCE: Final = 500


def pack(part: Path, out: Path) -> int:
    """Write `out` from `part` and return its length in ms; `part` stays.

    A torn end is cut off and a gap becomes silence. `out` appears whole or not
    at all. Packed already, with `part` gone, is as good: whoever ordered it may
    have died before that was written down. Raises StorageFault for a file that is
    not a .part or cannot be read or written.
    """
    unfinished = out.with_name(out.name + ".new")
    try:
        if out.exists() and not part.exists():
            samples: int = soundfile.info(str(out)).frames
            return samples * 1000 // SAMPLE_RATE_HZ
        with part.open("rb") as pieces:
            frames = _write(pieces, unfinished)
        if frames is None:
            unfinished.unlink()
            raise StorageFault("recording.not-a-recording", file=part.name)
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.replace(out)
    except (OSError, soundfile.SoundFileError) as error:
        unfinished.unlink(missing_ok=True)
        raise StorageFault("recording.disk-fault", why=str(error)) from error
    return duration_ms(frames)


def _write(pieces: BinaryIO, out: Path) -> int | None:
    """Write all pieces and return how many frames that made, None if there was not one piece."""
    at = 0
    found = False
    with soundfile.SoundFile(
        str(out), "w", SAMPLE_RATE_HZ, CHANNELS, "PCM_16", format="FLAC"
    ) as sound:
        for _, piece in read_pieces(pieces):
            found = True
            for gap in range(at, piece.first_frame, SILENT_FRAMES_AT_ONCE):
                silent = min(piece.first_frame - gap, SILENT_FRAMES_AT_ONCE)
                sound.write(np.zeros((silent * BLOCK_SAMPLES, CHANNELS), np.int16))
            codes = np.frombuffer(piece.codes, np.uint8).reshape(-1, CHANNELS)
            sound.write(g711.from_alaw(codes))
            at = max(at, piece.end_frame)
    return at if found else None


def main() -> int:
    part, out = map(Path, sys.argv[1:3])
    try:
        length_ms = pack(part, out)
    except StorageFault as fault:
        sys.stderr.write(f"{fault}\n")
        return NOTHING_TO_SAVE if fault.text.code == "recording.not-a-recording" else 1
    sys.stdout.write(f"{length_ms}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
