"""The table that ends calls."""

import pytest

from firmware.contract.settings import LearnedTone
from firmware.contract.switching import HeardTone
from firmware.dsp.hang_up import DIAL_TONE_MS, far_end_gone, is_learned

BUSY_LIKE = [HeardTone.BUSY, HeardTone.CONGESTION, HeardTone.BUSY_OR_CONGESTION]


@pytest.mark.parametrize("tone", BUSY_LIKE)
@pytest.mark.parametrize(
    ("connected", "learned", "enough"),
    [(False, False, 2), (True, False, 3), (True, True, 2), (False, True, 2)],
)
def test_busy_ends_a_call_after_enough_periods(
    tone: HeardTone, connected: bool, learned: bool, enough: int
) -> None:
    def gone(periods: int) -> bool:
        return far_end_gone(tone, periods, 500, connected=connected, learned=learned)

    assert not gone(enough - 1)
    assert gone(enough)


@pytest.mark.parametrize("tone", sorted({*HeardTone} - {*BUSY_LIKE, HeardTone.SIT, HeardTone.DIAL}))
def test_other_tones_never_end_a_call(tone: HeardTone) -> None:
    for connected in (False, True):
        assert not far_end_gone(tone, 100, 100_000, connected=connected, learned=True)


def test_dial_tone_ends_a_connected_call_only_when_it_stays() -> None:
    assert not far_end_gone(HeardTone.DIAL, 0, DIAL_TONE_MS - 1, connected=True, learned=False)
    assert far_end_gone(HeardTone.DIAL, 0, DIAL_TONE_MS, connected=True, learned=False)
    assert not far_end_gone(HeardTone.DIAL, 0, DIAL_TONE_MS, connected=False, learned=False)


def test_sit_ends_a_call_that_is_being_set_up() -> None:
    assert far_end_gone(HeardTone.SIT, 1, 990, connected=False, learned=False)
    assert not far_end_gone(HeardTone.SIT, 1, 990, connected=True, learned=False)


def test_a_tone_is_the_learned_one_if_pitch_and_both_lengths_agree() -> None:
    learned = LearnedTone(frequency_hz=425, on_ms=250, off_ms=250)

    assert is_learned(420.0, 260, 240, learned)
    assert not is_learned(450.0, 250, 250, learned)
    assert not is_learned(425.0, 350, 250, learned)
    assert not is_learned(425.0, 250, 350, learned)
    assert not is_learned(425.0, 250, 250, None)
    assert not is_learned(None, 250, 250, learned)
