"""The E-model against values ITU-T publishes."""

import pytest

from drivers.sip.rtp.e_model import mean_opinion_score, rating


def test_a_perfect_line_has_the_highest_rating() -> None:
    assert rating(0, 0) == 93.2
    assert mean_opinion_score(0, 0) == pytest.approx(4.41, abs=0.01)


@pytest.mark.parametrize(("r", "mos"), [(90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58)])
def test_mos_of_a_rating_is_that_of_g107_table_b1(r: float, mos: float) -> None:
    # Without delay only loss lowers R: 95 * p / (p + 25.1) = 93.2 - R.
    loss = 25.1 * (93.2 - r) / (95 - (93.2 - r))

    assert mean_opinion_score(0, loss) == pytest.approx(mos, abs=0.01)


def test_loss_and_delay_lower_it_and_it_never_leaves_its_range() -> None:
    assert rating(150, 0) > rating(300, 0) > rating(300, 5) > rating(300, 50)
    assert rating(150, 0) == pytest.approx(93.2 - 3.6)
    assert mean_opinion_score(100_000, 100) == 1.0
