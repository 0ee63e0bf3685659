"""People: added with a code, given roles, locked out, and never left without an owner."""

import httpx2
import pytest

from firmware.contract.control import NoteAudit
from tests.security.people import logged_in, prove
from tests.webui.served import OWNER, PASSWORD, Served
from webui.accounts import Role

NEW = {"name": "Ana Lucía", "role": "agent"}


async def _add(box: Served, person: dict[str, str] = NEW) -> str:
    await prove(box.client)
    answer = await box.client.post("/api/users", json=person)
    assert answer.status_code == 201, answer.text
    code: str = answer.json()["code"]
    return code


def _form(code: str, name: str = NEW["name"]) -> dict[str, str]:
    return {"name": name, "code": code, "password": PASSWORD, "again": PASSWORD}


async def test_a_new_person_chooses_a_password_with_the_code_they_were_given(box: Served) -> None:
    code = await _add(box)

    async with httpx2.AsyncClient(base_url=box.url) as browser:
        answer = await browser.post("/reset", data=_form(code))
        me = (await browser.get("/api/me")).json()
        again = await browser.post("/reset", data=_form(code))

    assert (answer.status_code, me["name"], me["role"]) == (303, NEW["name"], "agent")
    assert again.status_code == 401
    audit = [note.what.code for note in box.exchange.requests(NoteAudit)]
    assert audit[-3:] == [
        "web.audit-user-added",
        "web.audit-role-agent",
        "web.audit-password-chosen",
    ]


async def test_without_a_chosen_password_nothing_opens(box: Served) -> None:
    await _add(box)

    for password in ("", "!", PASSWORD):
        login = {"name": NEW["name"], "password": password}
        assert (await box.client.post("/api/login", json=login)).status_code == 401


async def test_people_are_changed_only_after_the_password_was_typed(box: Served) -> None:
    answer = await box.client.post("/api/users", json=NEW)

    assert (answer.status_code, answer.json()["code"]) == (403, "web.password-needed")
    assert len((await box.client.get("/api/users")).json()) == 1


async def test_a_name_is_taken_whatever_its_capitals(box: Served) -> None:
    await _add(box)

    answer = await box.client.post("/api/users", json={**NEW, "name": "ana lucía"})

    assert (answer.status_code, answer.json()["code"]) == (409, "web.name-taken")


@pytest.mark.parametrize("name", ["", " ", "a/b", "x\n", " x", "x" * 41])
async def test_a_name_that_no_address_could_hold_is_refused(box: Served, name: str) -> None:
    await prove(box.client)

    answer = await box.client.post("/api/users", json={**NEW, "name": name})

    assert answer.status_code == 422


async def test_another_role_ends_the_persons_sessions(box: Served) -> None:
    async with logged_in(box, Role.SUPERVISOR) as theirs:
        await prove(box.client)

        answer = await box.client.put("/api/users/some supervisor/role", json={"role": "agent"})

        assert answer.status_code == 204
        assert (await theirs.get("/api/me")).status_code == 401


async def test_a_reset_locks_out_until_the_code_is_used(box: Served) -> None:
    async with logged_in(box, Role.AGENT) as theirs:
        await prove(box.client)

        code = (await box.client.post("/api/users/some agent/code")).json()["code"]

        assert (await theirs.get("/api/me")).status_code == 401
        answer = await theirs.post("/reset", data=_form(code, "some agent"))
        assert answer.status_code == 303


async def test_a_code_opens_for_its_person_alone(box: Served) -> None:
    code = await _add(box)

    async with httpx2.AsyncClient(base_url=box.url) as browser:
        answer = await browser.post("/reset", data=_form(code, OWNER))

    assert answer.status_code == 401


@pytest.mark.parametrize("way", ["remove", "demote"])
async def test_the_last_owner_stays(box: Served, way: str) -> None:
    await _add(box, {"name": "second", "role": "owner"})  # who has not chosen a password yet

    if way == "remove":
        answer = await box.client.delete(f"/api/users/{OWNER}")
    else:
        answer = await box.client.put(f"/api/users/{OWNER}/role", json={"role": "agent"})

    assert (answer.status_code, answer.json()["code"]) == (409, "web.last-owner")


async def test_who_is_removed_is_out_at_once(box: Served) -> None:
    async with logged_in(box, Role.AGENT) as theirs:
        await prove(box.client)

        assert (await box.client.delete("/api/users/some agent")).status_code == 204

        assert (await theirs.get("/api/me")).status_code == 401
    assert (await box.client.delete("/api/users/some agent")).status_code == 404


async def test_a_session_is_listed_and_can_be_ended(box: Served) -> None:
    async with logged_in(box, Role.AGENT) as theirs:
        people = (await box.client.get("/api/users")).json()
        (agent,) = (one for one in people if one["name"] == "some agent")
        (session,) = agent["sessions"]
        path = f"/api/users/some agent/sessions/{session['session_id']}"

        assert session["address"] == "127.0.0.1"
        assert (await box.client.delete(path)).status_code == 204
        assert (await theirs.get("/api/me")).status_code == 401
        assert (await box.client.delete(path)).status_code == 404
