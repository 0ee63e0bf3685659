"""CPU time of one tick with everything on: DTMF, progress, voice, mixing, prompts, recording.

Printed beside the calibration loop of the same run, never asserted. Target: 32
timeslots in under 1 ms on a quiet machine.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

from firmware.contract.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from firmware.contract.switching import ConnectLeg, Detect, Detector, Play, Record
from firmware.dsp.tones import dtmf
from firmware.highway.card_side import TimeslotPool
from firmware.highway.span import Span
from firmware.highway.switch_side import SwitchSide
from firmware.switch.feed import Feed
from firmware.switch.recorders import Sink
from firmware.switch.switchboard import SpanUp, StartPlaying, StartRecording, Switchboard
from tests.bench.calibration import calibration_ms, machine

TIMESLOTS: Final = (8, 32, 128, 512)
FRAMES: Final = 500
PROMPT_EVERY: Final = 8
"""One leg in so many hears a prompt."""


def voice(seed: int) -> Samples:
    """Return ten seconds like half a conversation: syllables of coloured noise, pauses, a digit."""
    rng = np.random.default_rng(seed)
    count = 10 * SAMPLE_RATE_HZ
    noise = np.convolve(rng.normal(0, 6000, count), np.ones(6) / 6, "same")
    at = np.arange(count) / SAMPLE_RATE_HZ
    syllables = np.clip(np.sin(2 * np.pi * 4 * at + seed), 0, 1)
    speaking = np.sin(2 * np.pi * 0.3 * at + seed) > 0
    wave = noise * syllables * speaking + rng.normal(0, 8, count)
    sound: Samples = wave.astype(np.int16)
    digit = dtmf("5", on_ms=80, off_ms=80)
    start = int(rng.integers(0, count - len(digit)))
    sound[start : start + len(digit)] = digit
    return sound


def busy_board(timeslots: int) -> tuple[Switchboard, Span, TimeslotPool, list[Sink]]:
    """Return a board with that many legs, in pairs, everything switched on."""
    board, span = Switchboard(), Span.create("bench", timeslots)
    pool, sinks = TimeslotPool(span), []
    board.apply(SpanUp(SwitchSide(span)))
    for number in range(timeslots):
        leg_id, room = f"leg-{number}", f"room-{number // 2}"
        board.apply(ConnectLeg(leg_id=leg_id, span="bench", timeslot=number, room=room))
        board.apply(Detect(leg_id=leg_id, what=frozenset(Detector), country="GB", connected=True))
        if number % PROMPT_EVERY == 0:
            feed = Feed()
            feed.fill(np.zeros(FRAMES * BLOCK_SAMPLES * 2, np.int16))
            order = Play(leg_id=leg_id, play_id=f"p-{number}", files=("/prompt.wav",))
            board.apply(StartPlaying(order, feed))
        if number % 2:
            legs = frozenset({f"leg-{number - 1}"}), frozenset({leg_id})
            record = Record(
                record_id=f"r-{number}", file="/r.part", outside=legs[0], office=legs[1]
            )
            sinks.append(Sink())
            board.apply(StartRecording(record, sinks[-1]))
    return board, span, pool, sinks


def tick_us(timeslots: int) -> list[float]:
    """Return the CPU time of each of FRAMES ticks, in microseconds."""
    board, span, pool, sinks = busy_board(timeslots)
    lines = [pool.seize() for _ in range(timeslots)]
    sounds = [voice(seed).reshape(-1, BLOCK_SAMPLES) for seed in range(min(timeslots, 32))]
    took_us = []
    for frame in range(FRAMES):
        for number, line in enumerate(lines):
            line.write(sounds[number % len(sounds)][frame % len(sounds[0])])
        start = time.thread_time_ns()
        board.tick(frame)
        took_us.append((time.thread_time_ns() - start) / 1000)
        for line in lines:
            line.read()
        for sink in sinks:
            sink.pieces.clear()
        board.notices.clear()
    span.close()
    return took_us


def main() -> None:
    print(machine())
    print("one tick, CPU time in us; everything on, one prompt in eight legs")
    print(
        f"{'timeslots':>9} {'median':>8} {'p99':>8} {'us each':>8} {'% of core':>9} {'calib ms':>9}"
    )
    for timeslots in TIMESLOTS:
        took = np.array(tick_us(timeslots)[50:])
        median, p99 = np.percentile(took, [50, 99])
        core = took.mean() / 20_000 * 100
        print(
            f"{timeslots:9d} {median:8.0f} {p99:8.0f} {median / timeslots:8.1f} {core:9.1f} "
            f"{calibration_ms():9.2f}"
        )


if __name__ == "__main__":
    main()
