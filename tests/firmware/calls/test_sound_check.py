"""The sound check: levels of a call in progress, gains that would suit it, the tone forgotten."""

from typing import Any

from firmware.contract.causes import Cause
from firmware.contract.messages import Disconnect, ForgetTone, LearnTone, SetGains
from firmware.contract.switching import HeardTone, LegLevels, Meter, ToneHeard
from tests.firmware.scripted_box import ScriptedBox, eventually_async
from tests.firmware.scripted_office import SCRIPTED_OFFICE

LEG = "caller"
CALLER = "+447700900123"
PAUSE_DBM0 = -70.0


async def levels(box: ScriptedBox, line: str = "gsm-1") -> dict[str, Any]:
    answer: dict[str, Any] = (await box.control.ask("read-levels", line_id=line))["ok"]
    return answer


def talks(box: ScriptedBox, said: float, heard: float, readings: int = 6) -> None:
    """Have the switch tell levels, with a pause after each."""
    for _ in range(readings):
        for level in (said, PAUSE_DBM0):
            box.switch.notice(LegLevels(leg_id=LEG, said_dbm0=level, heard_dbm0=heard))


async def measured(box: ScriptedBox) -> dict[str, Any]:
    return await eventually_async(
        lambda: levels(box), lambda found: found["received"]["suggested_db"] is not None
    )


async def test_an_idle_line_has_nothing_to_measure(box: ScriptedBox) -> None:
    found = await levels(box)

    assert not found["talking"]
    assert found["received"]["now_dbm0"] is None


async def test_a_soft_line_is_suggested_more_gain_and_pauses_do_not_count(
    box: ScriptedBox,
) -> None:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    await eventually_async(lambda: levels(box), lambda found: bool(found["talking"]))
    assert (await box.switch.heard.expect(Meter)).on
    talks(box, said=-29.0, heard=-20.0)

    found = await measured(box)

    assert found["received"]["speech_dbm0"] == -29.0
    assert found["received"]["suggested_db"] == 9.0
    assert found["sent"]["suggested_db"] == 0.0


async def test_keys_and_beeps_do_not_pass_for_speech_and_a_small_difference_is_left(
    box: ScriptedBox,
) -> None:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    await eventually_async(lambda: levels(box), lambda found: bool(found["talking"]))
    talks(box, said=-8.0, heard=-3.0, readings=2)
    talks(box, said=-18.5, heard=-14.0)

    found = await measured(box)

    assert found["received"]["speech_dbm0"] == -18.5
    assert found["received"]["suggested_db"] == 0.0
    assert found["sent"]["suggested_db"] == -6.0


async def test_gains_made_live_are_heard_at_once_and_measured_afresh(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    await eventually_async(lambda: levels(box), lambda found: bool(found["talking"]))
    talks(box, said=-29.0, heard=-20.0)
    await measured(box)

    louder = SCRIPTED_OFFICE.replace('id = "gsm-1"\n', 'id = "gsm-1"\nreceive_db = 9.0\n')
    await box.control.ask("apply-config", toml=louder, who="owner")

    assert (await box.gsm.heard.expect(SetGains)).receive_db == 9.0
    found = await levels(box)
    assert found["received"]["speech_dbm0"] is None
    assert found["received"]["gain_db"] == 9.0


async def test_a_learned_tone_can_be_forgotten(box: ScriptedBox) -> None:
    await box.fxo.call_in("fxo-1", LEG, CALLER)
    phone = await box.phones.picks_up("phone-1")
    tone = ToneHeard(
        leg_id=LEG, tone=HeardTone.BUSY, at_frame=1, periods=6,
        frequency_hz=425, on_ms=250, off_ms=250,
    )  # fmt: skip
    box.switch.notice(tone)
    await box.fxo.heard.expect(LearnTone)
    box.phones.report(Disconnect(leg_id=phone, cause=Cause.NORMAL_CALL_CLEARING))

    await box.control.ask("forget-learned-tone", line_id="fxo-1", who="owner")

    assert (await box.fxo.heard.expect(ForgetTone)).line_id == "fxo-1"


async def test_a_line_nobody_knows_is_said_so(box: ScriptedBox) -> None:
    for verb in ("read-levels", "forget-learned-tone"):
        asked = {"line_id": "gsm-9"} | ({"who": "owner"} if "tone" in verb else {})
        assert (await box.control.ask(verb, **asked))["problem"]["code"] == "line.unknown"
