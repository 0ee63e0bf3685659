"""Taking a call that rings elsewhere or is parked: the phone that takes it joins that call."""

from firmware.calls.call import Call
from firmware.calls.leg import Leg


def may_take(call: Call) -> bool:
    """Whether the call rings or is parked, and nobody has taken it a moment ago."""
    return call.may_be_taken and call.taker is None


def take(target: Call, own: Call, phone: Leg) -> None:
    """`phone` has `target` from now on; what was its own call is part of that, and its script ends.

    Only where `may_take` says so. Whoever waits on `target` finds `phone` in its `taker`.
    """
    if target.recorder is not None and own.recorder is not None:
        own.recorder.end()
        target.recorder.trust(own.recorder.told())
    target.take_over(own)
    target.taker = phone
    target.news.wake()
    own.turn_to(_nothing_more)


async def _nothing_more() -> None:
    """The script of a call that has become part of another."""
