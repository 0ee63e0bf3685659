"""The hang-up tone a line proposes after a call."""

import numpy as np

from drivers.fxo.learning import EndOfCall
from drivers.simulators import sounds
from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from tests.drivers.fxo.test_echo import voice


def end_with(audio: Samples) -> EndOfCall:
    end = EndOfCall()
    for at in range(0, len(audio) - BLOCK_SAMPLES + 1, BLOCK_SAMPLES):
        end.add(audio[at : at + BLOCK_SAMPLES])
    return end


def beeps(hz: float, on_ms: int, off_ms: int, count: int) -> Samples:
    beep = np.concatenate([sounds.sine(hz, on_ms, -15.0), sounds.sine(0, off_ms, -15.0)])
    return np.tile(beep, count).astype(np.int16)


async def test_a_tone_of_no_country_is_found_at_the_end_of_a_call() -> None:
    # An extension of somebody's switchboard: 500 Hz, 300 on, 200 off.
    tone = await end_with(np.concatenate([voice(5.0, 1), beeps(500, 300, 200, 12)])).tone("GB")
    assert tone is not None
    assert abs(tone.frequency_hz - 500) < 5
    assert abs(tone.on_ms - 300) <= 30
    assert abs(tone.off_ms - 200) <= 30


async def test_speech_and_a_single_beep_teach_nothing() -> None:
    assert await end_with(voice(12.0, 4)).tone("GB") is None
    assert (
        await end_with(np.concatenate([voice(5.0, 1), beeps(500, 300, 200, 1)])).tone("GB") is None
    )
