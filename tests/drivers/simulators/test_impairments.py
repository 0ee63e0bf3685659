"""Bad lines: each impairment by its figures, the same on every run."""

import numpy as np
import pytest

from drivers.simulators.crystal import Lateness
from drivers.simulators.elastic import PREFILL_BLOCKS, ElasticBuffer
from drivers.simulators.impairments import ImpairedPath, Impairments, hybrid
from drivers.simulators.sounds import SILENCE
from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from firmware.dsp.levels import level_dbm0

BLOCKS = 200


def noise_blocks(seed: int = 3) -> list[Samples]:
    wave = np.random.default_rng(seed).normal(0, 4000, BLOCKS * BLOCK_SAMPLES)
    return list(wave.astype(np.int16).reshape(BLOCKS, BLOCK_SAMPLES))


def level(blocks: list[Samples]) -> float:
    return level_dbm0(np.concatenate(blocks))


def test_a_perfect_line_changes_nothing() -> None:
    path = ImpairedPath(Impairments())
    for block in noise_blocks():
        assert np.array_equal(path.outward(block), block)
        assert np.array_equal(path.inward(block, block), block)


def test_attenuation_is_what_was_asked_for() -> None:
    path = ImpairedPath(Impairments(attenuation_db=6))
    blocks = noise_blocks()
    assert level([path.outward(block) for block in blocks]) == pytest.approx(
        level(blocks) - 6, 0.01
    )


def test_noise_has_its_level() -> None:
    path = ImpairedPath(Impairments(noise_dbm0=-45))
    heard = level([path.inward(SILENCE, SILENCE) for _ in range(BLOCKS)])
    assert heard == pytest.approx(-45, abs=0.3)


def test_echo_comes_back_weaker_by_the_echo_return_loss() -> None:
    path = ImpairedPath(Impairments(echo_return_loss_db=12))
    said = noise_blocks()
    echo = [path.inward(SILENCE, block) for block in said]
    assert level(echo) == pytest.approx(level(said) - 12, abs=0.5)


def test_echo_runs_on_from_block_to_block() -> None:
    path = ImpairedPath(Impairments(echo_return_loss_db=6, seed=5))
    said = noise_blocks()
    echo = np.concatenate([path.inward(SILENCE, block) for block in said])
    whole = np.convolve(np.concatenate(said).astype(float), hybrid(6, 5))[: len(echo)]
    assert np.max(np.abs(echo - whole)) <= 1


def test_lost_blocks_are_silent_and_about_as_many_as_asked_for() -> None:
    path = ImpairedPath(Impairments(loss_percent=20))
    lost = sum(not path.outward(block).any() for block in noise_blocks())
    assert 25 <= lost <= 55  # 40 expected; four standard deviations are 23


def test_one_seed_is_one_line() -> None:
    settings = Impairments(noise_dbm0=-40, loss_percent=5, echo_return_loss_db=10, seed=9)
    one, other = ImpairedPath(settings), ImpairedPath(settings)
    for block in noise_blocks():
        assert np.array_equal(one.inward(block, block), other.inward(block, block))


def test_late_data_comes_in_a_burst_and_nothing_is_lost() -> None:
    lateness = Lateness(Impairments(late_every_s=1.0, late_ms=200))
    sent = [bytes([frame % 256]) for frame in range(1000)]
    carried = [lateness.passed_on(data) for data in sent]
    assert max(map(len, carried)) == 11
    rest = len(sent) - len(b"".join(carried))
    assert rest <= 11
    assert b"".join(carried) == b"".join(sent)[: len(sent) - rest]


def numbered(count: int) -> list[Samples]:
    return [np.full(BLOCK_SAMPLES, 100 + n, np.int16) for n in range(count)]


def test_the_elastic_buffer_loses_nothing_to_bursts() -> None:
    buffer, heard = ElasticBuffer(), []
    random = np.random.default_rng(4)
    blocks = numbered(2000)
    at = 0
    while at < len(blocks):
        burst = int(random.integers(1, PREFILL_BLOCKS + 1))
        for block in blocks[at : at + burst]:
            buffer.put(block)
        heard += [buffer.take() for _ in range(len(blocks[at : at + burst]))]
        at += burst
    values = [int(block[0]) for block in heard if block.any()]
    assert values == list(range(100, 100 + len(values)))
    assert len(values) >= 2000 - PREFILL_BLOCKS
    assert (buffer.lost, buffer.repeated) == (0, 0)


@pytest.mark.parametrize("ppm", [2000, -2000])
def test_drift_costs_just_the_blocks_it_forces(ppm: int) -> None:
    """60 s at 2,000 ppm, the short form of 20 minutes at 100 ppm: six blocks."""
    buffer = ElasticBuffer()
    written = 0
    for frame in range(3000):
        while written <= frame * (1 + ppm * 1e-6):
            buffer.put(SILENCE)
            written += 1
        buffer.take()
    forced = 6
    slips = buffer.lost if ppm > 0 else buffer.repeated
    assert forced - PREFILL_BLOCKS - 1 <= slips <= forced + PREFILL_BLOCKS
    assert (buffer.repeated if ppm > 0 else buffer.lost) == 0


def test_a_missing_block_is_concealed_by_the_last_one_fading() -> None:
    buffer = ElasticBuffer()
    for _ in range(PREFILL_BLOCKS):
        buffer.put(np.full(BLOCK_SAMPLES, 800, np.int16))
    heard = [int(buffer.take()[0]) for _ in range(PREFILL_BLOCKS + 4)]
    assert heard == [800] * PREFILL_BLOCKS + [400, 200, 100, 0]
