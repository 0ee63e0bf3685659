"""The exchange as a whole: cards and switch that die, configuration that changes, hostile peers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firmware.apps.ivr import service
from firmware.contract.causes import Cause
from firmware.contract.leg_state import LegState
from firmware.contract.message import LegMessage
from firmware.contract.messages import AnswerCall, Configure, Connect, Digit, LiveLeg, Setup
from firmware.contract.switching import (
    ConnectLeg,
    Detect,
    DisconnectLeg,
    Play,
    Played,
    Record,
    SwitchReport,
)
from tests.firmware.scripted_box import ScriptedBox, eventually_async, steps
from tests.firmware.scripted_card import Wire
from tests.firmware.scripted_office import SCRIPTED_OFFICE

CALLER = "+447700900123"
LEG = "caller"


def same_leg(leg_id: str) -> Callable[[LegMessage], bool]:
    return lambda order: order.leg_id == leg_id


async def talk(box: ScriptedBox, line: str = "gsm-1") -> str:
    """A caller talks to phone-1; return the phone's leg."""
    await box.gsm.call_in(line, LEG, CALLER)
    box.gsm.press(LEG, "5")
    phone = await box.phones.picks_up("phone-1")
    await box.switch.heard.expect(
        ConnectLeg, lambda order: order.leg_id == phone and bool(order.room)
    )
    return phone


async def test_a_card_is_configured_with_its_own_lines_only(box: ScriptedBox) -> None:
    configure = await box.fxo.heard.expect(Configure)

    assert configure.country == "GB"
    assert [line.id for line in configure.lines] == ["fxo-1", "fxo-2"]


async def test_a_card_that_dies_takes_only_its_own_legs_with_it(box: ScriptedBox) -> None:
    phone = await talk(box)
    await box.fxo.call_in("fxo-2", "other", "+441632960055")

    await box.fxo.die()

    (story,) = await box.finished()
    assert (story.call.line_id, story.call.cause) == ("fxo-2", Cause.TEMPORARY_FAILURE)
    live = (await box.control.ask("snapshot"))["ok"]["calls"]
    assert [call["phase"] for call in live] == ["talking"]
    assert {leg["leg_id"] for leg in live[0]["legs"]} == {LEG, phone}


async def test_the_snapshot_tells_of_the_switchs_ticks_and_slips(box: ScriptedBox) -> None:
    report = SwitchReport(frame=250, missed_ticks=3, legs=2, slips={"gsm": 5})
    box.switch.notice(report)

    async def told() -> Any:
        return (await box.control.ask("snapshot"))["ok"]["switch"]

    seen = await eventually_async(told, lambda switch: switch is not None)
    assert SwitchReport.model_validate(seen) == report


async def test_a_card_that_comes_back_is_ready_for_calls(box: ScriptedBox) -> None:
    await box.gsm.die()
    await box.gsm.connect()

    await talk(box)

    await box.switch.heard.expect(
        ConnectLeg, lambda order: order.leg_id == LEG and bool(order.room)
    )


async def test_legs_of_a_card_that_nobody_knows_are_cleared(box: ScriptedBox) -> None:
    await box.gsm.die()
    lost = LiveLeg(leg_id="lost", line_id="gsm-1", state=LegState.ACTIVE, timeslot=3)

    await box.gsm.connect((lost,))

    assert (await box.gsm.cleared("lost")).cause is Cause.TEMPORARY_FAILURE


async def test_a_new_switch_is_told_all_that_the_old_one_knew(box: ScriptedBox) -> None:
    phone = await talk(box, "gsm-2")
    recording = (await box.switch.heard.expect(Record, lambda order: bool(order.office))).file
    await box.switch.die()
    box.switch.heard.forget()

    await box.switch.connect()

    for leg in (LEG, phone):
        again = await box.switch.heard.expect(ConnectLeg, same_leg(leg))
        assert again.room is not None
        await box.switch.heard.expect(Detect, same_leg(leg))
    assert (await box.switch.heard.expect(Record)).file == recording


async def test_a_released_leg_leaves_the_switch(box: ScriptedBox) -> None:
    box.gsm.ring("gsm-1", LEG, "+447700900666")
    await box.gsm.cleared(LEG)

    await box.switch.heard.expect(DisconnectLeg, lambda order: order.leg_id == LEG)


@pytest.mark.parametrize(
    "garbage", [b"\n", b"{\n", b'{"kind": "hello"}\n', b"\x00\xff\n", b'{"kind": "digit"}\n']
)
async def test_a_peer_that_says_no_hello_is_cut_off_and_nobody_notices(
    box: ScriptedBox, garbage: bytes
) -> None:
    stranger = await Wire.connect(box.state)
    stranger.send_raw(garbage)

    assert await stranger.receive() is None
    stranger.close()
    await talk(box)


async def test_a_card_that_talks_nonsense_loses_its_connection_only(box: ScriptedBox) -> None:
    phone = await talk(box)
    box.fxo.send_raw(b'{"kind": "setup", "leg_id": "UPPER CASE"}\n')

    lines = await eventually_async(
        lambda: health_of(box), lambda health: health["fxo-1"] == "starting"
    )

    assert lines["gsm-1"] == "ready"
    box.phones.report(Digit(leg_id=phone, digit="1"))
    assert (await box.control.ask("snapshot"))["ok"]["calls"][0]["phase"] == "talking"


