"""The classic holes, tried on a whole exchange: no line is seized, and the caller hears why."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from firmware.calls import metering
from firmware.calls.members import Members
from firmware.contract.causes import Cause
from firmware.contract.messages import Connect, Disconnect, HookFlash, PlaceCall
from firmware.contract.switching import Tone
from firmware.store.archive import Archive
from tests.firmware.apps.spoken import PHONE, dials, hears
from tests.firmware.apps.test_phone import CALLER, talk
from tests.firmware.scripted_box import ScriptedBox, eventually, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

SATELLITE = "+88216123456"
NUMBER = "01632960077"
MONEY_OF_ONE_MINUTE = """
[routes_out]
lines = [
    { line = "gsm-1", cost_per_minute = 0.60 },
    { line = "gsm-2", cost_per_minute = 0.60 },
]
"""


@asynccontextmanager
async def office_with(
    sounds: Path, change: tuple[str, str] = ("", ""), more: str = ""
) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(SCRIPTED_OFFICE.replace(*change, 1) + more, sounds) as running:
        yield running


def with_class(extra: str) -> tuple[str, str]:
    return 'id = "scripted"\n', f'id = "scripted"\n{extra}\n'


def with_guard(extra: str) -> tuple[str, str]:
    return "[toll_guard]\n", f"[toll_guard]\n{extra}\n"


def hang_up(box: ScriptedBox, leg_id: str = PHONE) -> None:
    box.phones.report(Disconnect(leg_id=leg_id, cause=Cause.NORMAL_CALL_CLEARING))


@pytest.mark.parametrize(
    ("keys", "prompt", "code"),
    [
        ("00493023125001", "country-closed", "toll.country-closed"),
        ("09098790000", "number-blocked", "toll.premium"),
        ("0088216123456", "number-blocked", "toll.satellite"),
        ("08431234567", "number-blocked", "toll.shared-cost"),
        ("5", "no-such-extension", "route.not-a-number"),
    ],
)
async def test_a_refused_call_hears_why_and_its_story_says_so(
    box: ScriptedBox, keys: str, prompt: str, code: str
) -> None:
    await dials(box, "phone-1", keys)
    await hears(box, prompt)
    hang_up(box)

    assert code in steps(await box.story())
    assert box.gsm.heard.of(PlaceCall) == []


async def test_s8_a_menu_whose_extension_forwards_to_a_satellite_is_refused(
    sounds: Path,
) -> None:
    """The forward was set while the number was excepted: each call looks again."""
    async with office_with(sounds, with_guard(f'allow = ["{SATELLITE}"]')) as box:
        forward = {"extension": "101", "who": "owner", "forward_always": SATELLITE}
        assert (await box.control.ask("switch-extension", **forward))["problem"] is None
        applied = await box.control.ask("apply-config", toml=SCRIPTED_OFFICE, who="owner")
        assert applied["problem"] is None
        await box.gsm.call_in("gsm-1", CALLER, "+447700900123")
        box.gsm.press(CALLER, "5")
        await eventually_in_story(box, "toll.satellite")

        assert box.gsm.heard.of(PlaceCall) == []


@pytest.mark.parametrize("number", ["0088216123456", "00493023125001", "09098790000"])
async def test_s8_no_forward_is_set_to_where_the_extension_may_not_call(
    box: ScriptedBox, number: str
) -> None:
    answer = await box.control.ask(
        "switch-extension", extension="101", who="owner", forward_always=number
    )

    assert answer["problem"]["code"].startswith("toll.")


async def test_s8_a_caller_is_not_handed_on_to_where_the_phone_may_not_call(
    box: ScriptedBox,
) -> None:
    agent = await talk(box)
    box.phones.report(HookFlash(leg_id=agent))
    await box.switch.heard.expect(Tone, lambda order: order.name == "dial")
    box.phones.press(agent, "0088216123456#")
    await eventually_in_story(box, "toll.satellite")

    assert box.gsm.heard.of(PlaceCall) == []


async def test_s8_an_emergency_call_opens_no_door_for_the_next_number(box: ScriptedBox) -> None:
    await dials(box, "phone-1", "999")
    placed = await box.gsm.is_dialled()
    box.gsm.report(Connect(leg_id=placed.leg_id))
    await eventually_in_story(box, "call.connected")
    box.phones.report(HookFlash(leg_id=PHONE))
    await box.switch.heard.expect(
        Tone, lambda order: order.leg_id == PHONE and order.name == "dial"
    )
    box.phones.press(PHONE, "00493023125001#")
    await eventually_in_story(box, "toll.country-closed")

    assert len(box.gsm.heard.of(PlaceCall)) == 1


@pytest.mark.parametrize("keys", ["01632960077#", "0088216123456#", "999#", "#01632960077"])
async def test_s9_a_caller_from_outside_never_dials_outside(box: ScriptedBox, keys: str) -> None:
    await box.gsm.call_in("gsm-1", CALLER, "+447700900123")
    box.gsm.press(CALLER, keys)
    await box.gsm.cleared(CALLER)
    await box.story()

    assert box.gsm.heard.of(PlaceCall) == []


@pytest.mark.parametrize("calling", ["101", "+441632960011"])
async def test_s11_who_calls_with_an_extension_s_number_may_dial_what_flows_may(
    sounds: Path, calling: str
) -> None:
    change = ('flow_class = "scripted"', 'flow_class = "nobody"')
    nobody = '\n[[dial_classes]]\nid = "nobody"\nkinds = []\n'
    async with office_with(sounds, change, nobody) as box:
        await box.gsm.call_in("gsm-1", CALLER, calling)
        box.gsm.press(CALLER, "4")
        await box.gsm.cleared(CALLER)

        assert "toll.not-in-class" in steps(await box.story())
        assert box.gsm.heard.of(PlaceCall) == []


# ---- PIN


async def test_a_call_goes_out_after_the_right_pin_and_the_pin_is_written_nowhere(
    sounds: Path,
) -> None:
    async with office_with(sounds, with_flows_free('pin = "80519"')) as box:
        await dials(box, "phone-1", NUMBER)
        await hears(box, "enter-pin")
        box.phones.press(PHONE, "80511#")
        await hears(box, "wrong-pin")
        box.phones.press(PHONE, "80519#")
        await box.gsm.is_dialled()
        hang_up(box)
        story = await box.story()

        assert "toll.pin-wrong" in steps(story)
        kept = (box.state / "tipring.db").read_bytes() + (box.state / "tipring.db-wal").read_bytes()
        assert b"80519" not in kept
        assert b"80511" not in kept


async def test_five_wrong_pins_lock_the_phone_for_the_next_call_too(sounds: Path) -> None:
    async with office_with(sounds, with_flows_free('pin = "80519"')) as box:
        for leg_id, tries in (("first", 3), ("second", 2)):
            await dials(box, "phone-1", NUMBER, leg_id)
            for _ in range(tries):
                await hears(box, "enter-pin", leg_id)
                box.phones.press(leg_id, "1111#")
                await hears(box, "wrong-pin", leg_id)
            hang_up(box, leg_id)
            await box.phones.cleared(leg_id)
            await box.finished(1 if leg_id == "first" else 2)
        await dials(box, "phone-1", NUMBER)
        await hears(box, "pin-locked")
        hang_up(box)

        assert "toll.pin-locked" in steps((await box.finished(3))[-1])
        assert box.gsm.heard.of(PlaceCall) == []


async def test_the_mobile_in_the_settings_needs_no_pin_and_a_forward_by_code_is_refused(
    sounds: Path,
) -> None:
    office = SCRIPTED_OFFICE.replace(*with_flows_free('pin = "80519"')).replace(
        'devices = ["phone-1"]\n', 'devices = ["phone-1"]\nmobile = "+447700900188"\n'
    )
    async with scripted_box(office, sounds) as box:
        forward = {"extension": "102", "who": "owner", "forward_always": NUMBER}
        answer = await box.control.ask("switch-extension", **forward)
        await dials(box, "phone-3", "101")

        assert (await box.gsm.is_dialled()).called == "+447700900188"
        assert answer["problem"]["code"] == "toll.pin-needed"


def with_flows_free(extra: str) -> tuple[str, str]:
    """Return the change that gives the phones' class something no flow could live with."""
    return (
        'flow_class = "scripted"\n\n[[dial_classes]]\nid = "scripted"\n',
        f'\n[[dial_classes]]\nid = "scripted"\n{extra}\n',
    )


