"""Codes and what may be dialled, changed from the page; a country opens only with the password."""

import asyncio
import tomllib
from typing import Any

import pytest

from tests.webui.practice_office import furnish, now
from tests.webui.served import OWNER, PASSWORD, Served
from webui.accounts import Role, User
from webui.proofs import FRESH_S, Proofs
from webui.sessions import Session


@pytest.fixture
async def office(box: Served) -> Served:
    await asyncio.to_thread(furnish, box.state, now())
    box.exchange.snapshot = box.exchange.snapshot.model_copy(update={"config_version": 2})
    return box


def live(box: Served) -> dict[str, Any]:
    return tomllib.loads((box.state / "tipring.toml").read_text("utf-8"))


async def codes(box: Served) -> dict[str, dict[str, Any]]:
    listed = (await box.client.get("/api/codes")).json()
    return {code["name"]: code for code in listed}


async def test_every_code_is_listed_with_its_sentence(office: Served) -> None:
    listed = await codes(office)

    assert listed["pick_up"]["keys"] == "**"
    assert listed["pick_up"]["does"]["code"] == "code.pick-up"
    assert (listed["pick_up"]["takes"], listed["redial"]["takes"]) == ("inside-number", "nothing")
    assert len(listed) > 20


async def test_a_code_gets_other_keys_is_switched_off_and_goes_back(office: Served) -> None:
    assert (await office.client.put("/api/codes/redial", json={"keys": "*67"})).status_code == 204
    assert (await office.client.put("/api/codes/page", json={"keys": ""})).status_code == 204
    assert live(office)["codes"] == {"redial": "*67", "page": ""}
    assert (await codes(office))["page"]["keys"] == ""

    assert (await office.client.put("/api/codes/redial", json={"keys": "*66"})).status_code == 204
    assert (await codes(office))["redial"]["keys"] == "*66"


@pytest.mark.parametrize("keys", ["*97", "call", "*", "123456789"])
async def test_keys_that_clash_or_cannot_be_are_refused(office: Served, keys: str) -> None:
    answer = await office.client.put("/api/codes/redial", json={"keys": keys})

    assert answer.status_code == 422
    assert answer.json()["faults"][0]["sentence"]
    assert "codes" not in live(office)


# ---- dialling


async def prove(box: Served, password: str = PASSWORD) -> Any:
    return await box.client.post("/api/me/proof", json={"password": password})


async def guard(box: Served, **fields: Any) -> Any:
    now_ = (await box.client.get("/api/dialling")).json()["guard"]
    return await box.client.put("/api/dialling", json={**now_, **fields})


async def test_opening_a_country_wants_the_password_once_more(office: Served) -> None:
    without = await guard(office, countries=["FR"])
    wrong = await prove(office, "not my password")
    still = await guard(office, countries=["FR"])
    assert (without.status_code, without.json()["code"]) == (403, "web.password-needed")
    assert (wrong.status_code, still.status_code) == (401, 403)
    assert "countries" not in live(office).get("toll_guard", {})

    assert (await prove(office)).status_code == 204
    opened = await guard(office, countries=["FR"])
    closed = await guard(office, countries=[])

    assert (opened.status_code, closed.status_code) == (204, 204), opened.text + closed.text
    assert live(office)["toll_guard"]["countries"] == []


async def test_premium_numbers_want_it_too(office: Served) -> None:
    assert (await guard(office, premium_countries=["GB"])).status_code == 403
    await prove(office)
    assert (await guard(office, premium_countries=["GB"])).status_code == 204
    wish = {"name": "Sales", "kinds": ["fixed", "premium"], "countries": []}
    path = "/api/dialling/classes/sales"

    answer = await office.client.put(path, json=wish)

    assert answer.status_code == 204, answer.text
    (sales,) = [one for one in live(office)["dial_classes"] if one["id"] == "sales"]
    assert (sales["kinds"], sales["countries"]) == (["fixed", "premium"], [])


