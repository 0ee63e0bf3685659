"""The tone plan and the sounds made from it."""

import numpy as np
import pytest

from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from firmware.dsp import levels
from firmware.dsp.tones import ToneSource, countries, dtmf, render, tone_plan


def spectrum_peaks(audio: Samples, count: int) -> list[float]:
    """Return the strongest frequencies of a second of audio, lower first."""
    power = np.abs(np.fft.rfft(audio[:8_000] * np.hanning(8_000)))
    peaks: list[float] = []
    for _ in range(count):
        peak = int(power.argmax())
        peaks.append(float(peak))
        power[max(peak - 8, 0) : peak + 9] = 0
    return sorted(peaks)


def test_a_country_is_found_by_either_case_and_by_its_other_names() -> None:
    assert tone_plan("gb") is tone_plan("GB")
    assert tone_plan("GB") is tone_plan("UK")
    assert tone_plan("ca") is tone_plan("US")


def test_an_unknown_country_gets_the_425_hz_plan() -> None:
    plan = tone_plan("ZZ")

    assert plan.tones["dial"][0].frequencies_hz == (425.0,)
    assert plan.tones["busy"][0].duration_ms == 500


@pytest.mark.parametrize("country", countries())
def test_every_country_has_every_tone_a_switch_may_be_asked_for(country: str) -> None:
    names = {"dial", "ringback", "busy", "congestion", "sit", "beep", "fax_calling", "answer_tone"}

    assert names <= set(tone_plan(country).tones)


def test_an_unknown_tone_is_refused() -> None:
    with pytest.raises(KeyError):
        ToneSource("GB", "no_such_tone")


@pytest.mark.parametrize("country", countries())
@pytest.mark.parametrize("name", ["dial", "ringback", "busy", "congestion", "sit"])
def test_blocks_join_without_a_seam(country: str, name: str) -> None:
    source = ToneSource(country, name)
    in_blocks = np.concatenate([source.next_block() for _ in range(400)])

    assert np.array_equal(in_blocks, render(country, name, 8_000))


def test_a_sum_of_tones_has_both_at_their_level() -> None:
    audio = render("US", "dial", 1_000)

    assert spectrum_peaks(audio, 2) == [350.0, 440.0]
    assert levels.level_dbm0(audio) == pytest.approx(-13.0 + 3.0, abs=0.1)


def test_a_modulated_tone_has_its_carrier_and_two_sides_at_the_tones_level() -> None:
    audio = render("IN", "dial", 1_000)

    assert spectrum_peaks(audio, 3) == [375.0, 400.0, 425.0]
    assert levels.level_dbm0(audio) == pytest.approx(-10.0, abs=0.1)


def test_a_cadence_is_kept_to_the_sample() -> None:
    busy = render("GB", "busy", 1_500)
    sounding = np.convolve(np.abs(busy.astype(float)), np.ones(20), "same") > 0
    edges = np.flatnonzero(np.diff(sounding.astype(int)))

    assert np.allclose(edges, [3_000, 6_000, 9_000], atol=12)


def test_a_source_ends_after_its_duration_and_is_silent_from_then_on() -> None:
    source = ToneSource("GB", "beep", duration_ms=50)
    audio = np.concatenate([source.next_block() for _ in range(5)])

    assert source.done
    assert audio[:400].any()
    assert not audio[400:].any()
    assert audio.shape == (5 * BLOCK_SAMPLES,)


def test_digits_have_the_levels_asked_for() -> None:
    audio = dtmf("5", on_ms=1_000, off_ms=0, high_dbm0=-9, low_dbm0=-11)

    assert spectrum_peaks(audio, 2) == [770.0, 1_336.0]
    assert levels.level_dbm0(audio) == pytest.approx(10 * np.log10(10**-0.9 + 10**-1.1), abs=0.1)


def test_what_is_no_key_is_refused() -> None:
    with pytest.raises(ValueError, match="substring"):
        dtmf("1x")


def test_no_digits_are_no_sound() -> None:
    assert len(dtmf("")) == 0


def test_levels_of_silence_and_full_scale() -> None:
    full = np.rint(32_767 * np.sin(np.arange(8_000) * 0.7)).astype(np.int16)

    assert levels.level_dbm0(full) == pytest.approx(3.14, abs=0.01)
    assert levels.level_dbm0(np.zeros(160, np.int16)) == levels.SILENCE_DBM0
    assert levels.level_dbm0(np.zeros(0, np.int16)) == levels.SILENCE_DBM0
