"""Nothing is reachable before the login; who gets in, and who stays out."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi.routing import iter_route_contexts
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from firmware.contract.control import SelfTestRequest
from tests.webui.served import OWNER, PASSWORD, Served
from webui.accounts import CodePurpose, Role
from webui.web_db import WebDatabase

OPEN = {
    "GET /claim",
    "POST /claim",
    "GET /claim/restore",
    "POST /claim/restore",
    "GET /login",
    "POST /login",
    "GET /recover",
    "POST /recover",
    "GET /login/second",
    "POST /login/second",
    "GET /reset",
    "POST /reset",
    "GET /api/health",
    "POST /api/login",
    "GET /provision/{path:path}",
    "GET /.well-known/security.txt",
    "GET /tipring-ca.crt",
}
PAGE = "/{path:path}"
UNTRUE = "another set of wires"


def routes_of(served: Served) -> list[tuple[str, str]]:
    """Return (method, path) of every route but the assets'; WS for the event stream."""
    return [
        (method, route.path or "")
        for route in iter_route_contexts(served.app.routes)
        if route.path != "/assets"
        for method in (route.methods or {"WS"})
    ]


async def test_every_route_but_the_way_in_wants_a_login(fresh: Served) -> None:
    await fresh.claim()
    reachable = set()
    for method, path in routes_of(fresh):
        if method == "WS" or path == PAGE:
            continue
        answer = await fresh.client.request(method, re.sub(r"\{\w+\}", "1", path))
        if "web.not-logged-in" not in answer.text:
            reachable.add(f"{method} {path}")

    assert reachable == OPEN
    assert len(routes_of(fresh)) > len(OPEN) + 20


async def test_the_event_stream_wants_a_login(fresh: Served) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(fresh.url.replace("http", "ws") + "/api/events"):
            pass

    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("path", ["/", "/now", "/calls/x", "/anything"])
async def test_before_the_claim_every_page_leads_to_it(fresh: Served, path: str) -> None:
    answer = await fresh.client.get(path)

    assert (answer.status_code, answer.headers["location"]) == (303, "/claim")


async def test_the_claim_makes_the_owner_and_a_session(fresh: Served) -> None:
    code = await asyncio.to_thread(fresh.desk.accounts.new_code, CodePurpose.CLAIM)
    form = {"code": code.lower(), "name": OWNER, "password": PASSWORD, "again": PASSWORD}

    answer = await fresh.client.post("/claim", data=form)
    me = await fresh.client.get("/api/me")
    again = await fresh.client.post("/claim", data=form)

    assert (answer.status_code, answer.headers["location"]) == (303, "/setup")
    assert (me.json()["name"], me.json()["role"]) == (OWNER, "owner")
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("wrong", "status", "sentence"),
    [
        ({"code": "0000-0000-0000-0000"}, 401, "This code is not right"),
        ({"password": "short", "again": "short"}, 422, "A password has 12 to 128 characters"),
        ({"password": "password1234", "again": "password1234"}, 422, "among the first"),
        ({"again": UNTRUE}, 422, "not the same"),
    ],
)
async def test_a_wrong_claim_says_why_and_changes_nothing(
    fresh: Served, wrong: dict[str, str], status: int, sentence: str
) -> None:
    code = await asyncio.to_thread(fresh.desk.accounts.new_code, CodePurpose.CLAIM)
    form = {"code": code, "name": OWNER, "password": PASSWORD, "again": PASSWORD}

    answer = await fresh.client.post("/claim", data={**form, **wrong})

    assert answer.status_code == status
    assert sentence in answer.text
    assert not await asyncio.to_thread(fresh.desk.accounts.claimed)


async def test_the_forms_speak_the_readers_language(fresh: Served) -> None:
    answer = await fresh.client.get("/claim", headers={"Accept-Language": "fr, pt;q=0.8, en;q=0.5"})

    assert 'lang="pt-BR"' in answer.text
    assert "Torne esta caixa sua" in answer.text


async def test_the_cookie_is_closed_to_scripts_and_other_sites(fresh: Served) -> None:
    await fresh.claim()

    answer = await fresh.client.post("/login", data={"name": OWNER, "password": PASSWORD})

    cookie = answer.headers["set-cookie"]
    assert re.fullmatch(
        r"sid=[\w-]{43}; HttpOnly; Max-Age=43200; Path=/; SameSite=lax", cookie, re.IGNORECASE
    )


