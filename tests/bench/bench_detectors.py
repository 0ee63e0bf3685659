"""CPU time of the detectors per tick, and what real speech and music make them say.

Prints beside the calibration loop of the same run, asserts nothing. Targets: all
three for 32 timeslots well under 1 ms; at most 0.1 false digits per hour of speech.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
import soundfile

from firmware.contract.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from firmware.dsp.call_progress import ProgressDetector
from firmware.dsp.dtmf import DtmfDetector
from firmware.dsp.hang_up import far_end_gone
from firmware.dsp.tones import dtmf, render
from firmware.dsp.voice import VoiceDetector
from tests.bench.calibration import machine
from tests.standards.signals import MUSIC_FOLDER, SPEECH_FOLDER, noise

TIMESLOTS: Final = (8, 32, 128, 512)
FRAMES: Final = 750
ROUNDS: Final = 3
COUNTRIES: Final = ("BR", "GB", "US", "DE")

Hear = Callable[[Samples], object]


def talk(seed: int) -> Samples:
    """Return speech if Debian's recordings are here, else noise in syllables; FRAMES blocks."""
    count = FRAMES * BLOCK_SAMPLES
    files = sorted(SPEECH_FOLDER.rglob("*.wav"))
    if not files:
        rng = np.random.default_rng(seed)
        wave = noise((count,), -20.0, rng) * (np.arange(count) // 2_000 % 2)
        return wave.astype(np.int16)
    spoken = [soundfile.read(file, dtype="int16")[0] for file in files[seed % 40 :: 7]]
    return np.resize(np.concatenate(spoken), count)


def lines(timeslots: int) -> Samples:
    """Return (timeslots, n): mostly speech, some dialling, some busy, some silent."""
    count = FRAMES * BLOCK_SAMPLES
    kinds = [
        *(talk(seed) for seed in range(7)),
        np.resize(dtmf("0123456789", 80, 120), count),
        np.resize(render("BR", "busy", 10_000), count),
        np.zeros(count, np.int16),
    ]
    return np.stack([kinds[row % len(kinds)] for row in range(timeslots)])


def us_per_tick(hear: Hear, audio: Samples) -> float:
    """Return the CPU time of one tick in µs, the best of some rounds."""
    rounds: list[float] = []
    for _ in range(ROUNDS):
        start = time.process_time_ns()
        for at in range(0, audio.shape[1], BLOCK_SAMPLES):
            hear(audio[:, at : at + BLOCK_SAMPLES])
        rounds.append((time.process_time_ns() - start) / 1_000)
    return min(rounds) / FRAMES


def print_costs(timeslots: int) -> None:
    audio = lines(timeslots)
    on = np.ones(timeslots, bool)
    digits, progress, voice = (
        DtmfDetector(timeslots),
        ProgressDetector(timeslots, "BR"),
        VoiceDetector(timeslots),
    )
    costs = {
        "dtmf": us_per_tick(lambda b: digits.hear(b, on), audio),
        "dtmf, dial mode": us_per_tick(lambda b: digits.hear(b, on, on), audio),
        "progress": us_per_tick(lambda b: progress.hear(b, on), audio),
        "voice": us_per_tick(lambda b: voice.hear(b, on), audio),
    }
    together = costs["dtmf"] + costs["progress"] + costs["voice"]
    row = "".join(f"{cost:>18.0f}" for cost in (*costs.values(), together))
    print(f"{timeslots:>9}{row}")


def print_talk_off(name: str, folder: Path) -> None:
    files = sorted(folder.rglob("*.wav"))
    if not files:
        print(f"{name}: no recordings in {folder}")
        return
    sound = np.concatenate([soundfile.read(file, dtype="int16")[0] for file in files])
    rows = sound[: len(sound) // 48 * 48].reshape(48, -1)
    on = np.ones(48, bool)
    plain, dial = DtmfDetector(48), DtmfDetector(48)
    networks = [ProgressDetector(48, country) for country in COUNTRIES]
    false = {"digits": 0, "digits in dial mode": 0, "tones": 0, "calls released": 0}
    for at in range(0, rows.shape[1] - BLOCK_SAMPLES + 1, BLOCK_SAMPLES):
        block = rows[:, at : at + BLOCK_SAMPLES]
        false["digits"] += sum(not event.ended for event in plain.hear(block, on))
        false["digits in dial mode"] += sum(not event.ended for event in dial.hear(block, on, on))
        for network in networks:
            heard = [event for event in network.hear(block, on) if not event.ended]
            false["tones"] += len(heard)
            false["calls released"] += sum(
                far_end_gone(e.tone, e.periods, e.on_ms, connected=True, learned=False)
                for e in heard
            )
    hours = rows.size / SAMPLE_RATE_HZ / 3_600
    said = ", ".join(f"{count} {what}" for what, count in false.items())
    print(f"{name}, {hours:.2f} h: {said} (tones of {', '.join(COUNTRIES)})")


def main() -> None:
    print(machine())
    print("µs CPU per tick; together = dtmf + progress + voice")
    heads = ("dtmf", "dtmf, dial mode", "progress", "voice", "together")
    print("timeslots" + "".join(f"{head:>18}" for head in heads))
    for timeslots in TIMESLOTS:
        print_costs(timeslots)
    print_talk_off("speech", SPEECH_FOLDER)
    print_talk_off("music", MUSIC_FOLDER)
    print(machine())


if __name__ == "__main__":
    main()
