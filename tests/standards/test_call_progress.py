"""Call progress tones of every country, and that nothing else ends a call.

Every tone comes at -30 dBm0 over noise of -45 dBm0 and is made here, from the
table's raw text, not by the product's own generator.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from firmware.contract.pcm import Samples
from firmware.contract.settings import LearnedTone
from firmware.contract.switching import HeardTone
from firmware.dsp.call_progress import ProgressDetector, ToneEvent
from firmware.dsp.hang_up import far_end_gone, is_learned
from firmware.dsp.tones import TONES_FILE
from tests.standards.signals import (
    MUSIC_FOLDER,
    SPEECH_FOLDER,
    Wave,
    amplitude,
    blocks,
    milliseconds,
    noise,
    played_faster,
    recordings,
    side_by_side,
    through_alaw,
)

pytestmark = pytest.mark.standard

TABLE: dict[str, Any] = json.loads(TONES_FILE.read_text("utf-8"))
COUNTRIES = sorted(TABLE["countries"])
SAME = {
    code
    for code, country in TABLE["countries"].items()
    if country["tones"]["busy"] == country["tones"]["congestion"]
}
LEAD_MS = 700
TONE_DBM0 = -30.0
NOISE_DBM0 = -45.0


def steps(country: str, name: str) -> list[tuple[str, int]]:
    return [(str(text), ms) for text, ms in TABLE["countries"][country]["tones"][name]]


def period_ms(country: str, name: str) -> int:
    return sum(ms for _text, ms in steps(country, name))


def step_wave(text: str, ms: int, dbm0: float) -> Wave:
    at = np.arange(milliseconds(ms)) / 8_000
    if text == "0":
        return np.zeros(len(at))
    carrier, _, modulation = text.partition("*")
    frequencies = [float(hz) for hz in carrier.split("+")]
    wave = np.sum([np.sin(2 * np.pi * hz * at) for hz in frequencies], axis=0)
    if modulation:
        wave = wave * (1 + 0.9 * np.sin(2 * np.pi * float(modulation) * at))
    return np.asarray(wave * amplitude(dbm0) / np.sqrt(len(frequencies)))


def on_the_line(
    cadence: Sequence[tuple[str, int]], ms: int, *, skip_ms: int = 0, seed: int = 1
) -> Samples:
    """Return (1, n) samples: noise, then so much of the tone begun `skip_ms` into its cadence."""
    rng = np.random.default_rng(seed)
    once = np.concatenate([step_wave(text, part or ms, TONE_DBM0) for text, part in cadence])
    times = (milliseconds(ms + skip_ms) // max(len(once), 1)) + 1
    tone = np.tile(once, times)[milliseconds(skip_ms) : milliseconds(skip_ms + ms)]
    wave = np.concatenate([np.zeros(milliseconds(LEAD_MS)), tone])[None, :]
    return through_alaw(wave + noise(wave.shape, NOISE_DBM0, rng))


@dataclass(frozen=True)
class Heard:
    event: ToneEvent
    at_ms: int
    """Since the tone began, when it was reported."""


def heard(audio: Samples, country: str, learned: LearnedTone | None = None) -> list[Heard]:
    detector = ProgressDetector(len(audio))
    for timeslot in range(len(audio)):
        detector.listen_for(timeslot, country, learned)
    everywhere = np.ones(len(audio), bool)
    return [
        Heard(event, 20 * (frame + 1) - LEAD_MS)
        for frame, block in enumerate(blocks(audio))
        for event in detector.hear(block, everywhere)
    ]


def hung_up_at_ms(told: list[Heard], learned: LearnedTone | None = None) -> int | None:
    for one in told:
        event = one.event
        if not event.ended and far_end_gone(
            event.tone,
            event.periods,
            event.on_ms,
            connected=True,
            learned=is_learned(event.frequency_hz, event.on_ms, event.off_ms, learned),
        ):
            return one.at_ms
    return None


def named(country: str, name: str) -> HeardTone:
    return HeardTone.BUSY_OR_CONGESTION if country in SAME else HeardTone(name)


HANG_UP_TONES = [(country, name) for country in COUNTRIES for name in ("busy", "congestion")]


@pytest.mark.parametrize(("country", "name"), HANG_UP_TONES)
def test_busy_and_congestion_end_a_call_within_five_periods(country: str, name: str) -> None:
    period = period_ms(country, name)
    told = heard(on_the_line(steps(country, name), 6 * period), country)

    gone_ms = hung_up_at_ms(told)
    assert gone_ms is not None
    assert gone_ms <= 5 * period
    assert {one.event.tone for one in told} == {named(country, name)}


@pytest.mark.parametrize(("country", "name"), HANG_UP_TONES)
def test_they_may_begin_anywhere_in_their_cadence(country: str, name: str) -> None:
    period = period_ms(country, name)
    rng = np.random.default_rng(5)
    for seed in range(4):
        skip_ms = int(rng.integers(0, period))
        audio = on_the_line(steps(country, name), 6 * period, skip_ms=skip_ms, seed=seed)
        told = heard(audio, country)

        gone_ms = hung_up_at_ms(told)
        assert gone_ms is not None, skip_ms
        assert gone_ms <= 5 * period, skip_ms
        assert {one.event.tone for one in told} <= {named(country, name)}, skip_ms


LEARNABLE = [
    (country, name)
    for country, name in HANG_UP_TONES
    if len(steps(country, name)) == 2 and "+" not in steps(country, name)[0][0]
]


@pytest.mark.parametrize(("country", "name"), LEARNABLE)
def test_a_line_that_has_learned_its_tone_hangs_up_within_three_periods(
    country: str, name: str
) -> None:
    cadence = steps(country, name)
    learned = LearnedTone(
        frequency_hz=float(cadence[0][0]), on_ms=cadence[0][1], off_ms=cadence[1][1]
    )
    period = period_ms(country, name)
    for skip_ms in (0, cadence[0][1] // 2):
        audio = on_the_line(cadence, 4 * period, skip_ms=skip_ms)
        gone_ms = hung_up_at_ms(heard(audio, country, learned), learned)
        assert gone_ms is not None
        assert gone_ms <= 3 * period


def test_a_learned_tone_of_no_table_is_believed_too() -> None:
    learned = LearnedTone(frequency_hz=620.0, on_ms=300, off_ms=180)
    audio = on_the_line([("622", 305), ("0", 177)], 2_000)

    assert hung_up_at_ms(heard(audio, "DE"), learned) is None
    gone_ms = hung_up_at_ms(heard(audio, "DE", learned), learned)
    assert gone_ms is not None
    assert gone_ms <= 3 * 482


@pytest.mark.parametrize("country", COUNTRIES)
def test_dial_tone_is_known_while_it_lasts(country: str) -> None:
    told = heard(on_the_line(steps(country, "dial"), 6_000), country)

    assert {one.event.tone for one in told} == {HeardTone.DIAL}
    assert told[0].at_ms <= 3_100
    assert not any(one.event.ended for one in told[:-1])


@pytest.mark.parametrize("country", COUNTRIES)
def test_ringback_is_known_after_its_first_burst_and_ends_when_it_stops(country: str) -> None:
    cadence = steps(country, "ringback")
    period = period_ms(country, "ringback")
    audio = on_the_line(cadence, 2 * period)
    silence = through_alaw(noise((1, 8 * 8_000), NOISE_DBM0, np.random.default_rng(2)))
    told = heard(np.concatenate([audio, silence], axis=1), country)

    assert {one.event.tone for one in told} == {HeardTone.RINGBACK}
    sounding_ms = period - cadence[-1][1]
    assert told[0].at_ms <= sounding_ms + 100
    assert [one.event.periods for one in told] == [1, 2, 2]
    assert told[-1].event.ended


HARMLESS_TONES = [
    (country, name)
    for country in COUNTRIES
    for name in ("ringback", "dial", "call_waiting")
    if name in TABLE["countries"][country]["tones"]
]


@pytest.mark.parametrize(("country", "name"), HARMLESS_TONES)
def test_no_other_tone_of_the_country_hangs_up_a_call(country: str, name: str) -> None:
    ms = 4_500 if name == "dial" else 30_000
    told = heard(on_the_line(steps(country, name), ms), country)

    assert hung_up_at_ms(told) is None


@pytest.mark.parametrize(
    "three",
    [
        [("950", 330), ("1400", 330), ("1800", 330)],
        [("950", 330), ("0", 15), ("1400", 330), ("0", 15), ("1800", 330)],
        *TABLE["sit_north_america"].values(),
    ],
)
def test_the_special_information_tone_is_known_in_each_of_its_forms(three: list[Any]) -> None:
    told = heard(on_the_line([*three, ("0", 1_000)], 2_000), "US")

    assert [one.event.tone for one in told] == [HeardTone.SIT, HeardTone.SIT]
    assert [one.event.ended for one in told] == [False, True]


@pytest.mark.parametrize(
    ("cadence", "tone"),
    [
        ([("1100", 500), ("0", 3_000)], HeardTone.FAX_CALLING),
        ([("2100", 2_600), ("0", 2_000)], HeardTone.ANSWER_TONE),
        ([("2100*15", 3_000), ("0", 2_000)], HeardTone.ANSWER_TONE),
    ],
)
def test_fax_calling_and_answer_tones_are_known(
    cadence: list[tuple[str, int]], tone: HeardTone
) -> None:
    told = heard(on_the_line(cadence, 3_400), "GB")

    assert {one.event.tone for one in told} == {tone}
    assert told[0].at_ms <= 700


def test_an_unknown_country_gets_the_itu_plan() -> None:
    told = heard(on_the_line([("440", 400), ("0", 400)], 4_000), "ZZ")

    assert told[0].event.tone is HeardTone.BUSY_OR_CONGESTION
    assert hung_up_at_ms(told) is not None


def test_speech_after_ringback_ends_it_at_once() -> None:
    speech = recordings(SPEECH_FOLDER)[None, 16_000:48_000]
    ringing = on_the_line(steps("de", "ringback"), 1_500)
    told = heard(np.concatenate([ringing, speech], axis=1), "DE")

    assert [one.event.ended for one in told] == [False, True]
    assert told[1].at_ms < 4_000


@pytest.mark.parametrize(("country", "name"), HANG_UP_TONES)
def test_the_echo_of_our_own_prompt_hides_no_hang_up(country: str, name: str) -> None:
    period = period_ms(country, name)
    tone = on_the_line(steps(country, name), 6 * period)[0].astype(np.float64) * 10 ** (15 / 20)
    # What an echo canceller leaves of a prompt: here 22 dB below the tone.
    prompt = recordings(SPEECH_FOLDER)[100_000 : 100_000 + len(tone)]
    audio = through_alaw((tone + prompt * 10 ** (-30 / 20))[None, :])

    gone_ms = hung_up_at_ms(heard(audio, country))
    assert gone_ms is not None
    assert gone_ms <= 5 * period


def tones_heard(audio: Samples, country: str, *, learning: bool) -> list[ToneEvent]:
    """Return every tone that the detector claims on many timeslots; learning is the laxest."""
    detector = ProgressDetector(len(audio))
    for timeslot in range(len(audio)):
        detector.listen_for(timeslot, country, learning=learning)
    everywhere = np.ones(len(audio), bool)
    return [event for block in blocks(audio) for event in detector.hear(block, everywhere)]


def calls_released(events: Sequence[ToneEvent]) -> int:
    return sum(
        not e.ended and far_end_gone(e.tone, e.periods, e.on_ms, connected=True, learned=True)
        for e in events
    )


def speech_and_music() -> Samples:
    return np.concatenate([recordings(SPEECH_FOLDER), recordings(MUSIC_FOLDER)])


@pytest.mark.parametrize("learning", [False, True], ids=["", "learning"])
@pytest.mark.parametrize("country", ["BR", "GB", "US", "FR", "RU"])
def test_minutes_of_real_speech_and_music_release_no_call(country: str, learning: bool) -> None:
    sound = speech_and_music()
    # Four minutes from seeded places; the soak plays the whole hour.
    starts = np.random.default_rng(3).integers(0, len(sound) - 80_000, 24)
    audio = np.stack([sound[start : start + 80_000] for start in starts])

    assert calls_released(tones_heard(audio, country, learning=learning)) == 0


@pytest.mark.soak
@pytest.mark.parametrize("learning", [False, True], ids=["", "learning"])
@pytest.mark.parametrize("country", COUNTRIES)
def test_an_hour_of_real_speech_and_music_releases_no_call(country: str, learning: bool) -> None:
    sound = speech_and_music()
    hour = np.concatenate([sound, played_faster(sound, 1.06)])
    assert len(hour) >= 3_600 * 8_000

    events = tones_heard(side_by_side(hour, 32), country, learning=learning)
    released = calls_released(events)
    print(f"\n{country}, {len(hour) / 28_800_000:.2f} h: {len(events)} tones, {released} released")  # noqa: T201
    assert released == 0
