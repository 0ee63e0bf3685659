"""The codes that speak, call or switch the office, and what is said to a code that is refused."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.apps.codes import speaking
from firmware.contract.causes import Cause
from firmware.contract.messages import AlertCall, Connect, Disconnect
from firmware.contract.switching import ConnectLeg, Play, SetLegGain
from firmware.store.archive import Archive
from tests.firmware.apps.spoken import PHONE, dials, hears, sound_of, uses_code
from tests.firmware.apps.test_phone import CALLER, room_of
from tests.firmware.scripted_box import ScriptedBox, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

LOBBY = SCRIPTED_OFFICE.replace(
    'devices = ["phone-3"]', 'devices = ["phone-3"]\nblocked_codes = ["office_closed"]'
)
ALWAYS_OPEN = SCRIPTED_OFFICE.replace(
    "[timetables.never]\nweekly = []",
    "[timetables.never]\npublic_holidays = false\nweekly = [{ days = "
    '["mon", "tue", "wed", "thu", "fri", "sat", "sun"], opens = "00:00", closes = "24:00" }]',
)


@pytest.fixture
async def lobby(sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(LOBBY, sounds) as running:
        yield running


@pytest.fixture
async def open_box(sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(ALWAYS_OPEN, sounds) as running:
        yield running


async def caller_waits_in_the_menu(box: ScriptedBox) -> None:
    """The menu's timeout asks the hours."""
    await box.gsm.call_in("gsm-1", CALLER, "+447700900123")


async def test_a_code_nobody_knows_is_refused_by_voice(box: ScriptedBox) -> None:
    await uses_code(box, "phone-2", "*55", "code-unknown", PHONE)

    assert "feature.code-unknown" in steps(await box.story())


@pytest.mark.parametrize("keys", ["*68", "*1", "*2"])
async def test_a_code_for_talking_is_explained_when_it_is_dialled(
    box: ScriptedBox, keys: str
) -> None:
    await uses_code(box, "phone-2", keys, "code-while-talking", PHONE)

    assert "feature.code-while-talking" in steps(await box.story())


async def test_an_extension_may_not_use_a_code_that_is_blocked_for_it(lobby: ScriptedBox) -> None:
    await uses_code(lobby, "phone-3", "*28", "code-blocked", PHONE)

    assert (await lobby.control.ask("snapshot"))["ok"]["opening"] == "by-hours"


async def test_the_office_switched_closed_is_closed_although_its_hours_say_open(
    open_box: ScriptedBox,
) -> None:
    box = open_box
    await uses_code(box, "phone-2", "*28", "office-closed", "switches")
    await caller_waits_in_the_menu(box)

    await box.switch.heard.expect(
        Play, lambda order: sound_of(box, "leave-message") in order.files[0]
    )

    assert (await box.control.ask("snapshot"))["ok"]["opening"] == "closed"
    assert Archive(box.state / "tipring.db").switched()[0].value == "closed"


async def test_the_story_says_that_the_office_was_closed(box: ScriptedBox) -> None:
    await caller_waits_in_the_menu(box)
    await box.switch.heard.expect(
        Play, lambda order: sound_of(box, "leave-message") in order.files[0]
    )
    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))

    assert "route.closed" in steps(await box.story())


async def test_the_office_switched_open_by_the_page_is_open_at_night(box: ScriptedBox) -> None:
    await box.control.ask("switch-opening", to="open", who="owner")
    await caller_waits_in_the_menu(box)

    await box.phones.rings("phone-1")


async def test_the_hours_decide_again(box: ScriptedBox) -> None:
    await uses_code(box, "phone-2", "*27", "office-open", "opens")
    await uses_code(box, "phone-2", "*29", "office-by-hours", "by-hours")
    await caller_waits_in_the_menu(box)

    await hears(box, "leave-message", CALLER)


async def test_the_box_speaks_its_address(
    box: ScriptedBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaking, "own_address", lambda: "192.168.1.20")
    await dials(box, "phone-2", "*#1")

    said = await hears(box, "box-address")

    assert len(said.files) == 1 + len("1921681" + "20") + 3
    await box.phones.cleared(PHONE)


async def test_a_box_without_a_network_says_so(
    box: ScriptedBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaking, "own_address", lambda: None)

    await uses_code(box, "phone-2", "*#1", "no-address", PHONE)


async def test_the_box_says_how_many_lines_are_ready(box: ScriptedBox) -> None:
    await dials(box, "phone-2", "*#2")

    said = await hears(box, "lines-ready")

    assert len(said.files) == 2
    (spoken,) = [step for step in (await box.story()).steps if step.what.code == "feature.speaks"]
    assert spoken.what.args == {"value": "4/4"}


async def test_a_phone_hears_its_own_number(box: ScriptedBox) -> None:
    await dials(box, "phone-2", "*65")

    assert len((await hears(box, "your-number")).files) == 4


async def test_the_echo_test_lets_a_phone_hear_itself(box: ScriptedBox) -> None:
    await dials(box, "phone-2", "*43")
    await hears(box, "echo-test")

    await box.switch.heard.expect(ConnectLeg, lambda order: order.leg_id == PHONE and order.echo)


async def test_the_last_number_is_dialled_again(box: ScriptedBox) -> None:
    await dials(box, "phone-2", "01632960077", "first")
    placed = await box.gsm.is_dialled()
    box.gsm.report(Disconnect(leg_id=placed.leg_id, cause=Cause.USER_BUSY))
    box.phones.report(Disconnect(leg_id="first", cause=Cause.NORMAL_CALL_CLEARING))
    await box.finished()
    await dials(box, "phone-2", "*66")

    assert (await box.gsm.is_dialled()).called == "+441632960077"


async def test_who_called_last_is_called_back(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-1", CALLER, "+447700900123")
    box.gsm.press(CALLER, "5")
    await box.phones.rings("phone-1")
    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))
    await box.finished()
    await dials(box, "phone-1", "*69")

    assert (await box.gsm.is_dialled()).called == "+447700900123"


async def test_who_has_dialled_nothing_hears_so(box: ScriptedBox) -> None:
    await uses_code(box, "phone-2", "*66", "nothing-to-redial", PHONE)


async def test_intercom_asks_the_phone_to_answer_by_itself(box: ScriptedBox) -> None:
    await dials(box, "phone-2", "*80101")
    rung = await box.phones.heard.expect(AlertCall)
    box.phones.report(Connect(leg_id=rung.leg_id))

    assert (rung.line_id, rung.answer_by_itself, rung.calling) == ("phone-1", True, "102")


async def test_an_announcement_goes_one_way_to_the_whole_group(box: ScriptedBox) -> None:
    await dials(box, "phone-3", "*81600")
    legs = [await box.phones.picks_up(line) for line in ("phone-1", "phone-2")]

    muted = [await box.switch.heard.expect(SetLegGain) for _ in legs]

    assert {order.leg_id for order in muted} == set(legs)
    assert all(order.said_db == -96 for order in muted)
    assert await room_of(box, legs[0]) == await room_of(box, PHONE)
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))
    for leg in legs:
        await box.phones.cleared(leg)


async def test_all_codes_are_listed_with_what_they_do(box: ScriptedBox) -> None:
    codes = (await box.control.ask("list-codes"))["ok"]["codes"]

    keys = {one["name"]: one["keys"] for one in codes}
    assert keys["do_not_disturb_on"] == "*78"
    assert all(one["does"]["code"].startswith("code.") for one in codes)
