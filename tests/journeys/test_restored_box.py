"""A spare box, fresh from its carton, becomes the office's old one through its claim page."""

import asyncio
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

import httpx2

from firmware.backup.switching import OLD, READY
from firmware.store.archive import Archive
from tests.practice_box import PracticeBox, wait_for
from tests.webui.practice_office import furnish, now, write_calls
from webui.accounts import Role
from webui.passwords import hash_secret
from webui.web_db import WebDatabase

OLD_PASSWORD: Final = "the old box is in the canal"
NEW_PASSWORD: Final = "this one stays on the shelf"
TIPRING: Final = (sys.executable, "-m", "firmware")


def old_box(state: Path) -> tuple[Path, str]:
    """Furnish a box, back it up, and return the file and the key of its sheet."""
    state.mkdir()
    furnish(state, now())
    asyncio.run(write_calls(state, now()))
    with closing(WebDatabase(state / "web.db")) as db, db.transaction() as sql:
        for name, role in (("owner", Role.OWNER), ("ana", Role.AGENT)):
            sql.execute(
                "INSERT INTO users (name, role, password, created_s) VALUES (?, ?, ?, 1.0)",
                (name, role, hash_secret(OLD_PASSWORD)),
            )
    backup = state.with_name("old.backup")
    made = subprocess.run(
        [*TIPRING, "backup", "--recordings", "--state", str(state), str(backup)],
        check=True,
        capture_output=True,
        text=True,
    )
    return backup, made.stdout.splitlines()[0].rpartition(": ")[2]


def code_on_the_console(box: PracticeBox) -> str:
    said = re.search(r"Set-up code: (\S+)", box.log.read_text("utf-8"))
    assert said is not None
    return said[1]


def test_calls_people_and_settings_of_the_old_box_are_there_after_the_restore(
    own_box: PracticeBox, tmp_path: Path
) -> None:
    backup, key = old_box(tmp_path / "old")
    code = code_on_the_console(own_box)
    fields = {"code": code, "key": key, "name": "owner"}
    fields |= {"password": NEW_PASSWORD, "again": NEW_PASSWORD}
    with httpx2.Client(base_url=f"http://127.0.0.1:{own_box.port}", timeout=60) as client:
        with backup.open("rb") as file:
            answer = client.post("/claim/restore", data=fields, files={"backup": file})
        assert answer.status_code == 200, answer.text

        def taken_over() -> bool:
            there = any((own_box.state / name).exists() for name in (READY, OLD))
            return not there and _log_in(client, NEW_PASSWORD) == 200

        wait_for("the old box's page", taken_over, 60)
        calls = client.get("/api/calls").json()["calls"]
        users = {one["name"]: one["role"] for one in client.get("/api/users").json()}
        toml = client.get("/api/config").json()["toml"]
        recorded = next(one["call_id"] for one in calls if one["calling"] == "+447700900123")
        sound = client.get(f"/api/calls/{recorded}/recording")

        audit = [one["what"]["code"] for one in client.get("/api/audit").json()]
        assert "audit.restored-box" in audit
        assert len(calls) == len(Archive(tmp_path / "old" / "tipring.db").calls())
        assert users == {"owner": "owner", "ana": "agent"}
        assert 'name = "Reception"' in toml
        assert sound.content[:4] == b"fLaC"
        assert _log_in(client, OLD_PASSWORD) == 401
    wait_for("lines ready again", own_box.lines_ready, 60)
    outcome = own_box.call_in("gsm-1", hangup_after=3).outcome()
    assert outcome["answered"]
    assert own_box.supervisor.poll() is None


def _log_in(client: httpx2.Client, password: str) -> int:
    """Return the status; 0 while nobody answers."""
    try:
        answer = client.post("/api/login", json={"name": "owner", "password": password})
    except httpx2.TransportError:
        return 0
    return answer.status_code
