"""Backups in the page: the sheet once, a plan, and nothing taken away without a fresh password."""

import asyncio

import pytest

from firmware.backup.key import as_typed, kept_key
from firmware.backup.staging import stage
from firmware.contract.control import NoteAudit
from tests.webui.practice_office import furnish, now
from tests.webui.served import PASSWORD, Served

PLAN = {
    "every": "never",
    "weekday": "sun",
    "hour": 3,
    "keep": 7,
    "recordings": False,
    "folder": "",
}


@pytest.fixture
async def office(box: Served) -> Served:
    await asyncio.to_thread(furnish, box.state, now())
    box.exchange.snapshot = box.exchange.snapshot.model_copy(update={"config_version": 2})
    return box


async def prove(office: Served) -> None:
    answer = await office.client.post("/api/me/proof", json={"password": PASSWORD})
    assert answer.status_code < 300


async def sheet_key(office: Served) -> str:
    await prove(office)
    sheet = (await office.client.post("/api/backups/key")).json()
    return " ".join(sheet["key"])


async def one_backup(office: Served) -> str:
    assert (await office.client.post("/api/backups", json={"recordings": True})).status_code == 202
    page = (await office.client.get("/api/backups")).json()
    name: str = page["now"]["backups"][0]["name"]
    return name


async def test_without_a_key_nothing_can_be_planned_or_made(office: Served) -> None:
    page = (await office.client.get("/api/backups")).json()
    made = await office.client.post("/api/backups", json={"recordings": False})
    planned = await office.client.put("/api/backups/plan", json={**PLAN, "every": "day"})

    assert page["now"]["sheet"] is None
    assert page["plan"] == PLAN
    assert (made.status_code, made.json()["code"]) == (409, "backup.no-key")
    assert (planned.status_code, planned.json()["code"]) == (409, "backup.no-key")


async def test_the_key_is_shown_once_and_the_box_keeps_only_its_other_half(office: Served) -> None:
    await prove(office)
    sheet = (await office.client.post("/api/backups/key")).json()
    secret = as_typed(" ".join(sheet["key"]))
    kept = kept_key(office.state)

    assert kept is not None
    assert kept.raw() == secret.public()
    assert sheet["number"] == kept.sheet == secret.sheet
    assert sheet["office"] == "Practice office"
    assert sheet["qr"].startswith("M")
    everything = b"".join(p.read_bytes() for p in office.state.rglob("*") if p.is_file())
    assert secret.seed not in everything
    assert secret.shown().replace(" ", "").encode() not in everything
    assert secret.private().private_bytes_raw() not in everything


async def test_key_download_and_deletion_want_the_password_typed_of_late(office: Served) -> None:
    await sheet_key(office)
    name = await one_backup(office)
    office.desk.proofs._proved_s.clear()  # noqa: SLF001  five minutes later

    for method, path in (
        ("POST", "/api/backups/key"),
        ("POST", f"/api/backups/{name}/download"),
        ("GET", f"/api/backups/{name}"),
        ("DELETE", f"/api/backups/{name}"),
    ):
        answer = await office.client.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (403, "web.password-needed"), path


async def test_what_is_downloaded_opens_with_the_sheet_and_stands_in_the_audit(
    office: Served,
) -> None:
    key = await sheet_key(office)
    name = await one_backup(office)

    assert (await office.client.post(f"/api/backups/{name}/download")).status_code == 204
    answer = await office.client.get(f"/api/backups/{name}")
    file = office.state / "taken.backup"
    file.write_bytes(answer.content)

    facts = stage(office.state, file, as_typed(key))
    assert facts.recordings
    assert f'filename="{name}"' in answer.headers["content-disposition"]
    noted = [one.what.code for one in office.exchange.requests(NoteAudit)]
    assert "web.audit-downloaded-backup" in noted


async def test_a_backup_is_deleted_and_gone(office: Served) -> None:
    await sheet_key(office)
    name = await one_backup(office)

    assert (await office.client.delete(f"/api/backups/{name}")).status_code == 204
    gone = await office.client.get(f"/api/backups/{name}")

    assert (gone.status_code, gone.json()["code"]) == (404, "backup.no-such-backup")


async def test_the_plan_goes_into_the_configuration_and_its_history(office: Served) -> None:
    await sheet_key(office)
    plan = {**PLAN, "every": "week", "weekday": "fri", "hour": 22, "keep": 12, "recordings": True}

    assert (await office.client.put("/api/backups/plan", json=plan)).status_code == 204

    assert (await office.client.get("/api/backups")).json()["plan"] == plan
    config = office.desk.history.live_text()
    assert "[backup]" in config
    assert "folder" not in config.partition("[backup]")[2].partition("[[")[0]
    versions = (await office.client.get("/api/config/versions")).json()
    assert versions[0]["comment"] == "When backups are made"


async def test_a_plan_that_cannot_be_is_refused_in_words(office: Served) -> None:
    await sheet_key(office)
    impossible: tuple[dict[str, object], ...] = (
        {"hour": 24},
        {"keep": 0},
        {"every": "hour"},
        {"folder": "not/absolute"},
        {"folder": "/a\nb"},
    )
    for change in impossible:
        plan = {**PLAN, "every": "day", **change}
        answer = await office.client.put("/api/backups/plan", json=plan)
        assert answer.status_code == 422, change
        assert answer.json()["detail"]
    assert "[backup]" not in office.desk.history.live_text()


async def test_no_other_file_can_be_asked_for(office: Served) -> None:
    await prove(office)
    for name in ("tipring.db", "..%2Ftipring.db", "tipring-x-1.backup", "%00"):
        answer = await office.client.get(f"/api/backups/{name}")
        assert answer.status_code in {404, 422}, name