async def health_of(box: ScriptedBox) -> dict[str, str]:
    lines = (await box.control.ask("snapshot"))["ok"]["lines"]
    return {view["line"]["line_id"]: view["line"]["health"] for view in lines}


async def test_a_call_on_a_line_nobody_configured_is_cleared(box: ScriptedBox) -> None:
    box.gsm.report(Setup(leg_id=LEG, line_id="gsm-9", calling=CALLER))
    box.gsm.report(Setup(leg_id="again", line_id="gsm-1", calling=CALLER, timeslot=1))

    await box.gsm.heard.expect(AnswerCall, lambda command: command.leg_id == "again")


async def test_a_configuration_goes_live_without_dropping_the_call(box: ScriptedBox) -> None:
    phone = await talk(box)
    await box.gsm.heard.expect(Configure)
    changed = SCRIPTED_OFFICE.replace('name = "Scripted office"', 'name = "Changed office"')

    answer = await box.control.ask("apply-config", toml=changed, who="owner", based_on=1)

    await box.gsm.heard.expect(Configure)
    snapshot = (await box.control.ask("snapshot"))["ok"]
    assert answer["ok"] == {"version": 2}
    assert snapshot["office"] == "Changed office"
    assert {leg["leg_id"] for leg in snapshot["calls"][0]["legs"]} == {LEG, phone}


async def test_who_is_in_a_node_that_is_gone_is_sent_off_politely(box: ScriptedBox) -> None:
    box.switch.holds_plays = True
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    menu = await box.switch.heard.expect(Play)
    changed = SCRIPTED_OFFICE.replace("nodes.desk]", "nodes.reception]").replace(
        '"desk"', '"reception"'
    )
    applied = await box.control.ask("apply-config", toml=changed, who="owner")
    box.switch.holds_plays = False
    box.switch.notice(Played(leg_id=LEG, play_id=menu.play_id, played_ms=900, complete=True))
    box.gsm.press(LEG, "5")

    await box.gsm.cleared(LEG)

    assert applied["ok"] == {"version": 2}
    assert "ivr.node-gone" in steps(await box.story())


async def test_a_caller_who_goes_round_in_circles_is_let_go(
    box: ScriptedBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_STEPS", 2)
    await box.gsm.call_in("gsm-1", LEG, CALLER)

    await box.gsm.cleared(LEG)

    assert "ivr.went-in-circles" in steps(await box.story())


async def test_a_flow_that_is_gone_when_the_caller_is_answered_ends_politely(
    box: ScriptedBox,
) -> None:
    box.gsm.ring("gsm-1", LEG, CALLER)
    await box.gsm.heard.expect(AnswerCall)
    changed = SCRIPTED_OFFICE.replace("flows.main", "flows.day").replace('"main"', '"day"')
    await box.control.ask("apply-config", toml=changed, who="owner")
    box.gsm.report(Connect(leg_id=LEG))

    await box.gsm.cleared(LEG)

    assert "ivr.node-gone" in steps(await box.story())


async def test_a_faulty_configuration_changes_nothing(box: ScriptedBox) -> None:
    faulty = SCRIPTED_OFFICE.replace("[flows.main]", "[flowers.main]")

    answer = await box.control.ask("apply-config", toml=faulty, who="owner")

    assert answer["problem"]["code"] == "configuration-refused"
    assert answer["faults"]
    assert (await box.control.ask("snapshot"))["ok"]["config_version"] == 1


async def test_an_old_version_can_be_made_live_again(box: ScriptedBox) -> None:
    changed = SCRIPTED_OFFICE.replace('name = "Scripted office"', 'name = "Changed office"')
    await box.control.ask("apply-config", toml=changed, who="owner")

    answer = await box.control.ask("restore-config", version=1, who="owner")

    assert answer["ok"] == {"version": 3}
    assert (await box.control.ask("snapshot"))["ok"]["office"] == "Scripted office"


async def test_an_unconfirmed_configuration_waits_for_its_confirmation(box: ScriptedBox) -> None:
    changed = SCRIPTED_OFFICE.replace('name = "Scripted office"', 'name = "Changed office"')
    applied = await box.control.ask("apply-config", toml=changed, who="owner", confirm_within_s=600)
    waiting = (await box.control.ask("snapshot"))["ok"]["config_unconfirmed_until"]

    await box.control.ask("confirm-config", version=applied["ok"]["version"], who="owner")

    assert waiting is not None
    assert (await box.control.ask("snapshot"))["ok"]["config_unconfirmed_until"] is None


async def test_the_page_ends_a_call(box: ScriptedBox) -> None:
    await talk(box)
    (call,) = (await box.control.ask("snapshot"))["ok"]["calls"]

    await box.control.ask("clear-call", call_id=call["call_id"], who="owner")

    await box.gsm.cleared(LEG)
    assert "call.ended" in steps(await box.story())


async def test_the_database_gone_bad_raises_an_alarm_and_calls_go_on(box: ScriptedBox) -> None:
    _spoil(box.state / "tipring.db")

    await talk(box)

    calls = (await box.control.ask("snapshot"))["ok"]["calls"]
    assert [call["phase"] for call in calls] == ["talking"]


def _spoil(database: Path) -> None:
    with database.open("r+b") as file:
        file.write(b"\0" * 4096)