# ---- caps


async def test_s7_two_phones_never_take_the_last_money_both(sounds: Path) -> None:
    async with office_with(sounds, with_guard("money_per_day = 0.60"), MONEY_OF_ONE_MINUTE) as box:
        await dials(box, "phone-1", NUMBER, "first")
        await dials(box, "phone-2", NUMBER, "second")
        await box.switch.heard.expect(Tone, lambda order: order.name == "congestion")
        await box.gsm.is_dialled()

        assert len(box.gsm.heard.of(PlaceCall)) == 1


async def test_s7_what_a_call_takes_stands_in_the_store_before_its_line_is_seized(
    sounds: Path,
) -> None:
    async with office_with(sounds, with_guard("minutes_per_day = 10")) as box:
        await dials(box, "phone-1", NUMBER)
        await box.gsm.is_dialled()

        (row,) = Archive(box.state / "tipring.db").spent_since(today())
        assert (row.extension, row.seconds, row.calls) == ("101", 60, 0)


async def test_s7_a_call_nobody_answers_gives_its_minute_back(sounds: Path) -> None:
    async with office_with(sounds, with_guard("minutes_per_day = 10")) as box:
        await dials(box, "phone-1", NUMBER)
        placed = await box.gsm.is_dialled()
        box.gsm.report(Disconnect(leg_id=placed.leg_id, cause=Cause.USER_BUSY))

        archive = Archive(box.state / "tipring.db")
        await eventually(
            lambda: archive.spent_since(today()), lambda rows: [row.seconds for row in rows] == [0]
        )


