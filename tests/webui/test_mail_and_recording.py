"""Forms of e-mail, voicemail boxes and recording: what they write, refuse and never show."""

import asyncio
from typing import Any

import pytest

from firmware.config.model import Config
from firmware.contract.mail import LetterView, MailView, TrialView, TryMail
from firmware.contract.texts import Text
from tests.webui.practice_office import furnish, now
from tests.webui.served import Served

ACCOUNT: dict[str, Any] = {
    "server": "smtp.example.com",
    "port": None,
    "security": "starttls",
    "user": "box@example.com",
    "sender": "box@example.com",
    "missed_calls": ["boss@example.com"],
    "password": "first letter of the provider",
}


@pytest.fixture
async def office(box: Served) -> Served:
    """The practice office, logged in as the owner."""
    await asyncio.to_thread(furnish, box.state, now())
    box.exchange.snapshot = box.exchange.snapshot.model_copy(update={"config_version": 2})
    return box


async def live(office: Served) -> Config:
    return await asyncio.to_thread(
        lambda: office.desk.history.check(office.desk.history.live_text())
    )


async def put(office: Served, path: str, body: object) -> dict[str, Any]:
    """Return the problem, empty when it was done."""
    answer = await office.client.put(f"/api/{path}", json=body)
    return {} if answer.status_code == 204 else dict(answer.json())


async def test_an_account_is_live_and_its_password_never_shown(office: Served) -> None:
    assert await put(office, "mail", ACCOUNT) == {}

    shown = (await office.client.get("/api/mail")).json()
    mail = (await live(office)).mail
    assert mail.password == ACCOUNT["password"]
    assert shown.pop("password_set") is True
    assert shown == {key: value for key, value in ACCOUNT.items() if key != "password"}
    assert "letter" not in office.desk.history.live_text()


async def test_a_kept_password_goes_to_no_other_server(office: Served) -> None:
    assert await put(office, "mail", ACCOUNT) == {}
    elsewhere = {**ACCOUNT, "server": "smtp.thief.example", "password": None}

    problem = await put(office, "mail", elsewhere)

    assert problem["code"] == "web.mail-password-again"
    assert (await live(office)).mail.server == "smtp.example.com"
    assert await put(office, "mail", {**ACCOUNT, "missed_calls": [], "password": None}) == {}
    assert (await live(office)).mail.password == ACCOUNT["password"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"sender": "nobody"}, "config.not-an-address"),
        ({"sender": ""}, "config.mail-without-sender"),
        ({"port": 70_000}, "config.too-big"),
        ({"security": "none"}, "config.mail-login-in-clear"),
        ({"missed_calls": ["a@example.com\r\nBcc: b@example.com"]}, "config.not-an-address"),
    ],
)
async def test_a_wrong_field_is_one_sentence(
    office: Served, wrong: dict[str, Any], code: str
) -> None:
    problem = await put(office, "mail", ACCOUNT | wrong)

    assert [fault["code"] for fault in problem["faults"]] == [code]
    assert ACCOUNT["password"] not in str(problem)


async def test_a_test_is_asked_of_the_exchange_and_its_outcome_shown(office: Served) -> None:
    fault = Text(code="mail.port-closed", args={"server": "smtp.example.com", "port": 587})
    letter = LetterView(letter_id="1", to=("a@example.com",), subject="?", queued_at=now(), tries=1)
    trial = TrialView(to="a@example.com", fault=fault)
    office.exchange.mail = MailView(letters=(letter,), waiting=1, trial=trial)

    asked = await office.client.post("/api/mail/trial", json={**ACCOUNT, "to": " a@example.com "})
    outbox = (await office.client.get("/api/mail/outbox")).json()

    (request,) = office.exchange.requests(TryMail)
    assert asked.status_code == 202
    assert (request.to, request.account["password"]) == ("a@example.com", ACCOUNT["password"])
    assert outbox["trial"]["fault"]["code"] == "mail.port-closed"
    assert outbox["waiting"] == 1


