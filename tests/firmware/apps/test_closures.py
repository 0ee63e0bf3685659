"""Closed for once: every caller hears so first; a line switched off takes nobody."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from firmware.contract.causes import Cause
from firmware.contract.messages import AnswerCall
from firmware.contract.switching import Play
from tests.firmware.apps.spoken import hears, sound_of
from tests.firmware.scripted_box import ScriptedBox, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

LEG = "caller"
CALLER = "+447700900123"


def closed_now(more: str) -> str:
    now = datetime.now(ZoneInfo("Europe/London")).replace(tzinfo=None, microsecond=0)
    return f"""{SCRIPTED_OFFICE}
[[closures]]
id = "today"
name = "Works outing"
begins = {(now - timedelta(hours=1)).isoformat()}
ends = {(now + timedelta(hours=1)).isoformat()}
prompt = "closed"
{more}
"""


async def test_a_caller_hears_the_announcement_and_is_let_go(sounds: Path) -> None:
    async with scripted_box(closed_now("to = { hang_up = true }"), sounds) as box:
        await box.gsm.call_in("gsm-1", LEG, CALLER)
        await hears(box, "closed", LEG)
        assert (await box.gsm.cleared(LEG)).cause is Cause.NORMAL_CALL_CLEARING

        assert "route.closure" in steps(await box.story())


async def test_after_the_announcement_a_message_may_be_left(sounds: Path) -> None:
    async with scripted_box(closed_now('to = { voicemail = "office" }'), sounds) as box:
        await box.gsm.call_in("gsm-1", LEG, CALLER)
        await hears(box, "closed", LEG)
        await hears(box, "leave-message", LEG)


async def test_without_a_destination_the_usual_rules_go_on(sounds: Path) -> None:
    async with scripted_box(closed_now(""), sounds) as box:
        await box.gsm.call_in("gsm-1", LEG, CALLER)
        await hears(box, "closed", LEG)
        await hears(box, "one-moment", LEG)


async def test_an_office_switched_open_says_nothing_of_it(sounds: Path) -> None:
    async with scripted_box(closed_now("to = { hang_up = true }"), sounds) as box:
        await box.control.ask("switch-opening", to="open", who="owner")
        await box.gsm.call_in("gsm-1", LEG, CALLER)
        await hears(box, "one-moment", LEG)

        said = [Path(file).name for one in _plays(box) for file in one.files]
        assert sound_of(box, "closed") not in said


async def test_a_line_that_is_off_takes_no_call(sounds: Path) -> None:
    text = SCRIPTED_OFFICE.replace('id = "gsm-1"\n', 'id = "gsm-1"\nenabled = false\n')
    async with scripted_box(text, sounds) as box:
        box.gsm.ring("gsm-1", LEG, CALLER)
        assert (await box.gsm.cleared(LEG)).cause is Cause.CALL_REJECTED

        assert "route.line-off" in steps(await box.story())
        assert not [one for one in box.gsm.heard.messages if isinstance(one, AnswerCall)]
        snapshot = (await box.control.ask("snapshot"))["ok"]
        off = [line["line"]["line_id"] for line in snapshot["lines"] if not line["enabled"]]
        assert off == ["gsm-1"]


def _plays(box: ScriptedBox) -> list[Play]:
    return [one for one in box.switch.heard.messages if isinstance(one, Play)]
