"""The beep of an answering machine, and all that is none."""

from pathlib import Path

import numpy as np
import pytest

from firmware.contract.pcm import Samples
from firmware.dsp.beep import FAX_BLOCKS, FAX_HZ, NETWORK_HZ, BeepDetector, BeepEvent
from firmware.dsp.tones import countries, dtmf, render, tone_plan
from tests.standards.signals import (
    MUSIC_FOLDER,
    SPEECH_FOLDER,
    Wave,
    blocks,
    noise,
    recordings,
    side_by_side,
    sine,
    through_alaw,
)


def heard(audio: Samples) -> list[BeepEvent]:
    detector = BeepDetector(len(audio))
    everywhere = np.ones(len(audio), bool)
    return [event for block in blocks(audio) for event in detector.hear(block, everywhere)]


def is_anothers(hz: float, ms: float) -> bool:
    network = NETWORK_HZ[0] - 15 <= hz <= NETWORK_HZ[1] + 15
    fax = any(low - 15 <= hz <= high + 15 for low, high in FAX_HZ)
    return network or (fax and ms / 20 + 2 >= FAX_BLOCKS.start)


def test_nearly_every_beep_is_found_at_any_pitch_length_and_level() -> None:
    rng = np.random.default_rng(3)
    sent: list[tuple[float, float]] = []
    rows: list[Wave] = []
    while len(rows) < 300:
        hz, ms, dbm0 = rng.uniform(310, 2_000), rng.uniform(120, 1_000), rng.uniform(-35, -5)
        if is_anothers(hz, ms):
            continue
        lead = int(rng.integers(4_000, 4_160))
        beep = np.pad(sine(hz, ms, dbm0, rng), (lead, 0))
        rows.append(np.pad(beep, (0, 16_000 - len(beep))))
        sent.append((hz, lead / 8 + ms))
    audio = np.stack(rows)
    events = heard(through_alaw(audio + noise(audio.shape, -60.0, rng)))

    assert len({event.timeslot for event in events}) == len(events) >= 0.98 * len(rows)
    for event in events:
        hz, end_ms = sent[event.timeslot]
        assert event.frequency_hz == pytest.approx(hz, abs=15)
        assert event.end_ms == pytest.approx(end_ms, abs=30)


@pytest.mark.parametrize("country", countries())
def test_network_tones_are_no_beeps(country: str) -> None:
    tones = tone_plan(country).tones
    # Spain's table has a SIT of one tone, which nobody could tell from a beep.
    names = [
        n for n in tones if n not in {"beep", "hold"} and not (n == "sit" and len(tones[n]) == 2)
    ]
    rows = [np.pad(render(country, name, 12_000), (8_000, 8_000)) for name in names]

    assert heard(np.stack(rows)) == []


@pytest.mark.parametrize("folder", [SPEECH_FOLDER, MUSIC_FOLDER], ids=["speech", "music"])
def test_speech_and_music_hold_no_beep(folder: Path) -> None:
    sound = recordings(folder)

    assert heard(side_by_side(sound, 48)) == []


def test_digits_are_no_beeps() -> None:
    assert heard(dtmf("0123456789*#", 200, 400)[None, :]) == []


def test_a_tone_that_speech_follows_is_no_beep() -> None:
    speech = recordings(SPEECH_FOLDER)[4_000:20_000]
    audio = np.concatenate([np.zeros(4_000, np.int16), render("GB", "beep", 300), speech])

    assert heard(audio[None, :]) == []
    assert len(heard(np.pad(audio[:6_400], (0, 8_000))[None, :])) == 1


def test_a_reset_forgets_the_beep_that_just_ended() -> None:
    detector = BeepDetector(1)
    audio = np.pad(render("GB", "beep", 400), (0, 1_600))[None, :]
    for block in blocks(audio):
        assert detector.hear(block, np.ones(1, bool)) == []
    detector.reset(0)

    for block in blocks(np.zeros((1, 8_000), np.int16)):
        assert detector.hear(block, np.ones(1, bool)) == []