async def test_a_team_gets_a_box_with_its_own_greeting_and_addresses(office: Served) -> None:
    form = {
        "name": "Sales team",
        "extensions": ["101", "102"],
        "email": ["anna@example.com", "ben@example.com"],
        "email_missed": True,
        "pin": "4711",
        "greeting": {"en": {"text": "We are all at sea."}},
    }
    made = await office.client.post("/api/mailboxes", json=form)
    assert made.status_code == 201, made.text

    shown = (await office.client.get("/api/mailboxes")).json()
    view = next(one for one in shown["mailboxes"] if one["id"] == made.json()["id"])
    config = await live(office)
    kept = config.mailbox(view["id"])
    assert view["extensions"] == ["101", "102"]
    assert view["greeting"]["en"] == {"text": "We are all at sea.", "sound": None}
    assert view["greeting"]["pt-BR"]["text"] == shown["usual_greeting"]["pt-BR"]
    assert view["pin_set"] is True
    assert "pin" not in view
    assert kept is not None
    assert (kept.pin, kept.email) == ("4711", ("anna@example.com", "ben@example.com"))


async def test_a_box_loses_its_greeting_and_its_people_but_not_its_pin(office: Served) -> None:
    form: dict[str, Any] = {"extensions": ["101"], "pin": "4711"}
    greeting = {"en": {"text": "Nobody is here."}}
    made = await office.client.post("/api/mailboxes", json={**form, "greeting": greeting})
    box_id = made.json()["id"]

    assert await put(office, f"mailboxes/{box_id}", {"extensions": [], "pin": ""}) == {}

    config = await live(office)
    kept = config.mailbox(box_id)
    first = config.extension("101")
    assert kept is not None
    assert first is not None
    assert (kept.pin, kept.greeting, first.voicemail) == ("4711", "leave-message", None)
    assert f"greeting-{box_id}" not in config.prompts


async def test_a_box_a_flow_leads_to_cannot_go_and_one_nobody_needs_can(office: Served) -> None:
    needed = await office.client.delete("/api/mailboxes/office")
    made = await office.client.post("/api/mailboxes", json={"name": "Spare", "extensions": ["102"]})
    gone = await office.client.delete(f"/api/mailboxes/{made.json()['id']}")
    again = await office.client.delete(f"/api/mailboxes/{made.json()['id']}")

    assert needed.status_code == 422
    assert needed.json()["faults"]
    assert (gone.status_code, again.status_code) == (204, 404)


async def test_recording_rules_say_which_calls_and_for_how_long(office: Served) -> None:
    rules = (await office.client.get("/api/recording-rules")).json()
    assert "phone-1" not in {line["id"] for line in rules["all_lines"]}
    assert rules["built_in"]["en"]
    assert rules["room"]["free_bytes"] > 0

    wanted = {
        "lines": ["fxo-1"],
        "extensions": ["102"],
        "announcement": {"en": {"text": "We record, to learn."}},
        "retention_days": 14,
        "min_days_left": 3,
    }
    assert await put(office, "recording-rules", wanted) == {}

    shown = (await office.client.get("/api/recording-rules")).json()
    config = await live(office)
    assert shown["lines"] == ["fxo-1"]
    assert shown["extensions"] == ["102"]
    assert config.recording.retention_days == 14
    assert config.recording.min_days_left == 3
    assert config.prompts["announcement"]["en"].text == "We record, to learn."

    assert await put(office, "recording-rules", {**wanted, "announcement": {}, "lines": []}) == {}
    assert "announcement" not in (await live(office)).prompts


async def test_keeping_for_no_time_at_all_is_refused(office: Served) -> None:
    problem = await put(office, "recording-rules", {"retention_days": 0})

    assert [fault["code"] for fault in problem["faults"]] == ["config.too-small"]
