"""Calls in the page: who sees which, what is added to them, and how they are taken away."""

import asyncio
import csv
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest
import soundfile

from firmware.contract import call_requests as r
from firmware.contract import control as c
from firmware.contract.texts import Text
from tests.firmware.store.rows_of import call, committed, ended, leg, opened
from tests.security.people import logged_in
from tests.webui.practice_office import now
from tests.webui.served import OWNER, Served
from webui.accounts import Role

NOBODYS_CALL = "01JD7Z000000000000000000X0"


@pytest.fixture
async def agent(box: Served) -> AsyncIterator[httpx2.AsyncClient]:
    async with logged_in(box, Role.AGENT) as client:
        yield client


async def _answers(box: Served, extension: str | None) -> None:
    await asyncio.to_thread(box.desk.users.set_extension, "some agent", extension)


async def _ids(client: httpx2.AsyncClient, **wish: str) -> list[str]:
    answer = await client.get("/api/calls", params=wish)
    assert answer.status_code == 200, answer.text
    return [one["call_id"] for one in answer.json()["calls"]]


async def test_an_agent_sees_the_calls_of_their_own_extension_and_no_other(
    box: Served, recorded: str, agent: httpx2.AsyncClient
) -> None:
    assert await _ids(agent) == []
    await _answers(box, "101")
    assert await _ids(agent) == [recorded]
    assert await _ids(agent, text="07700 900123") == [recorded]
    assert await _ids(agent, text="07700 900456") == []
    assert await _ids(agent, extension="102") == []
    assert (await agent.get(f"/api/calls/{recorded}")).status_code == 200
    table = (await agent.get("/api/calls/table.csv")).text
    assert len(table.splitlines()) == 2

    await _answers(box, "102")
    assert await _ids(agent) == []
    for method, path, body in (
        ("GET", f"/api/calls/{recorded}", None),
        ("POST", f"/api/calls/{recorded}/notes", {"text": "mine now"}),
        ("DELETE", f"/api/calls/{recorded}/notes/{NOBODYS_CALL}", None),
    ):
        answer = await agent.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "store.no-such-call"), path
    assert box.exchange.requests(r.AddCallNote) == []


async def test_whose_phone_somebody_answers_is_the_owners_to_say(
    box: Served, recorded: str, agent: httpx2.AsyncClient
) -> None:
    path = "/api/users/some agent/extension"
    await box.client.post("/api/me/proof", json={"password": "seven wires in a duct"})
    assert (await agent.put(path, json={"extension": "101"})).status_code == 403
    unknown = await box.client.put(path, json={"extension": "999"})
    assert (unknown.status_code, unknown.json()["code"]) == (409, "web.no-such-extension")

    assert (await box.client.put(path, json={"extension": "101"})).status_code == 204
    assert await _ids(agent) == [recorded]
    people = (await box.client.get("/api/users")).json()
    assert {one["name"]: one["extension"] for one in people} == {OWNER: None, "some agent": "101"}


async def test_star_notes_and_deleting_reach_the_exchange_with_who_and_why(
    box: Served, recorded: str
) -> None:
    path = f"/api/calls/{recorded}"
    assert (await box.client.put(f"{path}/star", json={"starred": True})).status_code == 204
    note = await box.client.post(f"{path}/notes", json={"text": "wants an offer"})
    assert note.status_code == 201
    note_id = note.json()["note_id"]
    assert (await box.client.delete(f"{path}/notes/{note_id}")).status_code == 204
    reason = {"reason": "the caller asked for it"}
    for where in (f"{path}/recording", path):
        assert (await box.client.request("DELETE", where, json=reason)).status_code == 204

    asked = [one for one in box.exchange.asked if one.do.endswith(("-call", "-note", "-recording"))]
    assert [(one.do, one.who) for one in asked] == [  # type: ignore[union-attr]
        ("star-call", OWNER),
        ("add-call-note", OWNER),
        ("remove-call-note", OWNER),
        ("delete-recording", OWNER),
        ("delete-call", OWNER),
    ]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
async def test_nothing_is_deleted_without_a_reason(box: Served, recorded: str, reason: str) -> None:
    for path in (f"/api/calls/{recorded}", f"/api/calls/{recorded}/recording"):
        answer = await box.client.request("DELETE", path, json={"reason": reason})
        assert answer.status_code == 422
    assert box.exchange.requests(r.DeleteCall) == box.exchange.requests(r.DeleteRecording) == []


async def test_what_cannot_be_deleted_now_is_told_in_one_sentence(
    box: Served, recorded: str
) -> None:
    box.exchange.refusals["delete-recording"] = Text(code="control.recording-being-written")
    path = f"/api/calls/{recorded}/recording"
    answer = await box.client.request("DELETE", path, json={"reason": "not needed"})

    assert answer.status_code == 409
    assert answer.json()["detail"] == (
        "The recording is still being written. Try again in a minute."
    )


async def test_not_a_byte_is_sent_before_the_listening_is_written_down(
    box: Served, recorded: str
) -> None:
    path = f"/api/calls/{recorded}/recording"
    box.exchange.refusals["note-hearing"] = Text(code="store.cannot-write", args={"why": "full"})
    for wanted in (path, f"{path}/file", f"{path}/file?form=wav", "/api/calls/recordings.zip"):
        answer = await box.client.get(wanted, headers={"Range": "bytes=1-"})
        assert answer.headers["content-type"] == "application/problem+json", wanted
    box.exchange.refusals.clear()

    later = await box.client.get(path, headers={"Range": "bytes=1-"})

    assert later.status_code == 206
    heard = box.exchange.requests(r.NoteHearing)
    assert heard[-1].call_ids == (recorded,)


