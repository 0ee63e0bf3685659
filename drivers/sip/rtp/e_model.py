"""How good a call sounds, reckoned from delay and loss (ITU-T G.107, default values elsewhere)."""

from typing import Final

BASIC_RATING: Final = 93.2
"""R of a connection with default values and no delay."""
LOSS_ROBUSTNESS: Final = 25.1
"""Bpl of G.711 with the concealment of its Appendix I, random loss (G.113, Appendix I)."""
EQUIPMENT_IMPAIRMENT: Final = 0.0
"""Ie of G.711."""
NOTICED_DELAY_MS: Final = 177.3


def rating(one_way_delay_ms: float, loss_percent: float) -> float:
    """Return R, 0 to 93.2; delay mouth to ear, loss as the listener meets it (late ones too)."""
    delay = 0.024 * one_way_delay_ms
    delay += 0.11 * max(0.0, one_way_delay_ms - NOTICED_DELAY_MS)
    loss = (95 - EQUIPMENT_IMPAIRMENT) * loss_percent / (loss_percent + LOSS_ROBUSTNESS)
    return max(0.0, BASIC_RATING - delay - EQUIPMENT_IMPAIRMENT - loss)


def mean_opinion_score(one_way_delay_ms: float, loss_percent: float) -> float:
    """Return the MOS that R stands for, 1 to 4.41 (G.107, annex B)."""
    r = rating(one_way_delay_ms, loss_percent)
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)
