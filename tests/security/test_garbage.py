"""Whatever is sent to whatever address of the API, the answer is one of ours and never a 500."""

import asyncio
import json

import httpx2
import pytest

from tests.security.garbage import Wrong, wrong_requests
from tests.security.people import prove
from tests.security.rights import ANYONE
from tests.webui.practice_office import furnish, now
from tests.webui.served import Served

EACH = 8
FORMS = sorted(name.partition(" ")[2] for name in ANYONE if name.startswith("POST"))
BODIES = (b"", b"\x00\xff", b"{", b"[" * 2000, b"null", b'{"a":' * 500, b"a=" + b"x" * 100_000)
KINDS = (
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
)
ENDLESS = {"/api/events"}
ENDS_THE_SESSION = {"/api/logout"}


@pytest.mark.timeout(180)
async def test_drawn_requests_are_answered_with_what_is_wrong(box: Served) -> None:
    await asyncio.to_thread(furnish, box.state, now())
    await prove(box.client)
    description = (await box.client.get("/api/openapi.json")).json()
    answered = 0

    for wrong in wrong_requests(description, seed=4, each=EACH):
        if wrong.path in ENDLESS | ENDS_THE_SESSION:
            continue
        answer = await _send(box.client, wrong)
        answered += 1
        _is_ours(answer, wrong)

    assert answered > 300
    assert (await box.client.get("/api/me")).status_code == 200


@pytest.mark.parametrize("path", [*FORMS, "/api/config/apply", "/api/prompts", "/api/me/proof"])
async def test_bodies_that_are_no_json_are_refused(box: Served, path: str) -> None:
    for kind in KINDS:
        for body in BODIES:
            answer = await box.client.post(path, content=body, headers={"Content-Type": kind})
            assert answer.status_code < 500, (kind, body[:20], answer.text)


@pytest.mark.parametrize(
    "path",
    ["/%2e%2e/web.db", "/assets/..%2f..%2fweb.db", "/api/%00", "/api//me", "/provision/..%2fweb.db",
     "/" + "a" * 5000, "/%ff%fe", "/api/calls/%0a"],
)  # fmt: skip
async def test_strange_addresses_lead_nowhere(box: Served, path: str) -> None:
    answer = await box.client.get(path)

    assert answer.status_code < 500
    assert "SQLite" not in answer.text


async def _send(client: httpx2.AsyncClient, wrong: Wrong) -> httpx2.Response:
    body = None if wrong.body is None else json.dumps(wrong.body).encode()
    headers = {"Content-Type": "application/json"}
    path = "".join(one if one.isprintable() and one.isascii() else "%00" for one in wrong.path)
    query = {name: value.encode("utf-8", "replace") for name, value in wrong.query.items()}
    return await client.request(
        wrong.method, path.replace(" ", "%20"), params=query, content=body, headers=headers
    )


def _is_ours(answer: httpx2.Response, wrong: Wrong) -> None:
    assert answer.status_code < 500 or answer.status_code == 503, (wrong, answer.text)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", (wrong, answer.text)
        problem = answer.json()
        assert problem["detail"], wrong
        assert problem["code"] != "web.not-logged-in", wrong
        assert problem["code"] not in problem["detail"], wrong
