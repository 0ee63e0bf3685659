"""What a phone hears before the answer: the network itself, our ringback where it is silent."""

from collections.abc import Callable

import pytest

from firmware.calls import early
from firmware.contract.causes import Cause
from firmware.contract.messages import Alerting, Connect, Disconnect, PlaceCall, Progress
from firmware.contract.switching import ConnectLeg, HeardTone, Stop, Tone, ToneHeard
from firmware.store.rows import Disposition
from tests.firmware.scripted_box import ScriptedBox
from tests.firmware.scripted_card import ScriptedCard

PHONE = "phone-leg"


async def dial_out(box: ScriptedBox) -> PlaceCall:
    await box.phones.lift("phone-1", PHONE)
    box.phones.press(PHONE, "01632960077#")
    return await box.gsm.is_dialled()


async def hears_the_network(box: ScriptedBox, outside: str) -> bool:
    """Whether both are put into one room, once they are in any."""
    rooms = [
        await box.switch.heard.expect(ConnectLeg, _in_a_room(leg_id)) for leg_id in (PHONE, outside)
    ]
    return rooms[0].room == rooms[1].room


def _in_a_room(leg_id: str) -> Callable[[ConnectLeg], bool]:
    return lambda order: order.leg_id == leg_id and order.room is not None


def ringbacks(box: ScriptedBox) -> list[Tone]:
    return [tone for tone in box.switch.heard.of(Tone) if tone.name == "ringback"]


async def test_a_line_with_early_sound_is_heard_at_once_and_we_add_no_ringback(
    box: ScriptedBox,
) -> None:
    placed = await dial_out(box)
    box.gsm.report(Progress(leg_id=placed.leg_id))

    assert await hears_the_network(box, placed.leg_id)
    box.gsm.report(Alerting(leg_id=placed.leg_id))
    box.gsm.report(Connect(leg_id=placed.leg_id))
    await talks(box)
    assert ringbacks(box) == []


async def talks(box: ScriptedBox) -> None:
    (call,) = (await box.control.ask("snapshot"))["ok"]["calls"]
    room = call["call_id"]
    await box.switch.heard.expect(
        ConnectLeg, lambda order: order.leg_id == PHONE and order.room == room
    )


async def test_our_ringback_stops_when_the_network_lets_itself_be_heard(box: ScriptedBox) -> None:
    placed = await dial_out(box)
    box.gsm.report(Alerting(leg_id=placed.leg_id))
    ours = await box.switch.heard.expect(Tone, lambda order: order.name == "ringback")

    ringback = ToneHeard(leg_id=placed.leg_id, tone=HeardTone.RINGBACK, at_frame=1, periods=1)
    box.switch.notice(ringback)

    await box.switch.heard.expect(Stop, lambda order: order.play_id == ours.play_id)
    assert len(ringbacks(box)) == 1


async def test_a_network_that_promised_sound_and_is_silent_gets_our_ringback(
    box: ScriptedBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early, "PATIENCE_S", 0.2)
    placed = await dial_out(box)
    box.gsm.report(Progress(leg_id=placed.leg_id))
    box.gsm.report(Alerting(leg_id=placed.leg_id))

    await box.switch.heard.expect(Tone, lambda order: order.name == "ringback")


async def test_the_busy_tone_of_an_analogue_network_ends_the_try_and_goes_on_from_us(
    box: ScriptedBox,
) -> None:
    for gsm_line in ("gsm-1", "gsm-2"):
        box.gsm.ring(gsm_line, f"holds-{gsm_line}", "+447700900124")
    await box.phones.lift("phone-1", PHONE)
    box.phones.press(PHONE, "01632960077#")
    placed = await analogue(box.fxo)
    assert await hears_the_network(box, placed.leg_id)
    busy = ToneHeard(leg_id=placed.leg_id, tone=HeardTone.BUSY, at_frame=1, periods=2)
    box.switch.notice(busy)

    await box.switch.heard.expect(
        Tone, lambda order: order.leg_id == PHONE and order.name == "busy"
    )


async def analogue(card: ScriptedCard) -> PlaceCall:
    placed = await card.is_dialled("fxo-1")
    card.report(Progress(leg_id=placed.leg_id))
    return placed


@pytest.mark.parametrize(
    ("cause", "tone"),
    [
        (Cause.USER_BUSY, "busy"),
        (Cause.UNALLOCATED_NUMBER, "sit"),
        (Cause.CALL_REJECTED, "congestion"),
    ],
)
async def test_a_call_that_fails_is_told_by_the_countrys_tone(
    box: ScriptedBox, cause: Cause, tone: str
) -> None:
    placed = await dial_out(box)
    box.gsm.report(Disconnect(leg_id=placed.leg_id, cause=cause))

    told = await box.switch.heard.expect(Tone, lambda order: order.name == tone)
    assert (told.leg_id, told.country) == (PHONE, "GB")
    left = [order for order in box.switch.heard.of(ConnectLeg) if order.leg_id == PHONE]
    assert left[-1].room is None
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))
    assert (await box.story()).call.disposition in {Disposition.BUSY, Disposition.FAILED}
