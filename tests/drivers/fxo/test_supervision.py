"""What is concluded from the sound of a line that signals nothing."""

import numpy as np
import pytest

from drivers.fxo.supervision import Finding, Supervision, What
from drivers.simulators import sounds
from firmware.contract.causes import Cause
from firmware.contract.messages import AnswerSupervision
from firmware.contract.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from firmware.contract.settings import LearnedTone
from tests.drivers.fxo.test_echo import voice

Heard = list[tuple[float, Finding]]


def heard_by(supervision: Supervision, audio: Samples) -> Heard:
    """What became known, and when (seconds since the sound began)."""
    noise = np.random.default_rng(1).normal(0, 10, len(audio))
    noisy = (audio + noise).astype(np.int16)
    found: Heard = []
    for at in range(0, len(audio) - BLOCK_SAMPLES + 1, BLOCK_SAMPLES):
        block = noisy[at : at + BLOCK_SAMPLES]
        found += [(at / SAMPLE_RATE_HZ, finding) for finding in supervision.hear(block)]
    return found


def tone(country: str, name: str, seconds: float, dbm0: float = -10.0) -> Samples:
    loop = sounds.Loop(sounds.tone(country, name))
    blocks = [loop.next_block() for _ in range(int(seconds * 50))]
    gain = 10 ** ((dbm0 - sounds.TONE_DBM0) / 20)
    return (np.concatenate(blocks) * gain).astype(np.int16)


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * SAMPLE_RATE_HZ), np.int16)


def whats(found: Heard) -> list[What]:
    return [finding.what for _, finding in found]


@pytest.mark.parametrize("country", ["GB", "BR", "US", "DE", "RU", "PL"])
def test_ringback_and_then_a_voice_is_alerting_and_answered(country: str) -> None:
    audio = np.concatenate([tone(country, "ringback", 12.0), silence(0.5), voice(3.0, 1)])
    found = heard_by(Supervision(country, None, connected=False), audio)
    assert whats(found) == [What.ALERTING, What.ANSWERED]
    assert found[1][0] > 12.0
    assert found[1][1].supervision is AnswerSupervision.VOICE_HEARD


def test_ringback_that_stops_is_an_answer_guessed() -> None:
    audio = np.concatenate([tone("GB", "ringback", 6.0), silence(12.0)])
    found = heard_by(Supervision("GB", None, connected=False), audio)
    assert whats(found) == [What.ALERTING, What.ANSWERED]
    assert found[1][1].supervision is AnswerSupervision.GUESSED


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("busy", Cause.USER_BUSY),
        ("congestion", Cause.SWITCHING_EQUIPMENT_CONGESTION),
        ("sit", Cause.SEND_SPECIAL_INFORMATION_TONE),
    ],
)
def test_a_failed_call_has_the_cause_of_its_tone(name: str, cause: Cause) -> None:
    audio = np.concatenate([silence(0.5), tone("BR", name, 6.0)])
    found = heard_by(Supervision("BR", None, connected=False), audio)
    assert [(f.what, f.cause) for _, f in found] == [(What.GONE, cause)]


def test_busy_after_ringback_is_busy_and_not_an_answer() -> None:
    audio = np.concatenate([tone("GB", "ringback", 6.0), tone("GB", "busy", 6.0)])
    found = heard_by(Supervision("GB", None, connected=False), audio)
    assert whats(found) == [What.ALERTING, What.GONE]
    assert found[1][1].cause is Cause.USER_BUSY


def test_a_continuous_network_tone_is_no_answer() -> None:
    unobtainable = sounds.sine(400, 8_000, -12.0).astype(np.int16)
    found = heard_by(Supervision("GB", None, connected=False), unobtainable)
    assert What.ANSWERED not in whats(found)


@pytest.mark.parametrize("country", ["GB", "BR", "US", "DE", "ES"])
def test_busy_tone_at_minus_30_dbm0_ends_a_connected_call_within_five_periods(
    country: str,
) -> None:
    period_s = len(sounds.tone(country, "busy")) / SAMPLE_RATE_HZ
    audio = np.concatenate([voice(3.0, 2), silence(0.2), tone(country, "busy", 8.0, -30.0)])
    found = heard_by(Supervision(country, None, connected=True), audio)
    assert [(f.what, f.cause) for _, f in found] == [(What.GONE, Cause.NORMAL_CALL_CLEARING)]
    assert found[0][0] <= 3.2 + 5 * period_s


def test_dial_tone_that_stays_ends_a_connected_call() -> None:
    audio = np.concatenate([voice(2.0, 2), silence(0.2), tone("GB", "dial", 8.0, -20.0)])
    found = heard_by(Supervision("GB", None, connected=True), audio)
    assert whats(found) == [What.GONE]


def test_a_learned_tone_is_believed_sooner() -> None:
    learned = LearnedTone(frequency_hz=400, on_ms=375, off_ms=375)
    audio = np.concatenate([voice(3.0, 2), silence(0.2), tone("GB", "busy", 8.0)])
    slow = heard_by(Supervision("GB", None, connected=True), audio)
    quick = heard_by(Supervision("GB", learned, connected=True), audio)
    assert quick[0][0] < slow[0][0]


@pytest.mark.parametrize("code", ["b", "d", "l", "P"])
def test_the_chips_own_hang_up_events_end_a_connected_call_once(code: str) -> None:
    supervision = Supervision("GB", None, connected=True)
    assert supervision.event(code) == [Finding(What.GONE)]
    assert supervision.event(code) == []


@pytest.mark.parametrize("code", ["h", "H", "s", "q", "u", "5", "R"])
def test_events_about_other_things_end_nothing(code: str) -> None:
    assert Supervision("GB", None, connected=True).event(code) == []


def test_busy_of_the_chip_during_set_up_is_user_busy_and_dial_tone_is_nothing() -> None:
    supervision = Supervision("GB", None, connected=False)
    assert supervision.event("d") == []
    assert supervision.event("b") == [Finding(What.GONE, Cause.USER_BUSY)]


def test_a_line_that_stays_silent_is_given_up_in_the_end() -> None:
    supervision = Supervision("GB", None, connected=True, silence_limit_s=5.0)
    found = heard_by(supervision, np.concatenate([voice(3.0, 1), silence(8.0)]))
    assert [(f.what, f.cause) for _, f in found] == [(What.GONE, Cause.RECOVERY_ON_TIMER_EXPIRY)]
    assert 7.0 < found[0][0] < 9.0


def test_speech_releases_no_call() -> None:
    found = heard_by(Supervision("GB", None, connected=True), voice(30.0, 3))
    assert found == []
