"""A phone holds its party with its own key: who hears what, and what is recorded meanwhile."""

from collections.abc import Callable
from pathlib import Path

from firmware.contract.causes import Cause
from firmware.contract.messages import Disconnect, Held, Retrieved
from firmware.contract.switching import ConnectLeg, Play, Record, Stop, Tone
from tests.firmware.apps.test_phone import CALLER, room_of, talk
from tests.firmware.scripted_box import ScriptedBox, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

PHONE = "phone-leg"


def alone(leg_id: str) -> Callable[[ConnectLeg], bool]:
    return lambda order: order.leg_id == leg_id and order.room is None


async def hold_tone(box: ScriptedBox, leg_id: str) -> Tone:
    return await box.switch.heard.expect(
        Tone, lambda order: order.name == "hold" and order.leg_id == leg_id
    )


async def test_a_held_party_hears_music_and_both_are_back_when_it_is_retrieved(
    box: ScriptedBox,
) -> None:
    agent = await talk(box)
    box.switch.heard.forget()
    box.phones.report(Held(leg_id=agent))
    music = await hold_tone(box, CALLER)
    await box.switch.heard.expect(ConnectLeg, alone(agent))
    assert [tone for tone in box.switch.heard.of(Tone) if tone.leg_id == agent] == []

    box.phones.report(Retrieved(leg_id=agent))

    await box.switch.heard.expect(Stop, lambda order: order.play_id == music.play_id)
    assert await room_of(box, agent) == await room_of(box, CALLER)
    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))
    told = steps(await box.story())
    assert told.index("call.held") < told.index("call.retrieved")


async def two_phones_talk(box: ScriptedBox) -> tuple[str, str]:
    await box.phones.lift("phone-1", PHONE)
    box.phones.press(PHONE, "102")
    other = await box.phones.picks_up("phone-2")
    assert await room_of(box, PHONE) == await room_of(box, other)
    box.switch.heard.forget()
    return PHONE, other


async def test_both_may_hold_at_once_and_talk_when_the_last_has_retrieved(
    box: ScriptedBox,
) -> None:
    first, second = await two_phones_talk(box)
    box.phones.report(Held(leg_id=first))
    await hold_tone(box, second)
    box.phones.report(Held(leg_id=second))
    await box.switch.heard.expect(Stop)
    box.phones.report(Retrieved(leg_id=first))
    await hold_tone(box, first)
    assert all(order.room is None for order in box.switch.heard.of(ConnectLeg))

    box.phones.report(Retrieved(leg_id=second))

    assert await room_of(box, first) == await room_of(box, second)


async def test_a_held_party_who_hangs_up_ends_the_call(box: ScriptedBox) -> None:
    agent = await talk(box)
    box.phones.report(Held(leg_id=agent))
    await hold_tone(box, CALLER)
    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))

    await box.phones.cleared(agent)

    assert steps(await box.story())[-1] == "call.ended"


async def test_hold_is_silence_in_the_one_file_of_the_call(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-2", CALLER, "+447700900123")
    box.gsm.press(CALLER, "5")
    agent = await box.phones.picks_up("phone-1")
    talking = await box.switch.heard.expect(Record, lambda order: bool(order.office))
    box.phones.report(Held(leg_id=agent))
    held = await box.switch.heard.expect(Record, lambda order: order.paused)
    box.phones.report(Retrieved(leg_id=agent))

    again = await box.switch.heard.expect(
        Record, lambda order: bool(order.office) and not order.paused
    )

    assert talking.file == held.file == again.file
    assert held.outside | held.office == {CALLER, agent}
    assert (again.outside, again.office) == (frozenset({CALLER}), frozenset({agent}))


async def test_an_office_may_have_music_of_its_own_for_who_is_on_hold(sounds: Path) -> None:
    with_music = SCRIPTED_OFFICE.replace("[[lines]]", 'hold_music = "closed"\n\n[[lines]]', 1)
    async with scripted_box(with_music, sounds) as box:
        agent = await talk(box)
        box.phones.report(Held(leg_id=agent))

        music = await box.switch.heard.expect(Play, lambda order: order.loop)

        assert music.leg_id == CALLER
        assert [tone for tone in box.switch.heard.of(Tone) if tone.name == "hold"] == []
