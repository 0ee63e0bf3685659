"""The RTP process' end of the card's span: the switch's rules, seen from the other side.

The switch reads what we write and we read what it writes; both sides follow the same
rules for slips, so the same code serves with the two rings changed over.
"""

import copy

from firmware.highway.span import Span
from firmware.highway.switch_side import SwitchSide


def card_side(span: Span) -> SwitchSide:
    """Return the span's end where `scatter` is heard by the switch and `gather` takes its sound."""
    turned = copy.copy(span)
    turned.heard, turned.sent = span.sent, span.heard
    return SwitchSide(turned)
