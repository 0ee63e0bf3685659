"""Analogue lines tell the end of a call by tones; the line learns which."""

from firmware.contract.causes import Cause
from firmware.contract.messages import LearnTone
from firmware.contract.switching import Detect, HeardTone, ToneHeard
from tests.firmware.scripted_box import ScriptedBox

LEG = "caller"


def busy(leg_id: str = LEG) -> ToneHeard:
    return ToneHeard(
        leg_id=leg_id,
        tone=HeardTone.BUSY,
        at_frame=100,
        periods=4,
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


async def test_a_tone_heard_on_a_mobile_line_ends_nothing(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-1", LEG, "+447700900123")
    box.switch.notice(busy())
    box.gsm.press(LEG, "5")

    await box.phones.rings("phone-1")
