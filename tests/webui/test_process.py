"""`python -m webui` as the supervisor starts it, and as the owner does who forgot the password."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.practice_box import free_port, wait_for
from webui.accounts import Accounts
from webui.web_db import WebDatabase

CODE = re.compile(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}")
DEADLINE_S = 40.0


@pytest.fixture
def state() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def webui(state: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "webui", "--state", str(state), *arguments]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.URLError:
        return False


@pytest.mark.parametrize(
    ("machine_speaks", "label"), [("C", "Set-up code"), ("pt_BR.UTF-8", "Código de instalação")]
)
def test_the_first_start_prints_a_code_that_makes_the_owner(
    state: Path, machine_speaks: str, label: str
) -> None:
    port = free_port()
    environment = {**os.environ, "LC_ALL": machine_speaks}
    with subprocess.Popen(
        webui(state, "--port", str(port)), stdout=subprocess.PIPE, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline().decode()
            url = f"http://127.0.0.1:{port}/api/health"
            wait_for("the page", lambda: answers(url), DEADLINE_S)
        finally:
            process.terminate()

    found = CODE.search(said)
    assert said.startswith(f"{label}: ")
    assert found is not None
    db = WebDatabase(state / "web.db")
    assert Accounts(db).claim(found.group(), "owner", "seven wires in a duct").name == "owner"
    db.close()


def test_a_code_for_a_lost_password_comes_from_the_console(state: Path) -> None:
    said = subprocess.run(
        webui(state, "--recover"), capture_output=True, text=True, timeout=DEADLINE_S, check=True
    ).stdout

    assert CODE.search(said)
