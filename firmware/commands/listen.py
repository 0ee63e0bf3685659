"""`tipring listen FILE.wav [--json]`: everything the detectors hear in a recording."""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile
import soxr

from firmware.commands.wording import in_words, say
from firmware.contract.errors import RequestRefused
from firmware.contract.pcm import FULL_SCALE, SAMPLE_RATE_HZ, Samples
from firmware.contract.texts import Text
from firmware.dsp.recording import Found, Kind, hear_recording

MAX_HOURS: Final = 24


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a sound file, WAV or FLAC or Ogg")
    parser.add_argument("--json", action="store_true", help="print JSON instead of sentences")
    parser.add_argument(
        "--country", metavar="XX", help="the country of the line; all countries without it"
    )


def main(options: Namespace) -> int:
    return listen(options.file, options.json, options.country)


def listen(file: Path, as_json: bool, country: str | None = None) -> int:
    """Print what is heard in the file and return 0.

    Raises RequestRefused if the file cannot be read as sound.
    """
    audio = read_recording(file)
    duration_s = round(len(audio) / SAMPLE_RATE_HZ, 3)
    found = hear_recording(audio, country)
    if as_json:
        events = [_as_json(one) for one in found]
        print(json.dumps({"duration_s": duration_s, "events": events}, ensure_ascii=False))
        return 0
    say("listen.recording", file=file.name, duration=duration_s)
    for one in found:
        print(f"{one.start_s:9.2f} - {one.end_s:.2f} s  {_in_words(one)}")
    if not found:
        say("listen.nothing")
    return 0


def read_recording(file: Path) -> Samples:
    """Return any sound file as the box would hear it: 8 kHz, 16 bit, channels mixed.

    Raises RequestRefused if it is not there, is no sound file or is too long.
    """
    if not file.is_file():
        raise RequestRefused("config.no-such-file", key=str(file))
    try:
        with soundfile.SoundFile(str(file)) as sound:
            rate_hz = int(sound.samplerate)
            if not 0 < sound.frames <= MAX_HOURS * 3_600 * rate_hz:
                raise RequestRefused("listen.empty-or-endless", file=file.name, hours=MAX_HOURS)
            pcm = sound.read(dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError) as problem:
        raise RequestRefused("listen.not-sound", file=file.name, why=str(problem)) from problem
    mixed = np.nan_to_num(pcm.mean(axis=1, dtype=np.float64))
    if rate_hz != SAMPLE_RATE_HZ:
        mixed = np.asarray(soxr.resample(mixed, rate_hz, SAMPLE_RATE_HZ), dtype=np.float64)
    steps = np.clip(np.rint(mixed * (FULL_SCALE + 1)), -FULL_SCALE - 1, FULL_SCALE)
    return np.asarray(steps, dtype=np.int16)


def _as_json(found: Found) -> dict[str, Any]:
    return {
        "kind": found.kind.value,
        "value": found.value,
        "start_s": found.start_s,
        "end_s": found.end_s,
    }


def _in_words(found: Found) -> str:
    if found.kind in (Kind.TONE, Kind.VERDICT):
        return in_words(Text(code=f"listen.{found.kind.value}.{found.value}"))
    return in_words(Text(code=f"listen.{found.kind.value}", args={"value": found.value}))
