"""The call-flow editor's side of the server: read, check, try, publish, count."""

import sqlite3
from contextlib import closing
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from firmware.contract.texts import Text
from tests.webui.practice_office import now
from tests.webui.served import OWNER, Served
from webui.flow_traffic import exit_counts
from webui.office_edit import live_office

pytestmark = pytest.mark.usefixtures("recorded")


async def view(box: Served) -> dict[str, Any]:
    answer = await box.client.get("/api/flows")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def draft_of(live: dict[str, Any]) -> dict[str, Any]:
    return {"flows": deepcopy(live["flows"]), "prompts": deepcopy(live["prompts"])}


async def faults(box: Served, draft: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await box.client.post("/api/flows/check", json=draft)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["faults"]
    return found


async def test_every_kind_of_node_has_a_form_made_from_its_model(box: Served) -> None:
    forms = {form["type"]: form for form in (await view(box))["forms"]}

    menu = {field["name"]: field for field in forms["menu"]["fields"]}
    assert menu["keys"]["kind"] == "keys"
    assert (menu["prompt"]["kind"], menu["prompt"]["required"]) == ("prompt", True)
    assert (menu["timeout_s"]["least"], menu["timeout_s"]["most"]) == (1, 60)
    assert menu["dial_extension"]["default"] is False
    assert forms["menu"]["exits"] == ["timeout", "invalid"]
    assert forms["connect"]["exits"] == ["no_answer", "busy"]
    assert forms["goto"]["exits"] == []
    assert {form["type"] for form in forms.values()} >= {"play", "hours", "voicemail", "hangup"}


async def test_faults_name_their_node_and_field(box: Served) -> None:
    draft = draft_of(await view(box))
    nodes = draft["flows"]["main"]["nodes"]
    nodes["welcome"]["keys"]["7"] = "nowhere"
    nodes["front-desk"]["busy"] = None

    found = await faults(box, draft)

    assert [(one["flow"], one["node"], one["field"], one["code"]) for one in found] == [
        ("main", "welcome", "keys.7", "config.no-such-node")
    ]
    nodes["welcome"]["keys"].pop("7")
    nodes["lonely"] = {"type": "hangup"}
    assert [(one["node"], one["code"]) for one in await faults(box, draft)] == [
        ("lonely", "config.node-unreachable")
    ]
    nodes["lonely"] = {"type": "menu", "prompt": "no-such-prompt"}
    assert {one["field"] for one in await faults(box, draft)} == {"keys", "timeout", "invalid"}


async def test_what_is_live_has_no_faults(box: Served) -> None:
    assert await faults(box, draft_of(await view(box))) == []


@pytest.mark.parametrize("name", ["welcome", "submenu", "after-hours"])
async def test_a_template_begins_without_faults_in_the_offices_languages(
    box: Served, name: str
) -> None:
    live = await view(box)
    template = next(one for one in live["templates"] if one["name"] == name)
    draft = draft_of(live)
    draft["flows"][name] = template["flow"]
    draft["prompts"] |= template["prompts"]

    assert await faults(box, draft) == []
    for said in template["prompts"].values():
        assert set(said) == set(live["languages"])
        assert "Practice office" in said["en"]["text"] or "press" in said["en"]["text"]


async def test_a_draft_goes_live_as_a_version_and_comments_stay(box: Served) -> None:
    live = await view(box)
    draft = draft_of(live)
    draft["flows"]["main"]["nodes"]["welcome"]["timeout_s"] = 9
    comments = (await box.client.get("/api/config")).json()["toml"].count("#")

    wish = {**draft, "based_on": live["version"], "comment": "more time to think"}
    answer = await box.client.post("/api/flows/publish", json=wish)

    assert answer.status_code == 200, answer.text
    assert answer.json()["version"] == 3
    newest = (await box.client.get("/api/config/versions")).json()[0]
    assert (newest["who"], newest["comment"]) == (OWNER, "more time to think")
    assert (await view(box))["flows"] == draft["flows"]
    assert (await box.client.get("/api/config")).json()["toml"].count("#") == comments


async def test_somebody_elses_version_in_between_is_told(box: Served) -> None:
    draft = draft_of(await view(box))
    draft["flows"]["main"]["nodes"]["welcome"]["retries"] = 1

    answer = await box.client.post("/api/flows/publish", json={**draft, "based_on": 1})

    assert (answer.status_code, answer.json()["code"]) == (409, "config.version-came-between")


async def test_a_draft_with_faults_does_not_go_live(box: Served) -> None:
    live = await view(box)
    draft = draft_of(live)
    draft["flows"]["main"]["start"] = "nowhere"

    wish = {**draft, "based_on": live["version"]}
    answer = await box.client.post("/api/flows/publish", json=wish)

    assert answer.status_code == 422
    assert (await view(box))["flows"] == live["flows"]


async def test_what_would_happen_is_told_in_the_readers_language(box: Served) -> None:
    draft = draft_of(await view(box))
    draft["flows"]["main"]["nodes"]["welcome"]["prompt"] = "goodbye"
    call = {"line": "gsm-1", "calling": "07700 900123", "at": "2026-11-18T10:00", "keys": ["1"]}

    answer = await box.client.post(
        "/api/flows/try", json={**draft, **call}, headers={"Accept-Language": "es"}
    )

    assert answer.status_code == 200, answer.text
    steps = answer.json()["steps"]
    assert [(one["node"], one["exit"]) for one in steps] == [
        (None, None),
        ("hours", "open"),
        ("welcome", "keys.1"),
        ("front-desk", None),
    ]
    assert steps[2]["sentence"] == "Quien llama pulsa 1"
    assert [(one["prompt"], bool(one["text"])) for one in steps[2]["heard"]] == [("goodbye", True)]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"line": "gsm-99"}, 404),
        ({"flow": "none"}, 404),
        ({"keys": ["hello"]}, 422),
        ({"at": "today"}, 422),
    ],
)
async def test_a_call_that_cannot_be_is_refused(
    box: Served, change: dict[str, Any], status: int
) -> None:
    call = {"line": "gsm-1", "at": "2026-11-18T10:00", "keys": []}

    asked = {**draft_of(await view(box)), **call, **change}

    assert (await box.client.post("/api/flows/try", json=asked)).status_code == status


