"""Restoring on the claim page: with the console's code, the sheet's key and a new password."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import httpx2
import pytest

from firmware.backup.making import make_backup
from firmware.backup.staging import RESTORED
from firmware.backup.switching import READY, finish
from firmware.contract.texts import Text, word
from tests.firmware.backup.small_box import AT, OTHER, SECRET
from tests.webui.practice_office import furnish, now
from tests.webui.served import OWNER, Served, until
from webui.accounts import Accounts, CodePurpose, Role
from webui.guard import MAX_BODY_BYTES
from webui.passwords import hash_secret
from webui.web_db import WebDatabase

NEW: Final = "a fresh start on spare metal"


class Restarts:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def restarts(fresh: Served) -> Restarts:
    made = Restarts()
    fresh.app.state.desk = replace(fresh.desk, restart=made)
    return made


@pytest.fixture
async def code(fresh: Served) -> str:
    return await asyncio.to_thread(fresh.desk.accounts.new_code, CodePurpose.CLAIM)


@pytest.fixture
async def backup(tmp_path: Path) -> Path:
    """Of a box with an owner, a second owner who is no friend, and sessions."""
    old = tmp_path / "old"
    old.mkdir()
    await asyncio.to_thread(_furnish_old, old)
    make_backup(old, tmp_path / "old.backup", SECRET.public(), AT, recordings=True)
    return tmp_path / "old.backup"


def _furnish_old(old: Path) -> None:
    furnish(old, now())
    db = WebDatabase(old / "web.db")
    with db.transaction() as sql:
        for name, role in ((OWNER, Role.OWNER), ("ana", Role.AGENT)):
            sql.execute(
                "INSERT INTO users (name, role, password, created_s, second_key)"
                " VALUES (?, ?, ?, 1.0, 'ABC')",
                (name, role, hash_secret("the old password of all")),
            )
        sql.execute("INSERT INTO sessions VALUES ('hash', ?, 'csrf', 1.0, 1.0, 'here')", (OWNER,))
    db.close()


async def sent(fresh: Served, backup: Path, code: str, **other: str) -> httpx2.Response:
    fields = {"code": code, "name": OWNER, "password": NEW, "again": NEW, "key": SECRET.shown()}
    with backup.open("rb") as file:
        return await fresh.client.post(
            "/claim/restore",
            data={**fields, **other},
            files={"backup": ("old.backup", file, "application/octet-stream")},
        )


def copied(backup: Path, change: Callable[[bytes], bytes]) -> Path:
    copy = backup.with_name("changed.backup")
    copy.write_bytes(change(backup.read_bytes()))
    return copy


def left(state: Path) -> list[str]:
    return sorted(path.name for path in state.glob("restore*"))


async def test_the_claim_page_leads_to_it_and_it_needs_no_script(fresh: Served) -> None:
    claim = (await fresh.client.get("/claim")).text
    page = (await fresh.client.get("/claim/restore")).text

    assert 'href="/claim/restore"' in claim
    assert 'enctype="multipart/form-data"' in page
    assert page.index('name="code"') < page.index('type="file"')
    assert "<script" not in page


async def test_a_spare_box_becomes_the_old_one_with_a_new_password(
    fresh: Served, backup: Path, code: str, restarts: Restarts
) -> None:
    answer = await sent(fresh, backup, code)

    assert answer.status_code == 200
    assert "/login" in answer.text
    await until(lambda: restarts.count == 1)
    assert left(fresh.state) == [READY]
    await asyncio.to_thread(finish, fresh.state)
    db = WebDatabase(fresh.state / "web.db")
    accounts = Accounts(db)
    assert accounts.check_password(OWNER, NEW).role is Role.OWNER
    assert accounts.check_password("ana", "the old password of all").role is Role.AGENT
    with db.transaction() as sql:
        assert sql.execute("SELECT count(*) FROM sessions").fetchone()[0] == 0
        second = "SELECT second_key FROM users WHERE name = ?"
        assert sql.execute(second, (OWNER,)).fetchone()[0] is None
        assert sql.execute(second, ("ana",)).fetchone()[0] == "ABC"
    db.close()
    assert "Reception" in (fresh.state / "tipring.toml").read_text("utf-8")
    assert left(fresh.state) == [RESTORED]


@pytest.mark.usefixtures("restarts")
async def test_somebody_new_may_become_the_owner(fresh: Served, backup: Path, code: str) -> None:
    assert (await sent(fresh, backup, code, name="maria")).status_code == 200
    await asyncio.to_thread(finish, fresh.state)

    db = WebDatabase(fresh.state / "web.db")
    assert Accounts(db).check_password("maria", NEW).role is Role.OWNER
    db.close()


WRONG: Final[tuple[tuple[dict[str, str], int, str], ...]] = (
    ({"code": "0000-0000-0000-0000"}, 401, "web.wrong-code"),
    ({"key": SECRET.shown()[:-1] + "?"}, 422, "backup.key-group"),
    ({"key": "short"}, 422, "backup.key-length"),
    ({"key": OTHER.shown()}, 422, "backup.wrong-key"),
    ({"again": "something else 99"}, 422, "web.password-differs"),
    ({"password": "short", "again": "short"}, 422, "web.password-length"),
    ({"password": "x" * 500}, 422, "web.bad-request"),
)


async def test_what_is_wrong_is_one_sentence_above_the_form(
    fresh: Served, backup: Path, code: str, restarts: Restarts
) -> None:
    for wrong, status, sentence in WRONG:
        answer = await sent(fresh, backup, **{"code": code, **wrong})
        begun = word(Text(code=sentence)).partition("{")[0]
        assert answer.status_code == status, sentence
        assert f'role="alert">{begun}' in answer.text
        assert left(fresh.state) == []
    assert restarts.count == 0


async def test_a_damaged_file_changes_nothing_and_may_be_tried_again(
    fresh: Served, backup: Path, code: str, restarts: Restarts
) -> None:
    damaged = await sent(fresh, copied(backup, lambda raw: raw[: len(raw) // 2]), code)
    other = await sent(fresh, copied(backup, lambda _: b"holiday photos"), code)
    left_then = left(fresh.state)
    good = await sent(fresh, backup, code)

    assert damaged.status_code == other.status_code == 422
    assert left_then == []
    assert good.status_code == 200
    await until(lambda: restarts.count == 1)


@pytest.mark.usefixtures("code", "restarts")
async def test_a_wrong_code_keeps_nothing_of_the_file_and_slows_down(
    fresh: Served, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    check = fresh.desk.accounts.check_claim_code

    def watched(typed: str) -> None:
        seen.append([path.name for path in fresh.state.glob("restore.*") if path.stat().st_size])
        check(typed)

    monkeypatch.setattr(fresh.desk.accounts, "check_claim_code", watched)
    answers = [await sent(fresh, backup, "1111-1111-1111-1111") for _ in range(7)]

    assert {one.status_code for one in answers} == {401, 429}
    assert all(names == [] for names in seen)


@pytest.mark.usefixtures("restarts")
async def test_a_box_with_an_owner_restores_nothing(box: Served, backup: Path) -> None:
    answer = await sent(box, backup, "0000-0000-0000-0000")

    assert answer.status_code == 409
    assert (await box.client.get("/claim/restore")).status_code == 303
    assert left(box.state) == []


UPLOAD_KIND: Final = "multipart/form-data; boundary=x"
GARBAGE: Final = (
    ("application/x-www-form-urlencoded", b"code=1"),
    ("multipart/form-data", b""),
    (UPLOAD_KIND, b"nonsense"),
    (UPLOAD_KIND, b"--x\r\n\r\n"),
    (UPLOAD_KIND, b"--x\r\nA: " + b"b" * 9_999),
    (
        UPLOAD_KIND,
        b'--x\r\nContent-Disposition: form-data; name="backup"; filename="b"\r\n\r\n'
        b"TIPRING BACKUP\r\n--x--\r\n",
    ),
)


@pytest.mark.usefixtures("code", "restarts")
async def test_garbage_is_answered_in_words(fresh: Served) -> None:
    for kind, body in GARBAGE:
        headers = {"Content-Type": kind}
        answer = await fresh.client.post("/claim/restore", content=body, headers=headers)
        assert answer.status_code == 422, body
        assert 'role="alert"' in answer.text
        assert left(fresh.state) == []


@pytest.mark.usefixtures("restarts")
async def test_a_backup_of_a_newer_page_is_refused(
    fresh: Served, tmp_path: Path, code: str
) -> None:
    old = tmp_path / "newer"
    old.mkdir()
    await asyncio.to_thread(_furnish_old, old)
    db = WebDatabase(old / "web.db")
    with db.transaction() as sql:
        sql.execute("PRAGMA user_version = 999")
    db.close()
    make_backup(old, tmp_path / "n.backup", SECRET.public(), AT, recordings=False)

    answer = await sent(fresh, tmp_path / "n.backup", code)

    assert answer.status_code == 422
    assert left(fresh.state) == []


@pytest.mark.usefixtures("restarts")
async def test_a_file_larger_than_any_other_request_is_taken_in(
    fresh: Served, tmp_path: Path, code: str
) -> None:
    large = tmp_path / "large.backup"
    with large.open("wb") as file:
        file.truncate(MAX_BODY_BYTES + 1)

    answer = await sent(fresh, large, code)
    elsewhere = await sent_to("/claim", fresh, large)

    assert answer.status_code == 422
    assert "is not a backup" in answer.text
    assert elsewhere == 413
    assert left(fresh.state) == []


async def sent_to(path: str, fresh: Served, file: Path) -> int:
    with file.open("rb") as raw:
        answer = await fresh.client.post(path, files={"backup": raw})
    return answer.status_code
