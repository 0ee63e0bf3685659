"""The routes of webhooks: secrets shown once, addresses checked, parked messages settled."""

from datetime import UTC, datetime
from typing import Any

import pytest

from firmware.contract.control import NoteAudit
from firmware.contract.texts import Text
from tests.security.people import prove
from tests.webui.served import Served
from webui.webhooks.happenings import HookKind, HookMessage, Seen
from webui.webhooks.kept import Place
from webui.webhooks.sending import Outcome

URL = "https://crm.example/in"
WISH = {"url": URL, "kinds": ["call-ended", "message-left"]}
NOWHERE = "01JD0000000000000000000009"


async def _added(box: Served) -> dict[str, Any]:
    await prove(box.client)
    answer = await box.client.post("/api/webhooks", json=WISH)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_webhook_is_added_changed_and_removed_and_the_audit_says_so(box: Served) -> None:
    made = await _added(box)
    at = f"/api/webhooks/{made['webhook']['hook_id']}"
    changed = {"url": "https://crm.example/two", "kinds": ["alarm"], "enabled": False}

    assert (await box.client.put(at, json=changed)).status_code == 204
    (listed,) = (await box.client.get("/api/webhooks")).json()
    assert {name: listed[name] for name in changed} == changed
    assert (await box.client.delete(at)).status_code == 204

    assert (await box.client.get("/api/webhooks")).json() == []
    notes = [note.what.code for note in box.exchange.requests(NoteAudit)]
    assert notes[-3:] == [f"web.audit-hook-{what}" for what in ("added", "changed", "removed")]


async def test_the_secret_is_shown_once(box: Served) -> None:
    made = await _added(box)

    assert made["secret"].startswith("whsec_")
    assert made["secret"] not in (await box.client.get("/api/webhooks")).text


async def test_adding_one_wants_the_password_again(box: Served) -> None:
    answer = await box.client.post("/api/webhooks", json=WISH)

    assert (answer.status_code, answer.json()["code"]) == (403, "web.password-needed")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("crm", "web.hook-bad-url"),
        ("http://127.0.0.1:8080/", "web.hook-forbidden"),
        ("http://[::ffff:169.254.169.254]/", "web.hook-forbidden"),
    ],
)
async def test_an_address_that_would_reach_the_box_is_refused(
    box: Served, url: str, code: str
) -> None:
    made = await _added(box)
    at = f"/api/webhooks/{made['webhook']['hook_id']}"

    added = await box.client.post("/api/webhooks", json={**WISH, "url": url})
    changed = await box.client.put(at, json={**WISH, "url": url, "enabled": True})

    told = [(one.status_code, one.json()["code"]) for one in (added, changed)]
    assert told == [(422, code)] * 2


async def test_a_test_says_why_it_failed(box: Served) -> None:
    made = await _added(box)

    answer = await box.client.post(f"/api/webhooks/{made['webhook']['hook_id']}/test")

    assert answer.json()["why"]["code"] in {"web.hook-no-such-name", "web.hook-timeout"}


async def test_parked_messages_are_shown_with_their_reason_and_settled(box: Served) -> None:
    made = await _added(box)
    hook_id = made["webhook"]["hook_id"]
    await box.client.put(f"/api/webhooks/{hook_id}", json={**WISH, "enabled": False})
    box.desk.hooks.change(hook_id, URL, frozenset(HookKind), enabled=True)
    message = HookMessage(kind=HookKind.ALARM, at=datetime.now(UTC))
    box.desk.hooks.keep(Place("e", 1, Seen()), (message,))
    refused = Outcome(Text(code="web.hook-refused", args={"host": "c", "status": 410}), False)
    for _ in range(5):
        waiting = box.desk.hooks.next_for(hook_id)
        if waiting is not None:
            box.desk.hooks.settle(waiting, refused)

    (listed,) = (await box.client.get("/api/webhooks")).json()
    assert (listed["parked_count"], listed["parked"][0]["why"]["code"]) == (1, "web.hook-refused")
    assert (await box.client.delete(f"/api/webhooks/{hook_id}/parked")).status_code == 204
    (listed,) = (await box.client.get("/api/webhooks")).json()
    assert (listed["parked_count"], listed["waiting"]) == (0, 0)


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", ""), ("DELETE", ""), ("POST", "/test"), ("POST", "/parked"), ("DELETE", "/parked")],
)
async def test_one_that_is_gone_is_told_as_such(box: Served, method: str, path: str) -> None:
    await prove(box.client)
    body = {**WISH, "enabled": True} if method == "PUT" else None

    answer = await box.client.request(method, f"/api/webhooks/{NOWHERE}{path}", json=body)

    assert (answer.status_code, answer.json()["code"]) == (404, "web.no-such-hook")
