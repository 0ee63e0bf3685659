"""Phones and trunks from the page: one entry of the configuration at a time, secrets told once."""

import asyncio
import tomllib
from typing import Any

import pytest

from firmware.contract.control import SwitchExtension, SwitchOpening
from firmware.contract.texts import Text
from tests.webui.practice_office import furnish, now
from tests.webui.served import Served
from webui.accounts import Role
from webui.web_db import WebDatabase

REEF = {"id": "203", "name": "Reef room", "mobile": "07700 900133", "voicemail": "own"}


@pytest.fixture
async def office(box: Served) -> Served:
    """The practice office, logged in as the owner."""
    await asyncio.to_thread(furnish, box.state, now())
    box.exchange.snapshot = box.exchange.snapshot.model_copy(update={"config_version": 2})
    return box


def live(box: Served) -> dict[str, Any]:
    return tomllib.loads((box.state / "tipring.toml").read_text("utf-8"))


def kept_secrets(box: Served) -> dict[str, Any]:
    return tomllib.loads((box.state / "secrets.toml").read_text("utf-8"))


def entry(box: Served, chapter: str, entry_id: str) -> dict[str, Any]:
    return next(dict(one) for one in live(box)[chapter] if one["id"] == entry_id)


async def add(box: Served, **fields: Any) -> dict[str, Any]:
    answer = await box.client.post("/api/extensions", json={**REEF, **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_an_extension_comes_with_a_phone_account_in_one_step(office: Served) -> None:
    before = (office.state / "tipring.toml").read_text("utf-8")

    account = (await add(office))["account"]

    assert (account["user"], account["port"], account["line_id"]) == ("203", 5060, "sip-203")
    assert len(account["secret"]) >= 20
    assert entry(office, "extensions", "203") == {
        "id": "203",
        "name": "Reef room",
        "mobile": "+447700900133",
        "voicemail": "m203",
        "devices": ["sip-203"],
    }
    line = entry(office, "lines", "sip-203")
    assert line == {
        "id": "sip-203",
        "driver": "sip",
        "account": "phone",
        "label": "Reef room",
        "user": "203",
    }
    after = (office.state / "tipring.toml").read_text("utf-8")
    assert {row for row in before.splitlines() if "#" in row} <= set(after.splitlines())
    newest = (await office.client.get("/api/config/versions")).json()[0]
    assert (newest["number"], newest["comment"]) == (3, "Extension 203 added")


async def test_a_secret_is_told_once_and_kept_apart(office: Served) -> None:
    secret = (await add(office))["account"]["secret"]

    views = [
        (await office.client.get(path)).text
        for path in ("/api/extensions", "/api/config", "/api/config/versions/3", "/api/snapshot")
    ]
    phone = (await office.client.get("/api/extensions")).json()["extensions"][-1]["phones"][0]

    assert not any(secret in view for view in views)
    assert phone["secret_set"] is True
    assert kept_secrets(office)["lines"]["sip-203"] == {"secret": secret}
    assert (office.state / "secrets.toml").stat().st_mode & 0o077 == 0


async def test_a_second_phone_has_its_own_account(office: Served) -> None:
    first = (await add(office))["account"]

    answer = await office.client.post("/api/extensions/203/phones", json={"label": "On the sofa"})

    second = answer.json()["account"]
    assert (second["user"], second["line_id"]) == ("203-2", "sip-203-2")
    assert second["secret"] != first["secret"]
    assert entry(office, "extensions", "203")["devices"] == ["sip-203", "sip-203-2"]
    assert entry(office, "lines", "sip-203-2")["label"] == "On the sofa"


async def test_a_new_password_takes_the_place_of_the_old_one(office: Served) -> None:
    old = (await add(office))["account"]["secret"]

    answer = await office.client.post("/api/extensions/203/phones/sip-203/secret")

    new = answer.json()["account"]["secret"]
    assert new != old
    assert kept_secrets(office)["lines"]["sip-203"] == {"secret": new}
    no_sip = await office.client.post("/api/extensions/101/phones/phone-1/secret")
    assert no_sip.status_code == 404


async def test_the_ring_order_is_the_order_of_the_devices(office: Served) -> None:
    await add(office)
    await office.client.post("/api/extensions/203/phones", json={})
    wish = {
        "name": "Reef room",
        "strategy": "in-order",
        "ring_s": 12,
        "voicemail": "office",
        "devices": ["sip-203-2", "sip-203"],
    }

    answer = await office.client.put("/api/extensions/203", json=wish)

    assert answer.status_code == 204, answer.text
    assert entry(office, "extensions", "203") == {
        "id": "203",
        "name": "Reef room",
        "voicemail": "office",
        "devices": ["sip-203-2", "sip-203"],
        "strategy": "in-order",
        "ring_s": 12,
    }


async def test_removing_takes_the_phones_along_but_never_the_hardware(office: Served) -> None:
    await add(office, devices=[], sip_phone=True)

    assert (await office.client.delete("/api/extensions/203")).status_code == 204
    assert "203" not in [one["id"] for one in live(office)["extensions"]]
    assert "sip-203" not in [one["id"] for one in live(office)["lines"]]

    await office.client.post("/api/extensions/101/phones", json={})
    gone = await office.client.delete("/api/extensions/101/phones/phone-1")

    assert gone.status_code == 204, gone.text
    assert "phone-1" in [one["id"] for one in live(office)["lines"]]
    listed = (await office.client.get("/api/extensions")).json()
    assert [phone["line_id"] for phone in listed["free_phones"]] == ["phone-1"]


async def test_the_secret_of_a_phone_that_is_gone_is_nobodys(office: Served) -> None:
    await add(office)
    await office.client.delete("/api/extensions/203")

    again = (await add(office))["account"]

    assert again["line_id"] == "sip-203-2"


@pytest.mark.parametrize(
    ("wish", "status", "key"),
    [
        ({"id": "101"}, 409, None),
        ({"id": "9"}, 422, None),
        ({"mobile": "nobody"}, 422, "extensions.203.mobile"),
        ({"voicemail": "nowhere"}, 422, "extensions.203.voicemail"),
        ({"ring_s": 1}, 422, "extensions.203.ring_s"),
        ({"id": "99"}, 422, None),
        ({"sip_phone": False, "mobile": None}, 422, "extensions.203"),
    ],
)
async def test_a_wish_that_cannot_be_is_one_sentence_and_changes_nothing(
    office: Served, wish: dict[str, Any], status: int, key: str | None
) -> None:
    before = (office.state / "tipring.toml").read_text("utf-8")

    answer = await office.client.post("/api/extensions", json={**REEF, **wish})

    assert answer.status_code == status, answer.text
    assert (office.state / "tipring.toml").read_text("utf-8") == before
    faults = answer.json()["faults"]
    if key is not None:
        assert [fault["args"]["key"] for fault in faults] == [key]
        assert len(faults[0]["sentence"]) > 20


async def test_the_last_phone_of_somebody_stays(office: Served) -> None:
    answer = await office.client.delete("/api/extensions/101/phones/phone-1")

    assert (answer.status_code, answer.json()["code"]) == (409, "web.last-phone")


async def test_two_changes_at_the_same_moment_both_stay(office: Served) -> None:
    wishes = [{**REEF, "id": f"20{n}", "name": f"Room {n}"} for n in range(3, 7)]

    answers = await asyncio.gather(
        *(office.client.post("/api/extensions", json=wish) for wish in wishes)
    )

    made = [wish["id"] for wish, one in zip(wishes, answers, strict=True) if one.is_success]
    assert len(made) >= 2
    assert {one["id"] for one in live(office)["extensions"] if one["id"] > "200"} == {*made}
    assert {one.json().get("code") for one in answers if not one.is_success} <= {
        "config.version-came-between"
    }


async def test_settings_on_trial_are_not_kept_by_the_way(office: Served) -> None:
    office.exchange.snapshot = office.exchange.snapshot.model_copy(
        update={"config_unconfirmed_until": now()}
    )

    answer = await office.client.post("/api/extensions", json=REEF)

    assert (answer.status_code, answer.json()["code"]) == (409, "web.settings-on-trial")


async def test_only_the_owner_changes_phones(office: Served) -> None:
    def demote() -> None:
        db = WebDatabase(office.state / "web.db")
        with db.transaction() as sql:
            sql.execute("UPDATE users SET role = ?", (Role.SUPERVISOR,))
        db.close()

    await asyncio.to_thread(demote)

    assert (await office.client.get("/api/extensions")).status_code == 200
    assert (await office.client.post("/api/extensions", json=REEF)).status_code == 403
    assert (await office.client.post("/api/trunks", json={"server": "x"})).status_code == 403


# ---- trunks

PROVIDER = {
    "label": "Sea Telecom",
    "server": "sip.example.net",
    "user": "441632960055",
    "secret": "from the letter",
    "number": "01632 960055",
}


async def test_a_trunk_is_added_changed_and_removed(office: Served) -> None:
    made = await office.client.post("/api/trunks", json=PROVIDER)
    trunk_id = made.json()["id"]

    line = entry(office, "lines", trunk_id)
    assert line == {
        "id": "trunk-1",
        "driver": "sip",
        "account": "trunk",
        "label": "Sea Telecom",
        "server": "sip.example.net",
        "user": "441632960055",
        "number": "+441632960055",
    }
    assert kept_secrets(office)["lines"]["trunk-1"] == {"secret": "from the letter"}

    wish = {**PROVIDER, "secret": None, "number_format": "national", "transport": "tls"}
    changed = await office.client.put(f"/api/trunks/{trunk_id}", json=wish)

    (view,) = (await office.client.get("/api/trunks")).json()
    assert changed.status_code == 204
    assert (view["number_format"], view["transport"], view["secret_set"]) == (
        "national",
        "tls",
        True,
    )
    assert "secret" not in view
    assert (await office.client.delete(f"/api/trunks/{trunk_id}")).status_code == 204
    assert (await office.client.get("/api/trunks")).json() == []


async def test_a_trunk_the_rules_refuse_says_which_field(office: Served) -> None:
    answer = await office.client.post("/api/trunks", json={**PROVIDER, "server": "two words"})

    (fault,) = answer.json()["faults"]
    assert (answer.status_code, fault["args"]["key"]) == (422, "lines.trunk-1.server")


async def test_a_phone_line_is_no_trunk(office: Served) -> None:
    assert (await office.client.delete("/api/trunks/phone-1")).status_code == 404
    assert (await office.client.put("/api/trunks/gsm-1", json=PROVIDER)).status_code == 404


async def test_what_the_exchange_refuses_is_told(office: Served) -> None:
    office.exchange.refusals["apply-config"] = Text(code="config.version-came-between")

    answer = await office.client.post("/api/extensions", json=REEF)

    assert (answer.status_code, answer.json()["code"]) == (409, "config.version-came-between")


async def test_switches_go_to_the_exchange(office: Served) -> None:
    wish = {"do_not_disturb": True, "forward_busy": ""}
    extension = await office.client.post("/api/extensions/101/switches", json=wish)
    opening = await office.client.put("/api/opening", json={"to": "closed"})

    assert (extension.status_code, opening.status_code) == (204, 204)
    (switched,) = office.exchange.requests(SwitchExtension)
    assert (switched.extension, switched.do_not_disturb, switched.forward_busy) == ("101", True, "")
    assert switched.forward_always is None
    assert office.exchange.requests(SwitchOpening)[0].to == "closed"


async def test_pins_are_kept_apart_and_never_told(office: Served) -> None:
    wish = {"name": "Front desk", "devices": ["phone-1"], "voicemail": "office"}

    answer = await office.client.put(
        "/api/extensions/101", json={**wish, "mailbox_pin": "4711", "dial_pin": "0815"}
    )
    again = await office.client.put("/api/extensions/101", json=wish)

    view = (await office.client.get("/api/extensions")).json()["extensions"][0]
    assert (answer.status_code, again.status_code) == (204, 204), answer.text
    assert (view["mailbox_pin_set"], view["dial_pin_set"]) == (True, True)
    kept = kept_secrets(office)
    assert (kept["mailboxes"], kept["extensions"]) == (
        {"office": {"pin": "4711"}},
        {"101": {"dial_pin": "0815"}},
    )
    assert "4711" not in (office.state / "tipring.toml").read_text("utf-8")
    wrong = await office.client.put("/api/extensions/101", json={**wish, "dial_pin": "12"})
    assert wrong.status_code == 422
    assert '"12"' not in wrong.text
