"""What a leg on an analogue line makes of the network's tones, without a box around it."""

from firmware.calls.leg import Leg
from firmware.calls.news import News
from firmware.calls.wires import Terminal
from firmware.contract.causes import Cause
from firmware.contract.line_state import Audio
from firmware.contract.message import LineId
from firmware.contract.messages import Command, Connect, Disconnect, Proceeding
from firmware.contract.switching import HeardTone, Order, ToneHeard


class CutWires:
    """Nobody at the other end."""

    def tell_card(self, line_id: LineId, command: Command) -> None: ...

    def tell_switch(self, order: Order) -> None: ...


def talking() -> Leg:
    terminal = Terminal(line_id="fxo-1", span="fxo", audio=Audio.FULL, country="GB")
    leg = Leg("leg-1", terminal, CutWires(), News())
    leg.place("01632960100", None)
    for report in (Proceeding(leg_id="leg-1", timeslot=0), Connect(leg_id="leg-1")):
        leg.report(report)
    assert leg.is_active
    return leg


def busy(periods: int) -> ToneHeard:
    return ToneHeard(
        leg_id="leg-1",
        tone=HeardTone.BUSY,
        at_frame=100,
        periods=periods,
        frequency_hz=400.0,
        on_ms=375,
        off_ms=375,
    )


def test_a_tone_that_lasts_ends_the_leg_and_is_for_the_line_to_learn() -> None:
    leg = talking()
    leg.notice(busy(2))
    assert leg.is_active
    assert leg.hangup_tone is None
    leg.notice(busy(3))
    assert leg.is_over
    assert leg.hangup_tone is not None


def test_the_tone_is_learned_too_when_the_card_hears_it_first() -> None:
    leg = talking()
    leg.report(Disconnect(leg_id="leg-1", cause=Cause.NORMAL_CALL_CLEARING))
    leg.notice(busy(3))
    assert leg.hangup_tone is not None
    assert leg.hangup_tone.on_ms == 375
    assert leg.cause is Cause.NORMAL_CALL_CLEARING


def test_busy_tone_before_the_answer_is_nothing_to_learn() -> None:
    terminal = Terminal(line_id="fxo-1", span="fxo", audio=Audio.FULL, country="GB")
    leg = Leg("leg-1", terminal, CutWires(), News())
    leg.place("01632960101", None)
    leg.report(Proceeding(leg_id="leg-1", timeslot=0))
    leg.notice(busy(2))
    assert leg.cause is Cause.USER_BUSY
    assert leg.hangup_tone is None