async def test_the_owner_gets_in_while_the_exchange_is_gone(fresh: Served) -> None:
    await fresh.claim()
    await fresh.exchange.die()
    await fresh.reaches_exchange(reachable=False)

    await fresh.log_in()

    assert (await fresh.client.get("/api/me")).status_code == 200


async def test_logging_out_ends_the_session_on_the_server(box: Served) -> None:
    cookies = dict(box.client.cookies)

    await box.client.post("/api/logout")

    async with httpx2.AsyncClient(base_url=box.url, cookies=cookies) as thief:
        assert (await thief.get("/api/me")).status_code == 401


async def test_a_new_password_ends_all_other_sessions(box: Served) -> None:
    async with httpx2.AsyncClient(base_url=box.url) as other:
        await other.post("/api/login", json={"name": OWNER, "password": PASSWORD})
        change = {"old": PASSWORD, "new": "seven other wires"}

        answer = await box.client.put("/api/me/password", json=change)

        assert answer.status_code == 200
        assert (await other.get("/api/me")).status_code == 401
        assert (await box.client.get("/api/me")).status_code == 200


async def test_a_code_from_the_console_replaces_a_lost_password(box: Served) -> None:
    code = await asyncio.to_thread(box.desk.accounts.new_code, CodePurpose.RECOVER)
    form = {"code": code, "password": "eight wires in a duct", "again": "eight wires in a duct"}

    async with httpx2.AsyncClient(base_url=box.url) as browser:
        answer = await browser.post("/recover", data=form)
        twice = await browser.post("/recover", data=form)

    assert answer.status_code == 303
    assert twice.status_code == 401
    assert (await box.client.get("/api/me")).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body", "role"),
    [
        ("GET", "/api/config", None, Role.AGENT),
        ("GET", "/api/voicemail", None, Role.AGENT),
        ("POST", "/api/lines/gsm-1/self-test", None, Role.AGENT),
        ("GET", "/api/audit", None, Role.SUPERVISOR),
        ("POST", "/api/config/apply", {"toml": ""}, Role.SUPERVISOR),
        ("DELETE", "/api/calls/01JD0000000000000000000009/recording", None, Role.SUPERVISOR),
    ],
)
async def test_a_role_that_may_not_is_told_so(
    box: Served, method: str, path: str, body: object, role: Role
) -> None:
    def demote() -> None:
        db = WebDatabase(box.state / "web.db")
        with db.transaction() as sql:
            sql.execute("UPDATE users SET role = ?", (role,))
        db.close()

    await asyncio.to_thread(demote)

    answer = await box.client.request(method, path, json=body)

    assert (answer.status_code, answer.json()["code"]) == (403, "web.not-allowed")


async def test_what_changes_something_wants_the_sessions_token(box: Served) -> None:
    box.client.headers["X-CSRF-Token"] = "guessed"

    answer = await box.client.post("/api/lines/gsm-1/self-test")

    assert (answer.status_code, answer.json()["code"]) == (403, "web.wrong-token")


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
async def test_another_site_cannot_post_in_the_owners_name(
    box: Served, headers: dict[str, str]
) -> None:
    answer = await box.client.post("/api/lines/gsm-1/self-test", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "web.foreign-origin")
    assert box.exchange.requests(SelfTestRequest) == []


async def test_another_site_cannot_open_the_event_stream(box: Served) -> None:
    headers = {"Cookie": f"sid={box.client.cookies['sid']}", "Origin": "https://evil.example"}

    with pytest.raises(InvalidStatus) as refused:
        async with connect(
            box.url.replace("http", "ws") + "/api/events", additional_headers=headers
        ):
            pass

    assert refused.value.response.status_code == 403


async def test_a_strange_host_name_is_refused(fresh: Served) -> None:
    answer = await fresh.client.get("/api/health", headers={"Host": "evil.example"})

    assert (answer.status_code, answer.json()["code"]) == (403, "web.unknown-host")


async def test_every_answer_carries_the_security_headers(fresh: Served) -> None:
    answer = await fresh.client.get("/claim")

    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_guessing_slows_down_and_the_form_says_how_long(fresh: Served) -> None:
    await fresh.claim()
    wrong = {"name": OWNER, "password": UNTRUE}
    for _ in range(5):
        assert (await fresh.client.post("/login", data=wrong)).status_code == 401

    answer = await fresh.client.post("/login", data={"name": OWNER, "password": PASSWORD})

    assert answer.status_code == 429
    assert "Too many wrong tries" in answer.text


async def test_a_body_beyond_all_measure_is_refused_unread(box: Served) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"x"

    answer = await box.client.post("/api/prompts", content=endless())

    assert answer.status_code == 413
