"""The DTMF receiver by the book: Q.24 (AT&T, NTT, Brazil), ES 201 235-3 and Bellcore's tests.

Every row goes through A-law, with random phases and random places within the
block. Accept rows must lose nothing and add nothing; reject rows must stay still.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from firmware.contract.pcm import Samples
from firmware.dsp.dtmf import DtmfDetector
from tests.standards.signals import (
    KEYS,
    MUSIC_FOLDER,
    SPEECH_FOLDER,
    Press,
    Wave,
    blocks,
    milliseconds,
    noise,
    played_faster,
    recordings,
    side_by_side,
    sine,
    through_alaw,
    typed,
)

pytestmark = pytest.mark.standard

Impair = Callable[[Wave, np.random.Generator], Wave]


def heard(audio: Samples, *, dial_mode: bool) -> list[str]:
    """Return the digits of each timeslot."""
    timeslots = len(audio)
    detector = DtmfDetector(timeslots)
    everywhere = np.ones(timeslots, bool)
    digits: list[list[str]] = [[] for _ in range(timeslots)]
    for block in blocks(audio):
        for event in detector.hear(block, everywhere, everywhere & dial_mode):
            if not event.ended:
                digits[event.timeslot].append(event.digit)
    return ["".join(row) for row in digits]


def clean(wave: Wave, _rng: np.random.Generator) -> Wave:
    return wave


def noisy(dbm0: float) -> Impair:
    return lambda wave, rng: wave + noise(wave.shape, dbm0, rng)


def dial_tone(frequencies_hz: tuple[float, ...], dbm0: float) -> Impair:
    def impair(wave: Wave, rng: np.random.Generator) -> Wave:
        ms = wave.shape[1] / 8
        shape = (len(wave), len(frequencies_hz))
        tones = [[sine(hz, ms, dbm0, rng) for hz in frequencies_hz] for _ in wave]
        under = np.reshape(np.asarray(tones, np.float64), (*shape, -1)).sum(1)
        return np.asarray(wave + under[:, : wave.shape[1]], np.float64)

    return impair


def echo(late_ms: float, down_db: float) -> Impair:
    def impair(wave: Wave, _rng: np.random.Generator) -> Wave:
        late = np.pad(wave, ((0, 0), (milliseconds(late_ms), 0)))[:, : wave.shape[1]]
        return wave + 10 ** (-down_db / 20) * late

    return impair


@dataclass(frozen=True)
class Row:
    """One row of the acceptance table."""

    name: str
    presses: tuple[Press, ...]
    impair: Impair = clean
    dial_mode_only: bool = False
    """Dial tone is notched out in dial mode only; all other rows hold with and without."""


NOMINAL = Press()


def detuned(deviation: float) -> tuple[Press, ...]:
    return tuple(
        Press(low_off=low * deviation, high_off=high * deviation)
        for low in (-1, 1)
        for high in (-1, 1)
    )


def twisted(high_over_low_db: float) -> tuple[Press, ...]:
    return (
        Press(low_dbm0=-12.0 - high_over_low_db / 2, high_dbm0=-12.0 + high_over_low_db / 2),
        Press(low_dbm0=-20.0 - high_over_low_db / 2, high_dbm0=-20.0 + high_over_low_db / 2),
    )


ACCEPTED = (
    Row("nominal", (NOMINAL, Press(on_ms=100, off_ms=100))),
    Row("40 ms on, 53 ms off (cycle 93 ms)", (Press(on_ms=40, off_ms=53),)),
    Row("53 ms on, 40 ms off", (Press(on_ms=53, off_ms=40),)),
    Row("40 ms on, 40 ms off (cycle 80 ms)", (Press(on_ms=40, off_ms=40),)),
    Row("1.5 % off frequency", detuned(0.015)),
    Row("1.8 % off frequency", detuned(0.018)),
    Row("high group 4 dB above low", twisted(4.0)),
    Row("low group 8 dB above high", twisted(-8.0)),
    Row("0 dBm0 per tone", (Press(low_dbm0=0.0, high_dbm0=0.0),)),
    Row("-25 dBm0 per tone", (Press(low_dbm0=-25.0, high_dbm0=-25.0),)),
    Row("noise 15 dB below", (NOMINAL,), noisy(-7.0 - 15.0)),
    Row("noise 12 dB below", (NOMINAL,), noisy(-7.0 - 12.0)),
    Row("echo 20 ms late, 10 dB down", (NOMINAL,), echo(20.0, 10.0)),
    Row("a break of 10 ms", (Press(on_ms=100, off_ms=70, break_ms=10),)),
    Row(
        "under dial tone 350 + 440, as loud",
        (NOMINAL,),
        dial_tone((350, 440), -10.0),
        dial_mode_only=True,
    ),
    Row(
        "under dial tone 350 + 440, 7 dB above",
        (NOMINAL,),
        dial_tone((350, 440), -3.0),
        dial_mode_only=True,
    ),
    Row(
        "under dial tone 425, 3 dB above", (NOMINAL,), dial_tone((425,), -7.0), dial_mode_only=True
    ),
)

REJECTED = (
    Row("3.5 % off frequency", (*detuned(0.035), Press(low_off=0.035), Press(high_off=-0.035))),
    Row("23 ms bursts", (Press(on_ms=23, off_ms=70),)),
    Row("20 ms bursts", (Press(on_ms=20, off_ms=70),)),
    Row("-55 dBm0 per tone", (Press(low_dbm0=-55.0, high_dbm0=-55.0),)),
)


def typed_row(row: Row, press: Press, seed: int) -> tuple[list[str], Samples]:
    rng = np.random.default_rng(seed)
    # Every key, after every other: a random order per timeslot.
    digits = ["".join(rng.permutation(list(KEYS))) for _ in range(16)]
    return digits, through_alaw(row.impair(typed(digits, press, rng), rng))


def in_modes(rows: tuple[Row, ...]) -> list[object]:
    return [
        pytest.param(row, dial_mode, id=f"{row.name}, {'dial mode' if dial_mode else 'plain'}")
        for row in rows
        for dial_mode in (False, True)
        if dial_mode or not row.dial_mode_only
    ]


@pytest.mark.parametrize(("row", "dial_mode"), in_modes(ACCEPTED))
def test_every_legal_digit_is_heard_once(row: Row, dial_mode: bool) -> None:
    for seed, press in enumerate(row.presses):
        digits, audio = typed_row(row, press, seed)
        assert heard(audio, dial_mode=dial_mode) == digits


@pytest.mark.parametrize(("row", "dial_mode"), in_modes(REJECTED))
def test_what_is_no_legal_digit_is_not_heard(row: Row, dial_mode: bool) -> None:
    for seed, press in enumerate(row.presses):
        _digits, audio = typed_row(row, press, seed)
        assert heard(audio, dial_mode=dial_mode) == [""] * len(audio)


@pytest.mark.parametrize("dial_mode", [False, True], ids=["plain", "dial mode"])
def test_noise_and_network_tones_and_single_tones_are_no_digits(dial_mode: bool) -> None:
    rng = np.random.default_rng(7)
    seconds = 10
    hiss = [noise((seconds * 8_000,), dbm0, rng) for dbm0 in (-50.0, -30.0, -10.0)]
    single = [
        sine(hz, seconds * 1_000, -8.0, rng)
        for hz in (697.0, 770.0, 852.0, 941.0, 1209.0, 1336.0, 1477.0, 1633.0, 1000.0, 2100.0)
    ]
    pairs = [
        sine(low, seconds * 1_000, -10.0, rng) + sine(high, seconds * 1_000, -10.0, rng)
        for low, high in ((350, 440), (440, 480), (480, 620), (400, 450), (697, 770), (1209, 1336))
    ]
    audio = through_alaw(np.stack(hiss + single + pairs))

    assert heard(audio, dial_mode=dial_mode) == [""] * len(audio)


def test_twist_is_accepted_beyond_both_limits_but_not_without_bound() -> None:
    accepted = []
    for high_over_low_db in np.arange(-13.0, 9.0):
        low = -15.0 - high_over_low_db / 2
        press = replace(NOMINAL, low_dbm0=low, high_dbm0=low + high_over_low_db)
        digits, audio = typed_row(ACCEPTED[0], press, 3)
        if heard(audio, dial_mode=False) == digits:
            accepted.append(float(high_over_low_db))

    assert min(accepted) <= -8.0
    assert max(accepted) >= 4.0
    assert min(accepted) >= -10.0
    assert max(accepted) <= 6.0


def test_a_thousand_random_digits_of_60_ms_are_all_heard_once() -> None:
    rng = np.random.default_rng(11)
    digits = ["".join(rng.choice(list(KEYS), 50)) for _ in range(20)]
    audio = through_alaw(typed(digits, Press(on_ms=60, off_ms=60), rng))

    assert heard(audio, dial_mode=False) == digits


@pytest.mark.parametrize("folder", [SPEECH_FOLDER, MUSIC_FOLDER], ids=["speech", "music"])
def test_real_speech_and_music_are_no_digits(
    folder: Path, record_property: Callable[[str, object], None]
) -> None:
    sound = side_by_side(recordings(folder), 48)
    hours = sound.size / 8_000 / 3_600
    for dial_mode in (False, True):
        false_digits = sum(len(row) for row in heard(sound, dial_mode=dial_mode))
        record_property(f"false digits in {hours:.2f} h, dial mode {dial_mode}", false_digits)
        print(f"\n{hours:.2f} h, dial mode {dial_mode}: {false_digits} false digits")  # noqa: T201
        # At most 0.5 an hour, in so little sound: none; dial mode is on only under dial tone.
        assert false_digits <= (1 if dial_mode else 0)


@pytest.mark.soak
@pytest.mark.parametrize("dial_mode", [False, True], ids=["plain", "dial mode"])
def test_hours_of_real_speech_in_many_voices_hold_few_false_digits(dial_mode: bool) -> None:
    # Speech only: a chord of transposed music can be a legal digit, tone for tone.
    sound = recordings(SPEECH_FOLDER)
    hours, false_digits = 0.0, 0
    for times in (0.8, 0.87, 0.94, 1.0, 1.06, 1.15, 1.25):
        audio = side_by_side(played_faster(sound, times), 48)
        # As loud as a talker gets: 6 dB above the recordings.
        loud = np.clip(2 * audio.astype(np.int32), -32_768, 32_767).astype(np.int16)
        hours += loud.size / 8_000 / 3_600
        false_digits += sum(len(row) for row in heard(loud, dial_mode=dial_mode))
    print(f"\n{hours:.1f} h, dial mode {dial_mode}: {false_digits} false digits")  # noqa: T201

    # At most 0.1 an hour; dial mode, which is on only under dial tone, 1 an hour.
    assert false_digits <= hours * (1.0 if dial_mode else 0.1)
