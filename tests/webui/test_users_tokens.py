"""Tokens of other programs: shown once, hashed, and good for their scopes only."""

import sqlite3

import httpx2
import pytest

from tests.security.people import prove
from tests.webui.served import Served

SELF_TEST = ("POST", "/api/lines/gsm-1/self-test")
READ = ("GET", "/api/lines")
CONFIG = ("GET", "/api/config")
CLEAR = ("POST", "/api/calls/01JD0000000000000000000009/clear")
PEOPLE = ("GET", "/api/users")
AUDIT = ("GET", "/api/audit")
APPLY = ("POST", "/api/config/apply")


async def _make(box: Served, *scopes: str) -> str:
    await prove(box.client)
    answer = await box.client.post("/api/tokens", json={"name": "CRM", "scopes": scopes})
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


async def _refused(box: Served, token: str, *asked: tuple[str, str]) -> list[bool]:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=box.url, headers=headers) as client:
        answers = [await client.request(method, path) for method, path in asked]
    return [answer.status_code in {401, 403} for answer in answers]


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        (("read",), {READ, CONFIG}),
        (("calls",), {CLEAR}),
        (("config",), {SELF_TEST, APPLY}),
        (("read", "calls", "config"), {READ, CONFIG, CLEAR, SELF_TEST, APPLY}),
    ],
)
async def test_a_token_may_do_what_its_scopes_say(
    box: Served, scopes: tuple[str, ...], allowed: set[tuple[str, str]]
) -> None:
    token = await _make(box, *scopes)
    everything = (READ, CONFIG, CLEAR, SELF_TEST, APPLY, PEOPLE, AUDIT)

    refused = await _refused(box, token, *everything)

    assert {asked for asked, no in zip(everything, refused, strict=True) if not no} == allowed


async def test_a_token_is_shown_once_and_kept_as_a_hash(box: Served) -> None:
    token = await _make(box, "read")

    listed = await box.client.get("/api/tokens")
    database = sqlite3.connect(box.state / "web.db")
    kept = "\n".join(database.iterdump())
    database.close()

    assert listed.json()[0]["scopes"] == ["read"]
    assert token not in listed.text + kept
    assert len(token) > 40


async def test_a_token_taken_back_opens_nothing(box: Served) -> None:
    token = await _make(box, "read")
    before = await _refused(box, token, READ)

    await box.client.delete("/api/tokens/CRM")

    assert (before, await _refused(box, token, READ)) == ([False], [True])


async def test_a_made_up_token_beside_a_session_opens_nothing(box: Served) -> None:
    headers = {"Authorization": "Bearer tipring-made-up"}

    assert (await box.client.get("/api/me", headers=headers)).status_code == 401


@pytest.mark.parametrize("scopes", [[], ["everything"]])
async def test_a_token_without_a_known_scope_is_not_made(box: Served, scopes: list[str]) -> None:
    await prove(box.client)

    answer = await box.client.post("/api/tokens", json={"name": "CRM", "scopes": scopes})

    assert answer.status_code == 422
