"""Analogue lines tell the end of a call by tones; the line learns which."""

from firmware.contract.causes import Cause
from firmware.contract.messages import LearnTone
from firmware.contract.switching import Detect, HeardTone, ToneHeard
from tests.firmware.scripted_box import ScriptedBox

LEG = "caller"


def busy(leg_id: str = LEG, periods: int = 4) -> ToneHeard:
    return ToneHeard(
        leg_id=leg_id,
        tone=HeardTone.BUSY,
        at_frame=100,
        periods=periods,
        frequency_hz=400.0,
        on_ms=375,
        off_ms=375,
    )


async def test_busy_tone_on_a_connected_analogue_line_ends_the_call_and_is_learned(
    box: ScriptedBox,
) -> None:
    await box.fxo.call_in("fxo-2", LEG, "+447700900123")
    box.switch.notice(busy())

    await box.fxo.cleared(LEG)
    learned = await box.fxo.heard.expect(LearnTone)

    assert (learned.line_id, learned.frequency_hz, learned.on_ms) == ("fxo-2", 400.0, 375)
    assert (await box.story()).call.cause is Cause.NORMAL_CALL_CLEARING
    await box.fxo.call_in("fxo-2", "next", "+447700900123")
    detect = await box.switch.heard.expect(Detect, lambda order: order.leg_id == "next")
    assert detect.learned is not None
    assert detect.learned.frequency_hz == 400.0


def dial_tone(on_ms: int) -> ToneHeard:
    return ToneHeard(
        leg_id=LEG, tone=HeardTone.DIAL, at_frame=100, periods=0, frequency_hz=350.0, on_ms=on_ms
    )


async def test_sounds_too_short_for_a_hang_up_tone_end_nothing(box: ScriptedBox) -> None:
    await box.fxo.call_in("fxo-1", LEG, "+447700900123")
    for heard in (busy(periods=1), busy(periods=2), dial_tone(800), dial_tone(4_900)):
        box.switch.notice(heard)
    box.fxo.press(LEG, "5")

    await box.phones.rings("phone-1")


async def test_dial_tone_that_stays_ends_the_call_and_is_not_learned(box: ScriptedBox) -> None:
    await box.fxo.call_in("fxo-2", LEG, "+447700900123")
    box.switch.notice(dial_tone(5_000))

    await box.fxo.cleared(LEG)
    await box.fxo.call_in("fxo-2", "next", "+447700900123")
    detect = await box.switch.heard.expect(Detect, lambda order: order.leg_id == "next")
    assert detect.learned is None


async def test_a_learned_tone_is_believed_a_period_sooner(box: ScriptedBox) -> None:
    await box.fxo.call_in("fxo-2", LEG, "+447700900123")
    box.switch.notice(busy())
    await box.fxo.cleared(LEG)
    await box.fxo.call_in("fxo-2", "next", "+447700900123")
    box.switch.notice(busy("next", periods=2))

    await box.fxo.cleared("next")


async def test_a_tone_heard_on_a_mobile_line_ends_nothing(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-1", LEG, "+447700900123")
    box.switch.notice(busy())
    box.gsm.press(LEG, "5")

    await box.phones.rings("phone-1")
