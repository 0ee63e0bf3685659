"""Where calls come from and go, changed from the page: rules, callers, hours, lines, groups."""

import asyncio
import tomllib
from typing import Any

import pytest

from firmware.contract.line_care import ForgetLearnedTone
from firmware.contract.whereabouts import TryArrival
from tests.webui.practice_office import furnish, now
from tests.webui.served import Served

RULE = {"lines": ["gsm-1"], "callers": ["vip"], "to": {"extension": "101"}}
MAIN = {"to": {"flow": "main"}}
WEEK = [{"days": ["mon", "fri"], "opens": "09:00", "closes": "17:00"}]
OUTING = {"name": "Works outing", "begins": "2026-12-10T14:00:00", "ends": "2026-12-10T23:00:00"}


@pytest.fixture
async def office(box: Served) -> Served:
    await asyncio.to_thread(furnish, box.state, now())
    box.exchange.snapshot = box.exchange.snapshot.model_copy(update={"config_version": 2})
    return box


def live(box: Served) -> dict[str, Any]:
    return tomllib.loads(text(box))


def text(box: Served) -> str:
    return (box.state / "tipring.toml").read_text("utf-8")


async def put(box: Served, path: str, body: dict[str, Any], based_on: int = 2) -> int:
    answer = await box.client.put(f"/api/{path}", json={"based_on": based_on, **body})
    return answer.status_code


async def line(box: Served, line_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await box.client.get(f"/api/lines/{line_id}/settings")).json()
    return found


def form(settings: dict[str, Any], **changes: Any) -> dict[str, Any]:
    told = {"id", "driver", "version", "sim_pin_set", "hangup_tone"}
    return {key: one for key, one in settings.items() if key not in told} | changes


# ---- rules and callers


async def test_rules_change_their_order_and_comments_stay(office: Served) -> None:
    before = text(office)
    assert await put(office, "routing-in/rules", {"rules": [RULE, MAIN]}) == 204
    assert live(office)["routes_in"] == [RULE, MAIN]

    assert await put(office, "routing-in/rules", {"rules": [MAIN]}, 3) == 204
    assert text(office) == before


async def test_who_is_second_is_told_unless_the_other_changed_something_else(
    office: Served,
) -> None:
    assert await put(office, "routing-in/callers", {"vip": ["07700 900007"]}) == 204
    assert await put(office, "routing-in/rules", {"rules": [RULE, MAIN]}) == 204

    late = await office.client.put("/api/routing-in/rules", json={"based_on": 2, "rules": [MAIN]})
    assert late.status_code == 409
    assert late.json()["code"] == "web.changed-meanwhile"
    assert late.json()["detail"]
    assert len(live(office)["routes_in"]) == 2


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"to": {"flow": "nowhere"}}, "config.no-such-flow"),
        ({"to": {}}, "config.one-destination"),
        ({"timetable": "never-heard", "to": {"flow": "main"}}, "config.no-such-timetable"),
        ({"called": ["front desk"], "to": {"flow": "main"}}, "config.not-allowed"),
    ],
)
async def test_a_rule_that_leads_nowhere_is_one_sentence(
    office: Served, rule: dict[str, Any], code: str
) -> None:
    asked = {"based_on": 2, "rules": [rule]}
    answer = await office.client.put("/api/routing-in/rules", json=asked)

    assert answer.status_code == 422
    assert [fault["code"] for fault in answer.json()["faults"]] == [code]
    assert live(office)["routes_in"] == [MAIN]


async def test_callers_are_kept_as_numbers_whatever_they_were_typed_as(office: Served) -> None:
    lists = {
        "blocked": ["01632 960 099", "+44 1632 9602*", " ", "+441632960099"],
        "allowed": ["(01632) 960-255"],
        "withheld": "challenge",
    }
    assert await put(office, "routing-in/callers", lists) == 204
    assert live(office)["callers"] == {
        "blocked": ["+441632960099", "+4416329602*"],
        "allowed": ["+441632960255"],
        "withheld": "challenge",
    }

    wrong = await office.client.put(
        "/api/routing-in/callers", json={"based_on": 3, "blocked": ["my brother"]}
    )
    assert wrong.status_code == 422
    assert "my brother" in wrong.json()["faults"][0]["sentence"].replace("mybrother", "my brother")


async def test_the_preview_asks_the_exchange(office: Served) -> None:
    trial = {"line_id": "gsm-1", "calling": None, "at": "2026-12-13T10:00:00"}
    answer = await office.client.post("/api/routing-in/preview", json=trial)

    assert answer.json()["steps"][0]["code"] == "preview.blocked"
    (asked,) = office.exchange.requests(TryArrival)
    assert (asked.line_id, asked.at.isoformat()) == ("gsm-1", "2026-12-13T10:00:00")


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00", "9999-12-31T23:59:59", "soon"])
async def test_a_preview_of_no_day_one_could_mean_is_refused(office: Served, at: str) -> None:
    trial = {"line_id": "gsm-1", "calling": None, "number": "01632 960077", "at": at}
    for path in ("routing-in", "lines-out"):
        answer = await office.client.post(f"/api/{path}/preview", json=trial)

        assert answer.status_code == 422, path
        assert answer.json()["detail"]