async def test_typed_text_is_spoken_before_it_is_live(box: Served) -> None:
    wish = {"text": "We are on the moor today.", "language": "en"}

    made = await box.client.post("/api/prompts/spoken", json=wish)
    heard = await box.client.get(f"/api/prompts/sounds/{made.json()['sound']}")

    assert made.status_code == 201, made.text
    assert made.json()["duration_ms"] > 500
    assert (heard.status_code, heard.headers["content-type"]) == (200, "audio/wav")
    assert heard.content[:4] == b"RIFF"
    assert (await box.client.get(f"/api/prompts/sounds/{'0' * 64}")).status_code == 404


async def test_callers_of_the_last_week_are_counted_at_the_exits(
    box: Served, recorded: str
) -> None:
    with closing(sqlite3.connect(box.state / "tipring.db")) as db, db:
        args = '{"flow": "main", "node": "front-desk"}'
        row = (recorded, 90, 9400, "ivr.node", args)
        sql = "INSERT INTO call_steps (call_id, n, at_ms, code, args) VALUES (?, ?, ?, ?, ?)"
        db.execute(sql, row)

    assert (await box.client.get("/api/flows/traffic")).json() == [
        {"flow": "main", "node": "welcome", "exit": "keys.1", "callers": 1}
    ]


async def test_where_several_exits_lead_to_one_node_the_key_tells(box: Served) -> None:
    config = await live_office(box.desk)
    welcome = Text(code="ivr.node", args={"flow": "main", "node": "welcome"})
    message = Text(code="ivr.node", args={"flow": "main", "node": "message"})
    key, silent = Text(code="ivr.keys", args={"keys": "2"}), Text(code="ivr.no-key")
    steps = [("a", welcome), ("a", key), ("a", message)]
    for call in ("b", "c"):
        steps += [(call, welcome), (call, silent), (call, silent), (call, message)]

    counts = {one.exit: one.callers for one in exit_counts(steps, config)}

    assert counts == {"keys.2": 1, "timeout": 2}


async def test_old_calls_are_not_counted(box: Served) -> None:
    assert box.desk.archive.flow_steps(now() - timedelta(days=7)) != ()
    assert box.desk.archive.flow_steps(now() + timedelta(hours=1)) == ()