async def test_no_way_round_leads_through_the_text_of_the_settings(office: Served) -> None:
    config = (await office.client.get("/api/config")).json()
    wish = {"toml": config["toml"].replace("[toll_guard]", '[toll_guard]\ncountries = ["FR"]')}

    refused = await office.client.post("/api/config/apply", json=wish)
    await prove(office)
    applied = await office.client.post("/api/config/apply", json=wish)
    await office.client.post("/api/config/versions/2/restore")
    await office.log_in()
    again = await office.client.post("/api/config/versions/3/restore")

    assert (refused.status_code, refused.json()["code"]) == (403, "web.password-needed")
    assert applied.status_code == 200, applied.text
    assert (again.status_code, again.json()["code"]) == (403, "web.password-needed")


def test_a_proof_is_good_for_five_minutes_and_for_one_session() -> None:
    at = [0.0]
    proofs = Proofs(lambda: at[0])
    mine, other = (Session(User(OWNER, Role.OWNER, None), "", key) for key in ("mine", "other"))

    proofs.prove(mine)

    assert (proofs.is_fresh(mine), proofs.is_fresh(other)) == (True, False)
    at[0] = FRESH_S
    assert not proofs.is_fresh(mine)


async def test_caps_are_set_and_taken_back(office: Served) -> None:
    assert (await guard(office, money_per_day=12.5, calls_at_once=4)).status_code == 204
    written = live(office)["toll_guard"]
    assert (written["money_per_day"], written["calls_at_once"]) == (12.5, 4)

    assert (await guard(office, money_per_day=None)).status_code == 204
    view = (await office.client.get("/api/dialling")).json()
    assert "money_per_day" not in live(office)["toll_guard"]
    assert view["guard"]["calls_at_once"] == 4


async def test_a_class_says_who_has_it_and_can_go(office: Served) -> None:
    wish = {"name": "Lobby", "kinds": [], "countries": []}
    path = "/api/dialling/classes/lobby"
    assert (await office.client.put(path, json=wish)).status_code == 204
    extension = {"name": "Workshop", "devices": ["phone-2"], "may_dial": "lobby"}
    answer = await office.client.put("/api/extensions/102", json=extension)
    assert answer.status_code == 204, answer.text

    view = (await office.client.get("/api/dialling")).json()
    (lobby,) = [one for one in view["classes"] if one["id"] == "lobby"]
    in_use = await office.client.delete(path)
    await office.client.put("/api/extensions/102", json={**extension, "may_dial": None})
    gone = await office.client.delete(path)

    assert (lobby["extensions"], lobby["kinds"]) == (["102"], [])
    assert (in_use.status_code, gone.status_code) == (422, 204)
    assert (await office.client.delete(path)).status_code == 404


async def test_a_class_has_hours_and_a_pin_of_its_own(office: Served) -> None:
    asked = {"name": "Night", "kinds": ["fixed"], "timetable": "always", "pin": "4711"}
    answer = await office.client.put("/api/dialling/classes/night", json=asked)
    assert answer.status_code == 204, answer.text

    kept = next(one for one in live(office)["dial_classes"] if one["id"] == "night")
    assert kept["timetable"] == "always"
    assert "pin" not in kept
    shown = (await office.client.get("/api/dialling")).json()
    (night,) = [one for one in shown["classes"] if one["id"] == "night"]
    assert night["pin_set"]
    assert "always" in shown["timetables"]
    unknown = await office.client.put(
        "/api/dialling/classes/night", json={**asked, "timetable": "never-heard"}
    )
    assert unknown.status_code == 422


async def test_the_offices_own_block_list_and_alarms_are_kept(office: Served) -> None:
    guard = (await office.client.get("/api/dialling")).json()["guard"]
    asked = {
        **guard,
        "block": ["01632 960099", "+44118*"],
        "office_hours": "always",
        "flow_class": "practice",
        "short_calls_per_hour": 10,
    }
    answer = await office.client.put("/api/dialling", json=asked)
    assert answer.status_code == 204, answer.text

    kept = live(office)["toll_guard"]
    assert kept["block"] == ["+441632960099", "+44118*"]
    assert (kept["office_hours"], kept["short_calls_per_hour"]) == ("always", 10)
