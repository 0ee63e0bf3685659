"""Whose is it? Calls, recordings, messages and notes of others, over every route and role.

A route of the API that names one of these and is not in the table fails the tests.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import httpx2
import pytest

from firmware.contract.control import DialRequest
from firmware.contract.texts import Text
from tests.security.people import logged_in, prove
from tests.security.rights import LEAST
from tests.webui.served import Served
from webui.accounts import RANK, Role

NAMED: Final = ("{call_id}", "{voicemail_id}", "{note_id}", "{recording_id}")
NOTE: Final = "01JD0000000000000000000009"
BODIES: Final[dict[str, Any]] = {
    "POST /api/calls/{call_id}/notes": {"text": "rang back"},
    "PUT /api/calls/{call_id}/star": {"starred": True},
    "DELETE /api/calls/{call_id}": {"reason": "asked for"},
    "DELETE /api/calls/{call_id}/recording": {"reason": "asked for"},
    "PUT /api/voicemail/{voicemail_id}/heard": {"heard": True},
}
LISTS: Final = ("GET /api/calls", "GET /api/calls/table.csv")
OF_ITS_MAKER: Final = "/api/prompts/"
"""Recordings for prompts are nobody's private things."""


@dataclass(frozen=True)
class Asker:
    """Somebody of a role; an agent answers the extension, and `theirs` says whose the call is."""

    role: Role
    extension: str | None
    sees: bool

    def __str__(self) -> str:
        return f"{self.role} of {self.extension}"


ASKERS: Final = (
    Asker(Role.AGENT, "101", sees=True),
    Asker(Role.AGENT, "102", sees=False),
    Asker(Role.AGENT, None, sees=False),
    Asker(Role.SUPERVISOR, None, sees=True),
    Asker(Role.OWNER, None, sees=True),
)
"""The recorded call is one of extension 101."""


def _naming() -> list[str]:
    return sorted(
        name for name in LEAST if any(place in name for place in NAMED) and OF_ITS_MAKER not in name
    )


@pytest.mark.parametrize("asker", ASKERS, ids=str)
async def test_nobody_reaches_what_is_not_theirs(box: Served, recorded: str, asker: Asker) -> None:
    voicemail = (await box.client.get("/api/voicemail")).json()[0]["voicemail_id"]
    places = {"{call_id}": recorded, "{voicemail_id}": voicemail, "{note_id}": NOTE}
    box.exchange.refusals["add-call-note"] = Text(code="call.not-there")
    wrong = []
    async with logged_in(box, asker.role) as client:
        await asyncio.to_thread(box.desk.users.set_extension, f"some {asker.role}", asker.extension)
        await prove(client)
        for name in _naming():
            code = await _code(client, name, places)
            may = RANK[asker.role] >= RANK[LEAST[name]]
            wanted = "web.not-allowed" if not may else None if asker.sees else "store.no-such-call"
            passed = code not in {"web.not-allowed", "store.no-such-call"}
            if (code != wanted) if wanted else not passed:
                wrong.append((name, code, wanted))

    assert wrong == []
    assert len(_naming()) >= 12


@pytest.mark.parametrize("asker", ASKERS, ids=str)
async def test_lists_hold_only_what_is_theirs(box: Served, recorded: str, asker: Asker) -> None:
    async with logged_in(box, asker.role) as client:
        await asyncio.to_thread(box.desk.users.set_extension, f"some {asker.role}", asker.extension)
        told = {name: (await client.get(name.partition(" ")[2])).text for name in LISTS}

    begun = "+447700900123"
    assert {name: begun in text for name, text in told.items()} == dict.fromkeys(LISTS, asker.sees)
    if not asker.sees:
        assert recorded not in "".join(told.values())


async def test_what_an_agent_asks_never_reaches_the_exchange_for_others_calls(
    box: Served, recorded: str
) -> None:
    async with logged_in(box, Role.AGENT) as client:
        before = len(box.exchange.asked)
        for name in _naming():
            await _code(client, name, {"{call_id}": recorded, "{note_id}": NOTE})

    assert box.exchange.asked[before:] == []


async def test_an_agent_calls_from_their_own_phones_alone(box: Served) -> None:
    wish = {"phone": "phone-1", "called": "01632960789"}
    async with logged_in(box, Role.AGENT) as client:
        await asyncio.to_thread(box.desk.users.set_extension, f"some {Role.AGENT}", "102")
        await client.post("/api/calls", json=wish)
    await box.client.post("/api/calls", json=wish)

    asked = box.exchange.requests(DialRequest)
    assert [request.only_of for request in asked] == ["102", None]


async def _code(client: httpx2.AsyncClient, name: str, places: dict[str, str]) -> str | None:
    """Return the code of the problem; None when there was none."""
    method, _, path = name.partition(" ")
    for place, value in places.items():
        path = path.replace(place, value)
    answer = await client.request(method, path, json=BODIES.get(name))
    kind = answer.headers.get("content-type", "")
    code: str | None = answer.json()["code"] if kind == "application/problem+json" else None
    return code
