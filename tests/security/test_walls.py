"""What keeps strangers and other sites out: headers, cookies, names, origins, and patience."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.security.people import prove
from tests.security.rights import LEAST
from tests.webui.practice_office import furnish, now
from tests.webui.served import OWNER, PASSWORD, Served
from webui.guard import Guard

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "microphone=(self), camera=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
STRANGE_HOSTS = ("evil.example", "localhost.evil.example", "", "127.0.0.1.evil.example:80", "a@b")
FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)
CHANGING = sorted(name for name in LEAST if name.split()[0] not in {"GET", "WS"})


@pytest.mark.parametrize(
    "path", ["/", "/login", "/claim", "/reset", "/api/me", "/api/health", "/api/none",
             "/assets/none.js", "/provision/none", "/tipring-ca.crt"],
)  # fmt: skip
async def test_every_kind_of_answer_carries_the_headers(fresh: Served, path: str) -> None:
    answer = await fresh.client.get(path)

    policy = dict(part.strip().split(" ", 1) for part in _policy(answer).split(";"))
    assert {name: policy[name] for name in POLICY} == POLICY
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def _policy(answer: httpx2.Response) -> str:
    return str(answer.headers["content-security-policy"])


@pytest.mark.parametrize("path", ["/api/me", "/api/health", "/login", "/claim"])
async def test_nothing_of_it_is_kept_by_a_cache(fresh: Served, path: str) -> None:
    await fresh.claim()

    answer = await fresh.client.get(path)

    assert answer.status_code == 303 or answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", STRANGE_HOSTS)
async def test_a_page_that_renamed_the_box_gets_nothing(box: Served, host: str) -> None:
    answer = await box.client.get("/api/me", headers={"Host": host})

    assert answer.status_code in {400, 403}
    assert OWNER not in answer.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("192.168.7.9", 200), ("10.0.0.4", 200), ("127.0.0.1", 200), ("fd00::7", 200),
        ("fe80::1%eth0", 200), ("::ffff:192.168.7.9", 200),
        ("203.0.112.9", 403), ("2a00:1450::1", 403), ("::ffff:8.8.8.8", 403),
    ],
)  # fmt: skip
async def test_nobody_outside_of_private_networks_is_answered(address: str, status: int) -> None:
    told: list[int] = []

    async def inside(_scope: object, _receive: object, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        told.extend([message["status"]] if "status" in message else [])

    scope = {"type": "http", "method": "GET", "path": "/", "client": (address, 50_000)}
    sent = {**scope, "headers": [(b"host", b"localhost")]}
    await Guard(inside)(sent, asyncio.Queue[Any]().get, send)

    assert told == [status]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_no_other_site_changes_anything(box: Served, headers: dict[str, str]) -> None:
    await prove(box.client)
    for name in CHANGING:
        method, _, path = name.partition(" ")
        answer = await box.client.request(method, re.sub(r"\{\w+\}", "1", path), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "web.foreign-origin"), name


@pytest.mark.parametrize("headers", FOREIGN)
async def test_no_other_site_hears_the_events(box: Served, headers: dict[str, str]) -> None:
    url = box.url.replace("http", "ws") + "/api/events"
    sent = {"Cookie": f"sid={box.client.cookies['sid']}", **headers}

    with pytest.raises(InvalidStatus) as refused:
        async with connect(url, additional_headers=sent):
            pass

    assert refused.value.response.status_code == 403


async def test_what_changes_something_wants_the_sessions_token_too(box: Served) -> None:
    del box.client.headers["X-CSRF-Token"]
    for name in CHANGING:
        method, _, path = name.partition(" ")
        answer = await box.client.request(method, re.sub(r"\{\w+\}", "1", path))
        assert (answer.status_code, answer.json()["code"]) == (403, "web.wrong-token"), name


async def test_a_session_is_new_at_every_login_and_the_one_before_is_void(box: Served) -> None:
    before = box.client.cookies["sid"]

    await box.log_in()

    assert box.client.cookies["sid"] != before
    async with httpx2.AsyncClient(base_url=box.url, cookies={"sid": before}) as thief:
        assert (await thief.get("/api/me")).status_code == 401


async def test_a_cookie_of_ones_own_choice_becomes_no_session(fresh: Served) -> None:
    await fresh.claim()
    async with httpx2.AsyncClient(base_url=fresh.url, cookies={"sid": "chosen"}) as browser:
        answer = await browser.post("/login", data={"name": OWNER, "password": PASSWORD})

        assert "sid=chosen" not in answer.headers["set-cookie"]


async def test_twenty_wrong_logins_take_longer_and_longer(fresh: Served) -> None:
    await fresh.claim()
    wrong = {"name": OWNER, "password": "not this one at all"}

    answers = [await fresh.client.post("/api/login", json=wrong) for _ in range(20)]

    assert [one.status_code for one in answers[:5]] == [401] * 5
    assert {one.status_code for one in answers[5:]} <= {401, 429}
    assert sum(one.status_code == 429 for one in answers) >= 12
    assert all(int(one.headers["retry-after"]) >= 1 for one in answers if one.status_code == 429)


async def test_guessing_from_one_address_locks_nobody_out_at_another(fresh: Served) -> None:
    for _ in range(20):
        fresh.desk.attempts.failed("192.0.2.66", OWNER)

    fresh.desk.attempts.check("192.0.2.7", OWNER)


async def test_no_answer_to_a_question_holds_a_secret(box: Served) -> None:
    await asyncio.to_thread(furnish, box.state, now())
    secrets = await _planted(box)

    told = {}
    for name in sorted(LEAST):
        method, _, path = name.partition(" ")
        if method == "GET" and path != "/api/events":
            # What exists as 101, so that something is told at all.
            answer = await box.client.get(re.sub(r"\{\w+\}", "101", path))
            told[name] = [kind for kind, secret in secrets.items() if secret in answer.text]

    assert {name: kinds for name, kinds in told.items() if kinds} == {}


async def _planted(box: Served) -> dict[str, str]:
    await prove(box.client)
    person = await box.client.post("/api/users", json={"name": "101", "role": "agent"})
    token = await box.client.post("/api/tokens", json={"name": "101", "scopes": ["read"]})
    offer = await box.client.post("/api/me/second-factor")
    return {
        "password": PASSWORD,
        "argon2": "$argon2",
        "cookie": box.client.cookies["sid"],
        "handed code": person.json()["code"],
        "token": token.json()["token"],
        "second factor": offer.json()["key"],
        "key": "PRIVATE KEY",
    }


async def test_security_txt_says_whom_to_tell_and_is_not_out_of_date(fresh: Served) -> None:
    answer = await fresh.client.get("/.well-known/security.txt")

    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"].startswith("mailto:")
    assert datetime.fromisoformat(fields["Expires"]) > datetime.now(UTC)
