"""Speech and keys over a bad network: what is lost, late, doubled or drifting (no real time)."""

import sys
from functools import cache

import numpy as np
import pytest

from drivers.sip.rtp.concealment import DELAY
from drivers.sip.rtp.jitter_buffer import MAX_DELAY
from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from firmware.dsp.tones import dtmf
from tests import sound
from tests.drivers.sip.rtp.ear import ROW, Ear
from tests.drivers.sip.rtp.scores import digits_in, segmental_snr
from tests.drivers.sip.rtp.wire import FarEnd, Network

SECONDS = 20
TICKS = SECONDS * 50
ALL_KEYS = list(range(16))


@cache
def voice() -> Samples:
    return sound.speech(float(SECONDS))


def heard_over(network: Network, far_end: FarEnd | None = None) -> tuple[Samples, Ear]:
    ear = Ear()
    sent = (far_end or FarEnd()).says(voice())
    return ear.listen(network.carry(sent), TICKS), ear


def tell(text: str) -> None:
    """Print a figure; seen with `pytest -s`."""
    sys.stdout.write(text + "\n")


def delay_ms(name: str, ear: Ear, far_end: FarEnd | None = None, first: int = 10) -> float:
    """Print the delay from mouth to ear, network and packing left in; return the longest, in ms."""
    ages = ear.ages_ms(far_end or FarEnd(), first)
    low, median, high = np.percentile(ages, [0, 50, 100])
    tell(f"{name}: delay {low:.0f} / {median:.0f} / {high:.0f} ms (min, median, max)")
    return float(high)


@pytest.mark.parametrize("percent", [1, 3, 5])
def test_concealed_speech_is_nearer_to_the_clean_one_than_silence(percent: int) -> None:
    network = Network(loss=percent / 100, seed=percent)
    clean, _ = heard_over(Network())
    heard, ear = heard_over(network)

    lost = np.zeros(TICKS + 1, bool)
    lost[np.array(network.dropped) + 1] = True  # packed in one tick, played in the next
    silent = clean[DELAY:].copy()
    silent[: (TICKS - 1) * BLOCK_SAMPLES].reshape(-1, BLOCK_SAMPLES)[lost[: TICKS - 1]] = 0
    affected = lost | np.roll(lost, 1)
    filled_db = segmental_snr(clean[DELAY:], heard[DELAY:], affected)
    silent_db = segmental_snr(clean[DELAY:], silent, lost)
    whole_db = segmental_snr(clean[DELAY:], heard[DELAY:], np.ones(TICKS, bool))
    tell(
        f"{percent} % loss: lost segments {filled_db:.1f} dB filled, {silent_db:.1f} dB silent; "
        f"all segments {whole_db:.1f} dB"
    )
    assert filled_db > silent_db + 2
    assert delay_ms(f"{percent} % loss", ear) <= 30
    assert ear.receiver.reception.loss(ROW).lost == len(network.dropped)