# ---- hours


async def test_hours_are_made_changed_and_removed(office: Served) -> None:
    hours = {"weekly": WEEK, "region": "SCT", "closed_on": ["2026-12-24"]}
    own = {"day": "2026-12-31", "opens": "09:00", "closes": "13:00"}
    assert await put(office, "hours/timetables/shop", {"hours": hours}) == 204
    assert await put(office, "hours/timetables/shop", {"hours": {"hours_on": [own]}}, 3) == 204

    shop = live(office)["timetables"]["shop"]
    assert list(shop) == ["hours_on"]
    assert shop["hours_on"][0]["day"].isoformat() == "2026-12-31"
    listed = (await office.client.get("/api/hours")).json()
    assert [one["name"] for one in listed["timetables"]] == ["always", "shop"]
    assert (await office.client.delete("/api/hours/timetables/shop")).status_code == 204
    assert "shop" not in live(office)["timetables"]


async def test_hours_in_use_stay(office: Served) -> None:
    answer = await office.client.delete("/api/hours/timetables/always")

    assert answer.status_code == 422
    assert answer.json()["faults"][0]["code"] == "config.no-such-timetable"


@pytest.mark.parametrize(
    "hours",
    [
        {"weekly": [{"days": ["mon"], "opens": "9", "closes": "17:00"}]},
        {"weekly": [{"days": [], "opens": "09:00", "closes": "17:00"}]},
        {"region": "SP"},
        {"closed_on": ["tomorrow"]},
    ],
)
async def test_hours_that_cannot_be_are_refused(office: Served, hours: dict[str, Any]) -> None:
    assert await put(office, "hours/timetables/shop", {"hours": hours}) == 422
    assert "shop" not in live(office)["timetables"]


async def test_holidays_of_the_country_and_of_a_part_of_it(office: Served) -> None:
    country = (await office.client.get("/api/hours/holidays?year=2026")).json()["holidays"]
    part = (await office.client.get("/api/hours/holidays?year=2026&region=SCT")).json()["holidays"]

    assert {"day": "2026-12-25", "name": "Christmas Day"} in country
    assert "2026-11-30" in {one["day"] for one in part} - {one["day"] for one in country}
    unknown = await office.client.get("/api/hours/holidays?year=2026&region=SP")
    assert unknown.json()["code"] == "web.no-such-region"


async def test_a_closure_with_words_of_its_own_is_heard_in_all_languages(office: Served) -> None:
    body = {"based_on": 2, **OUTING, "texts": {"en": "We are out walking."}}
    made = await office.client.post(
        "/api/hours/closures", json={**body, "to": {"voicemail": "office"}}
    )
    assert made.status_code == 201, made.text
    closure_id = made.json()["id"]

    office_now = live(office)
    assert office_now["closures"][0]["prompt"] == closure_id
    assert office_now["closures"][0]["begins"].isoformat() == "2026-12-10T14:00:00"
    assert office_now["prompts"][closure_id]["en"]["text"] == "We are out walking."
    assert office_now["prompts"][closure_id]["pt-BR"]["text"]
    (shown,) = (await office.client.get("/api/hours")).json()["closures"]
    assert shown["texts"]["en"] == "We are out walking."

    plain = {**OUTING, "announced": True, "texts": {}}
    assert await put(office, f"hours/closures/{closure_id}", plain, 3) == 204
    assert live(office)["closures"][0]["prompt"] == "closed"
    assert (await office.client.delete(f"/api/hours/closures/{closure_id}")).status_code == 204
    assert not live(office).get("closures")


async def test_a_closure_that_ends_too_soon_is_refused(office: Served) -> None:
    body = {"based_on": 2, **OUTING, "ends": "2026-12-10T13:00:00"}
    answer = await office.client.post("/api/hours/closures", json=body)

    assert answer.status_code == 422
    assert answer.json()["faults"][0]["code"] == "config.ends-before-it-begins"


# ---- lines


async def test_a_lines_settings_are_shown_and_changed(office: Served) -> None:
    before = await line(office, "gsm-1")
    assert (before["driver"], before["imei"], before["record"]) == ("gsm", "860000000000011", True)

    changes = {"label": "Mobile", "enabled": False, "receive_db": 3.0, "sim_pin": "1234"}
    assert await put(office, "lines/gsm-1/settings", form(before, **changes)) == 204

    after = await line(office, "gsm-1")
    assert (after["label"], after["enabled"], after["receive_db"]) == ("Mobile", False, 3.0)
    assert after["sim_pin_set"]
    assert "1234" not in text(office)


