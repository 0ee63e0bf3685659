"""Comfort noise (RFC 3389) between words."""

import numpy as np
import pytest

from firmware.contract.pcm import BLOCK_SAMPLES
from tests.drivers.sip.rtp.ear import Ear
from tests.drivers.sip.rtp.wire import FarEnd, rtp
from tests.sound import speech


def rms_dbov(sound: object) -> float:
    return float(20 * np.log10(np.sqrt((np.asarray(sound, float) ** 2).mean()) / 32_768))


@pytest.mark.parametrize("level", [40, 55, 70])
def test_noise_of_the_told_level_fills_the_pause(level: int) -> None:
    ear, far_end = Ear(), FarEnd()
    sent = far_end.says(speech(1.0))
    far_end.sequence += 1
    noise = rtp(13, far_end.sequence, far_end.timestamp, far_end.ssrc, bytes([level, 120, 90]))
    sent.append((far_end.now_ms, noise))
    far_end.pauses(2000)
    sent += far_end.says(speech(1.0))
    heard = ear.listen(sent, 195)

    pause = heard[55 * BLOCK_SAMPLES : 145 * BLOCK_SAMPLES]
    assert rms_dbov(pause) == pytest.approx(-level, abs=1.0)
    assert rms_dbov(heard[160 * BLOCK_SAMPLES :]) > -40


def test_noise_ends_when_the_voice_returns_and_a_new_pause_is_silent() -> None:
    ear, far_end = Ear(), FarEnd()
    far_end.sequence += 1
    sent = far_end.says(speech(0.4))
    noise = rtp(13, far_end.sequence + 1, far_end.timestamp, far_end.ssrc, bytes([45]))
    sent.append((far_end.now_ms, noise))
    far_end.sequence += 1
    far_end.pauses(400)
    sent += far_end.says(speech(0.4))
    heard = ear.listen(sent, 120)

    assert not heard[80 * BLOCK_SAMPLES :].any()
