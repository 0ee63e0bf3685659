"""A box nobody owns speaks its set-up code to whoever lifts a phone and waits."""

from pathlib import Path

import pytest

from firmware.apps.phone import claim_code
from firmware.apps.phone.claim_code import spelled
from firmware.contract.causes import Cause
from firmware.contract.messages import Disconnect
from firmware.contract.switching import Play, Tone
from tests.firmware.apps.spoken import uses_code
from tests.firmware.apps.test_phone import room_of
from tests.firmware.scripted_box import ScriptedBox, eventually, steps

PHONE = "phone-leg"
CODE = "JD42-K63V-5G5C-5H5Q"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_code, "SILENT_S", 0.05)
    monkeypatch.setattr(claim_code, "PAUSE_S", 0.05)


def test_a_code_is_read_out_letter_by_letter_in_its_groups() -> None:
    assert spelled("AB12-9") == "A, B, 1, 2. 9"


async def test_a_lifted_phone_speaks_the_code_three_times_and_then_dials_as_ever(
    box: ScriptedBox,
) -> None:
    await box.control.ask("tell-claim-code", code=CODE)
    await box.phones.lift("phone-1", PHONE)
    await box.switch.heard.expect(Tone, lambda order: order.name == "dial")
    spoken = await box.switch.heard.expect(Play, lambda order: order.leg_id == PHONE)
    assert Path(spoken.files[0]).name.startswith("spoken-")
    gone = await eventually(
        lambda: list((box.state / "run").glob("spoken-*")), lambda found: not found
    )
    assert gone == []
    assert len([order for order in box.switch.heard.of(Play) if order.leg_id == PHONE]) == 3
    box.phones.press(PHONE, "102")
    called = await box.phones.picks_up("phone-2")
    assert await room_of(box, PHONE) == await room_of(box, called)
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))

    story = await box.story()
    assert "phone.claim-code" in steps(story)
    assert CODE not in story.model_dump_json()


async def test_who_dials_at_once_does_not_hear_the_code(
    box: ScriptedBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim_code, "SILENT_S", 20.0)
    await box.control.ask("tell-claim-code", code=CODE)
    await box.phones.lift("phone-1", PHONE)
    box.phones.press(PHONE, "102")
    called = await box.phones.picks_up("phone-2")

    assert await room_of(box, PHONE) == await room_of(box, called)
    assert not [order for order in box.switch.heard.of(Play) if order.leg_id == PHONE]


async def test_a_box_with_an_owner_keeps_quiet(box: ScriptedBox) -> None:
    await box.control.ask("tell-claim-code", code=CODE)
    await box.control.ask("tell-claim-code", code="")
    await box.phones.lift("phone-1", PHONE)
    await box.switch.heard.expect(Tone, lambda order: order.name == "dial")
    box.phones.press(PHONE, "102")
    await box.phones.picks_up("phone-2")
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))

    assert "phone.claim-code" not in steps(await box.story())


async def test_a_phone_that_dials_its_own_way_asks_by_code(box: ScriptedBox) -> None:
    await box.control.ask("tell-claim-code", code=CODE)
    await box.phones.lift("phone-2", PHONE, called="*#0")
    spoken = await box.switch.heard.expect(Play, lambda order: order.leg_id == PHONE)
    assert Path(spoken.files[0]).name.startswith("spoken-")
    await box.phones.cleared(PHONE)

    assert "phone.claim-code" in steps(await box.story())


async def test_once_there_is_an_owner_there_is_no_such_code(box: ScriptedBox) -> None:
    await uses_code(box, "phone-2", "*#0", "code-unknown", PHONE)

    assert "phone.claim-code" not in steps(await box.story())