async def test_a_stretch_is_one_listening_with_the_stretch_before(
    box: Served, recorded: str
) -> None:
    path = f"/api/calls/{recorded}/recording"
    for stretch in ("bytes=0-99", "bytes=100-199", "bytes=200-"):
        await box.client.get(path, headers={"Range": stretch})

    assert len(box.exchange.requests(r.NoteHearing)) == 1


async def test_a_recording_can_be_taken_as_flac_or_wav(box: Served, recorded: str) -> None:
    path = f"/api/calls/{recorded}/recording/file"
    flac = await box.client.get(path)
    wav = await box.client.get(path, params={"form": "wav"})

    assert "attachment" in flac.headers["content-disposition"]
    sounds = [soundfile.read(io.BytesIO(one.content), dtype="int16") for one in (flac, wav)]
    assert sounds[0][1] == sounds[1][1] == 8_000
    assert (sounds[0][0] == sounds[1][0]).all()
    assert [one.how for one in box.exchange.requests(r.NoteHearing)] == ["downloaded"] * 2


async def test_the_recordings_of_a_list_come_as_one_zip(box: Served, recorded: str) -> None:
    answer = await box.client.get("/api/calls/recordings.zip", params={"line_id": "gsm-1"})

    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    (name,) = archive.namelist()
    assert name.endswith("+447700900123.flac")
    original = (box.state / "recordings" / f"{recorded}.flac").read_bytes()
    assert archive.read(name) == original
    none = await box.client.get("/api/calls/recordings.zip", params={"line_id": "gsm-2"})
    assert (none.status_code, none.json()["code"]) == (404, "web.no-such-sound")


@pytest.mark.usefixtures("recorded")
async def test_the_table_is_in_the_readers_language_and_zone_and_no_formula(box: Served) -> None:
    at = now() - timedelta(minutes=1)
    evil = ended(call(0, began_at=at, calling_name="=HYPERLINK(1)", calling="+447700900199"))
    async with opened(box.state) as records:
        records.calls.put_leg(leg(evil, number="+447700900199"))
        records.calls.change(evil)
        await committed(records)
    await box.client.put("/api/me/language", json={"language": "es"})

    answer = await box.client.get("/api/calls/table.csv", params={"zone": "America/Lima"})

    assert answer.text.startswith("\ufeff")
    assert [note.what.code for note in box.exchange.requests(c.NoteAudit)][-1] == (
        "web.audit-exported-calls"
    )
    rows = list(csv.reader(io.StringIO(answer.text[1:]), delimiter=";"))
    assert rows[0][0] == "Inicio (America/Lima)"
    assert len(rows) == 6
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    by_name = {row[3]: row for row in rows}
    assert by_name["'=HYPERLINK(1)"][2] == "'+447700900199"
    talked = next(row for row in rows if row[5].endswith("(101)"))
    assert talked[7:] == ["atendida", "3", "21", "sí", "sí", "1"]


@pytest.mark.parametrize("zone", ["Nowhere/Land", "../../etc/passwd", "\x00"])
async def test_a_zone_that_is_none_is_one_sentence(box: Served, zone: str) -> None:
    answer = await box.client.get("/api/calls/table.csv", params={"zone": zone})

    assert (answer.status_code, answer.json()["code"]) == (409, "web.no-such-zone")


@pytest.mark.parametrize(
    "wish",
    [
        {"text": '"'},
        {"text": '" OR "'},
        {"text": "a\x00b"},
        {"text": "'''"},
        {"text": "NEAR("},
        {"text": "  "},
        {"text": "-*^:"},
        {"number": '"*"'},
        {"since": "0001-01-01T00:00:00Z"},
        {"until": "9999-12-31T23:59:59+00:00"},
        {"since": "2026-01-01T00:00:00+14:00", "text": "447"},
        {"before": "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "text": "447"},
    ],
)
@pytest.mark.usefixtures("recorded")
async def test_whatever_is_looked_for_is_answered(box: Served, wish: dict[str, str]) -> None:
    answer = await box.client.get("/api/calls", params=wish)

    assert answer.status_code in {200, 422}, answer.text


async def test_the_log_of_a_call_says_who_did_what(box: Served, recorded: str) -> None:
    async with opened(box.state) as records:
        told = Text(code="audit.listened-call", args={"call": recorded})
        await records.audit.note("some supervisor", told, now())
        other = Text(code="audit.listened-call", args={"call": NOBODYS_CALL})
        await records.audit.note("some supervisor", other, now())

    log = (await box.client.get(f"/api/calls/{recorded}/log")).json()

    assert [(one["who"], one["what"]["code"]) for one in log] == [
        ("some supervisor", "audit.listened-call")
    ]


@pytest.mark.usefixtures("recorded")
async def test_names_are_those_of_the_live_configuration(box: Served) -> None:
    names = (await box.client.get("/api/calls/names")).json()

    assert names["extensions"]["101"] == "Reception (101)"
    assert set(names) == {"lines", "extensions", "groups", "mailboxes"}