async def test_an_analogue_line_has_its_own_country(office: Served) -> None:
    before = await line(office, "fxo-1")
    asked = form(before, country="ES", caller_id=False, answer_after_rings=3)
    assert await put(office, "lines/fxo-1/settings", asked) == 204

    kept = next(one for one in live(office)["lines"] if one["id"] == "fxo-1")
    assert (kept["country"], kept["caller_id"], kept["answer_after_rings"]) == ("ES", False, 3)
    assert "imei" not in kept


@pytest.mark.parametrize(
    "changes", [{"receive_db": 99}, {"imei": "no such"}, {"max_call_s": 5}, {"imei": None}]
)
async def test_settings_a_line_cannot_have_are_refused(
    office: Served, changes: dict[str, Any]
) -> None:
    before = await line(office, "gsm-1")
    asked = form(before, iccid=None, **changes)

    assert await put(office, "lines/gsm-1/settings", asked) == 422


async def test_a_device_is_taken_into_use_and_given_up(office: Served) -> None:
    body = {"driver": "gsm", "device": "860000000000055", "label": "New one"}
    made = await office.client.post("/api/lines", json=body)
    line_id = made.json()["id"]
    assert (await line(office, line_id))["imei"] == "860000000000055"

    assert (await office.client.delete(f"/api/lines/{line_id}")).status_code == 204
    assert (await office.client.get(f"/api/lines/{line_id}/settings")).status_code == 404


async def test_the_sound_check_shows_both_ways(office: Served) -> None:
    found = (await office.client.get("/api/lines/gsm-1/levels")).json()

    assert (found["talking"], found["received"]["suggested_db"]) == (True, 9)


async def test_a_tone_in_the_configuration_is_forgotten_too(office: Served) -> None:
    learned = "hangup_tone = { frequency_hz = 400.0, on_ms = 375, off_ms = 375 }"
    changed = text(office).replace('serial = "conexant-d1"', f'serial = "conexant-d1"\n{learned}')
    await office.client.post("/api/config/apply", json={"toml": changed})
    assert (await line(office, "fxo-1"))["hangup_tone"]["tone"]["on_ms"] == 375

    assert (await office.client.delete("/api/lines/fxo-1/hangup-tone")).status_code == 204
    assert (await line(office, "fxo-1"))["hangup_tone"] is None
    assert office.exchange.requests(ForgetLearnedTone)[0].line_id == "fxo-1"


# ---- lines for calls out, groups


async def test_lines_out_have_an_order_prices_and_kinds(office: Served) -> None:
    cheap = {"line": "gsm-2", "cost_per_minute": 0.05, "kinds": ["mobile"], "abroad": False}
    dear = {"line": "fxo-1", "cost_per_minute_to": {"+34": 0.08}, "money_per_day": 5}
    assert await put(office, "lines-out", {"chosen": [cheap, dear]}) == 204
    assert [one["line"] for one in live(office)["routes_out"]["lines"]] == ["gsm-2", "fxo-1"]
    shown = (await office.client.get("/api/lines-out")).json()
    assert (shown["chosen"][0]["kinds"], shown["chosen"][0]["abroad"]) == (["mobile"], False)

    assert await put(office, "lines-out", {"chosen": [{"line": "gsm-9"}]}, 3) == 422
    assert await put(office, "lines-out", {"chosen": []}, 3) == 204
    assert not live(office).get("routes_out", {}).get("lines")


async def test_the_dialling_preview_names_the_lines(office: Served) -> None:
    trial = {"number": "01632 960077", "extension": "101", "at": "2026-12-13T10:00:00"}
    answer = (await office.client.post("/api/lines-out/preview", json=trial)).json()

    assert [one["line_id"] for one in answer["lines"]] == ["gsm-1"]


async def test_a_group_is_made_changed_and_removed(office: Served) -> None:
    sales = {"id": "sales", "name": "Sales", "extension": "601", "extensions": ["101", "102"]}
    assert await put(office, "groups/sales", {"group": sales}) == 204
    fewer = {**sales, "extension": None, "extensions": ["102"]}
    assert await put(office, "groups/sales", {"group": fewer}, 3) == 204
    kept = next(one for one in live(office)["groups"] if one["id"] == "sales")
    assert kept == {"id": "sales", "name": "Sales", "extensions": ["102"]}

    assert await put(office, "groups/sales", {"group": {**sales, "id": "other"}}, 4) == 409
    assert (await office.client.delete("/api/groups/sales")).status_code == 204
    assert (await office.client.delete("/api/groups/sales")).status_code == 404