NETWORKS = {
    "5 % loss": Network(loss=0.05),
    "30 ms jitter": Network(jitter_ms=30),
    "reordered": Network(swapped=0.1),
    "doubled": Network(doubled=0.2),
    "everything": Network(loss=0.03, jitter_ms=30, swapped=0.05, doubled=0.05),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_every_key_is_heard_exactly_once(name: str) -> None:
    far_end = FarEnd()
    sent = far_end.says(voice()[:16_000])
    for key in ALL_KEYS:
        sent += far_end.presses(key)
    ear = Ear()
    ear.listen(NETWORKS[name].carry(sent), 2 * 50 + 16 * 10 + 50)

    assert ear.keys == ALL_KEYS


@pytest.mark.parametrize("percent", [1, 3, 5])
def test_tones_in_the_sound_are_decoded_exactly_through_concealment(percent: int) -> None:
    ear, digits = Ear(), "159#0827*346" * 10
    sent = FarEnd().says(dtmf(digits, on_ms=100, off_ms=100))
    heard = ear.listen(Network(loss=percent / 100, seed=percent).carry(sent), 10 * len(digits) + 5)

    assert digits_in(heard) == digits


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_jitter_of_30_ms_costs_a_bounded_delay_and_hardly_a_block(seed: int) -> None:
    heard, ear = heard_over(Network(jitter_ms=30, seed=seed))

    assert delay_ms("30 ms jitter", ear) <= 90
    concealed = int(ear.receiver.concealed[ROW])
    tell(f"30 ms jitter: {concealed} of {TICKS} blocks concealed")
    assert concealed <= 8
    assert int(ear.receiver.buffer.late[ROW]) == 0
    assert len(heard) == TICKS * BLOCK_SAMPLES


def test_reordered_packets_are_played_in_order() -> None:
    clean, _ = heard_over(Network())
    heard, ear = heard_over(Network(swapped=0.1))

    assert delay_ms("reordered", ear) <= 60
    # After the first surprise the buffer holds enough; then nothing is missing any more.
    shift = best_shift(clean, heard)
    same = clean[4000 : -4000 - shift] == heard[4000 + shift : -4000]
    assert same.mean() > 0.97


def test_doubles_change_nothing() -> None:
    clean, _ = heard_over(Network())
    heard, ear = heard_over(Network(doubled=0.3))

    assert np.array_equal(clean, heard)
    assert ear.receiver.reception.doubles[ROW] > TICKS / 5


@pytest.mark.parametrize("drift_ppm", [200.0, -200.0])
def test_a_drifting_clock_is_absorbed(drift_ppm: float) -> None:
    minutes = 5
    ear, far_end = Ear(), FarEnd(drift_ppm=drift_ppm)
    sent = far_end.says(np.tile(voice(), minutes * 60 // SECONDS))
    ear.listen(Network(jitter_ms=2).carry(sent), minutes * 3000 - 10)

    longest = delay_ms(f"drift {drift_ppm:+.0f} ppm for {minutes} min", ear, far_end)
    concealed, shortened = int(ear.receiver.concealed[ROW]), int(ear.receiver.buffer.shortened[ROW])
    tell(f"drift {drift_ppm:+.0f} ppm: {concealed} concealed, {shortened} periods taken out")
    assert longest <= 80
    slips = minutes * 60 * 200e-6 / 0.020
    assert concealed <= 2 * slips + 2
    assert ear.receiver.buffer.late[ROW] == 0


def test_a_new_ssrc_is_followed_at_once() -> None:
    ear = Ear()
    first = FarEnd().says(voice()[:16_000])
    other = FarEnd(ssrc=99, sequence=7, timestamp=123_456, now_ms=2000.0)
    heard = ear.listen(first + other.says(voice()[16_000:48_000]), 299)

    start = 100 * BLOCK_SAMPLES
    assert np.abs(heard[start : start + 24_000].astype(float)).mean() > 200
    assert ear.receiver.ssrc(ROW) == 99
    assert ear.receiver.reception.loss(ROW).lost == 0
    assert delay_ms("new SSRC", ear, other, 102) <= 40


@pytest.mark.parametrize("clock_stops", [False, True])
def test_ten_silent_seconds_leave_no_delay_behind(clock_stops: bool) -> None:
    ear, far_end = Ear(), FarEnd()
    sent = far_end.says(voice()[:16_000])
    far_end.pauses(10_000)
    if clock_stops:
        far_end.timestamp -= 80_000
    sent += far_end.says(voice()[16_000:48_000])
    ticks = ear.listen(sent, 100 + 500 + 150)

    quiet = ticks[110 * BLOCK_SAMPLES : 590 * BLOCK_SAMPLES]
    assert not quiet.any()
    assert np.abs(ticks[610 * BLOCK_SAMPLES :].astype(float)).mean() > 200
    moved = FarEnd(timestamp=2**32 - 8000 - 80_000 * clock_stops)
    assert delay_ms("10 s silence", ear, moved, 610) <= 40


def test_a_stall_of_the_network_is_caught_up() -> None:
    far_end = FarEnd()
    sent = far_end.says(np.tile(voice(), 2))
    stalled = [(3200.0 if 3000 < at < 3200 else at, data) for at, data in sent]
    ear = Ear()
    ear.listen(stalled, 38 * 50)

    assert delay_ms("200 ms stall", ear) <= 20 + 200 + MAX_DELAY / 8
    assert ear.ages_ms(far_end, 0)[37 * 50] <= 60


def best_shift(clean: Samples, heard: Samples) -> int:
    """Return by how many samples `heard` lags behind `clean`, in whole blocks."""
    piece = clean[80_000:96_000].astype(float)
    shifts = range(0, 10 * BLOCK_SAMPLES, BLOCK_SAMPLES)
    errors = [np.abs(heard[80_000 + s : 96_000 + s] - piece).mean() for s in shifts]
    return shifts[int(np.argmin(errors))]
