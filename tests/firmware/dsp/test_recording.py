"""A whole recording, as `tipring listen` hears it."""

import numpy as np
import pytest

from firmware.contract.pcm import Samples
from firmware.dsp.recording import Found, Kind, hear_recording
from firmware.dsp.tones import dtmf, render
from tests.standards.signals import SPEECH_FOLDER, recordings
from tests.standards.test_caller_id import BELL_202, MDMF, sent


def quiet(seconds: float) -> Samples:
    rng = np.random.default_rng(1)
    return np.rint(rng.normal(0, 5, int(seconds * 8_000))).astype(np.int16)


def values(found: list[Found], kind: Kind) -> list[str]:
    return [one.value for one in found if one.kind is kind]


def test_the_story_of_a_call_is_told_in_order() -> None:
    speech = recordings(SPEECH_FOLDER)[: 2 * 8_000]
    call = [quiet(1), render("GB", "ringback", 7_000), quiet(1), speech, quiet(1)]
    call += [dtmf("159#", 80, 80), quiet(1), render("GB", "busy", 5_000), quiet(1)]
    found = hear_recording(np.concatenate(call))

    assert found == sorted(found)
    assert values(found, Kind.TONE) == ["ringback", "busy"]
    assert values(found, Kind.DTMF) == ["1", "5", "9", "#"]
    assert values(found, Kind.VERDICT) == ["answered", "far-end-gone"]
    first, last = (one for one in found if one.kind is Kind.TONE)
    assert first.start_s == pytest.approx(1.0, abs=0.03)
    assert first.end_s == pytest.approx(8.0, abs=1)
    assert last.end_s <= 20.0
    assert set(values(found, Kind.VOICE)) == {"voice"}


def test_a_machine_is_known_by_its_beep() -> None:
    greeting = recordings(SPEECH_FOLDER)[: 3 * 8_000]
    found = hear_recording(
        np.concatenate([quiet(1), greeting, quiet(0.4), render("GB", "beep", 400), quiet(2)])
    )

    assert values(found, Kind.BEEP) == ["1000 Hz"]
    assert values(found, Kind.VERDICT) == ["answering-machine"]
    assert values(found, Kind.TONE) == []


def test_caller_id_is_read_and_is_no_voice() -> None:
    found = hear_recording(np.concatenate([quiet(1), sent(MDMF, BELL_202), quiet(1)]))

    assert values(found, Kind.CALLER_ID) == ["6095551212 JOHN DOE"]
    assert values(found, Kind.VOICE) == []


@pytest.mark.parametrize(
    ("country", "name", "heard"),
    [
        ("DE", "busy", "busy"),
        ("US", "busy", "busy"),
        ("US", "congestion", "congestion"),
        ("GB", "congestion", "congestion"),
        # 250/250 is busy in Brazil and congestion in France.
        ("BR", "busy", "busy-or-congestion"),
        ("BR", "congestion", "congestion"),
        ("GB", "dial", "dial"),
        ("BR", "dial", "dial"),
        ("BR", "sit", "sit"),
        ("BR", "fax_calling", "fax-calling"),
        ("BR", "answer_tone", "answer-tone"),
    ],
)
def test_a_tone_is_known_without_being_told_the_country(
    country: str, name: str, heard: str
) -> None:
    found = hear_recording(np.concatenate([quiet(1), render(country, name, 8_000), quiet(1)]))

    assert set(values(found, Kind.TONE)) == {heard}
    assert values(found, Kind.VOICE) == []


def test_with_a_country_its_own_name_of_the_tone_is_used() -> None:
    audio = np.concatenate([quiet(1), render("BR", "busy", 4_000), quiet(1)])

    assert values(hear_recording(audio, "BR"), Kind.TONE) == ["busy"]
    assert values(hear_recording(audio, "FR"), Kind.TONE) == ["congestion"]


@pytest.mark.parametrize("length", [1, 79, 160, 8_001])
def test_short_silence_of_any_length_holds_nothing(length: int) -> None:
    assert hear_recording(np.zeros(length, np.int16)) == []
