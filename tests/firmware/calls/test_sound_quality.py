"""How the sound of a packet line fared stands in the leg's row, its view and the call's story."""

from firmware.contract.causes import Cause
from firmware.contract.messages import Disconnect, Held, MediaQuality
from tests.firmware.apps.test_phone import CALLER, talk
from tests.firmware.calls.test_hold import hold_tone
from tests.firmware.scripted_box import ScriptedBox, eventually_async, steps

TOLD = "call.sound-quality-round-trip"


def quality(leg_id: str) -> MediaQuality:
    return MediaQuality(
        leg_id=leg_id, lost_percent=1.24, jitter_ms=7.6, round_trip_ms=18.0, mos=4.06
    )


async def leg_view(box: ScriptedBox, leg_id: str) -> dict[str, object]:
    (call,) = (await box.control.ask("snapshot"))["ok"]["calls"]
    found: dict[str, object] = next(leg for leg in call["legs"] if leg["leg_id"] == leg_id)
    return found


async def test_it_is_kept_with_the_leg_and_told_in_the_story(box: ScriptedBox) -> None:
    agent = await talk(box)
    box.phones.report(quality(agent))

    async def seen() -> object:
        return (await leg_view(box, agent))["quality"]

    view = await eventually_async(seen, bool)
    assert view == {"lost_percent": 1.24, "jitter_ms": 7.6, "round_trip_ms": 18.0, "mos": 4.06}
    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))
    story = await box.story()
    (row,) = [leg for leg in story.legs if leg.leg_id == agent]
    assert (row.lost_percent, row.jitter_ms, row.round_trip_ms, row.mos) == (1.24, 7.6, 18.0, 4.06)
    (step,) = [one.what for one in story.steps if one.what.code == TOLD]
    assert step.args == {"line": "phone-1", "lost": 1.2, "jitter": 8, "mos": 4.1, "round_trip": 18}


async def test_it_is_kept_also_when_it_is_told_after_the_call_has_ended(box: ScriptedBox) -> None:
    agent = await talk(box)
    box.phones.releases = False
    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))
    await box.phones.cleared(agent)
    await box.story()
    box.phones.report(quality(agent))

    async def kept() -> bool:
        story = await box.story()
        return TOLD in steps(story) and any(leg.mos for leg in story.legs)

    assert await eventually_async(kept, bool)
    assert steps(await box.story())[-1] == "call.ended"


async def test_the_page_sees_who_holds(box: ScriptedBox) -> None:
    agent = await talk(box)
    box.phones.report(Held(leg_id=agent))
    await hold_tone(box, CALLER)

    assert (await leg_view(box, agent))["holds"] is True