async def test_s7_an_extension_with_all_its_calls_at_once_gets_no_other(sounds: Path) -> None:
    async with office_with(sounds, with_class("calls_at_once = 1")) as box:
        await dials(box, "phone-1", NUMBER)
        placed = await box.gsm.is_dialled()
        box.gsm.report(Connect(leg_id=placed.leg_id))
        await eventually_in_story(box, "call.connected")
        box.phones.report(HookFlash(leg_id=PHONE))
        await box.switch.heard.expect(
            Tone, lambda order: order.leg_id == PHONE and order.name == "dial"
        )
        box.phones.press(PHONE, NUMBER + "#")
        await eventually_in_story(box, "toll.calls-at-once")

        assert len(box.gsm.heard.of(PlaceCall)) == 1


async def test_s7_a_call_abroad_is_warned_and_cut_when_it_lasts_too_long(
    sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metering, "LOOK_EVERY_S", 0.02)
    change = with_class('countries = ["DE"]')
    office = SCRIPTED_OFFICE.replace(*with_guard('countries = ["DE"]')).replace(*change)
    async with scripted_box(office, sounds) as box:
        await dials(box, "phone-1", "00493023125001")
        placed = await box.gsm.is_dialled()
        box.gsm.report(Connect(leg_id=placed.leg_id))
        await eventually_in_story(box, "call.connected")
        monkeypatch.setattr(Members, "talked_s", lambda _members, _leg: 120 * 60 - 20.0)
        await eventually_in_story(box, "call.cap-near")
        monkeypatch.setattr(Members, "talked_s", lambda _members, _leg: 120 * 60.0)
        await box.gsm.cleared(placed.leg_id)

        assert "call.too-long-abroad" in steps(await box.story())


async def test_emergency_goes_out_with_every_cap_exhausted_and_a_pin_on_everything(
    sounds: Path,
) -> None:
    change = with_flows_free('pin = "80519"\nkinds = []\nminutes_per_day = 1')
    office = SCRIPTED_OFFICE.replace(
        *with_guard("money_per_day = 0\ncalls_at_once = 1\ncalls_per_minute = 1")
    )
    office = office.replace(*change).replace(
        'kinds = ["fixed", "mobile", "toll-free", "other"]\n', ""
    )
    async with scripted_box(office, sounds) as box:
        await dials(box, "phone-1", NUMBER, "refused")
        hang_up(box, "refused")
        await box.finished()
        for leg_id, phone in (("one", "phone-1"), ("two", "phone-2")):
            await dials(box, phone, "112", leg_id)
        lines = {(await box.gsm.is_dialled()).called, (await box.gsm.is_dialled()).called}

        assert lines == {"112"}
        assert Archive(box.state / "tipring.db").spent_since(today()) == ()


async def eventually_in_story(box: ScriptedBox, code: str) -> None:
    """Wait until a live call's story has the step."""
    for _ in range(600):
        calls = (await box.control.ask("snapshot"))["ok"]["calls"]
        if any(step["what"]["code"] == code for call in calls for step in call["story"]):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"no live call's story has {code}")


def today() -> date:
    return datetime.now(ZoneInfo("Europe/London")).date()
