"""What must not be in the source, and what a fresh box must not have: keys, accounts, shells."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.security.people import prove
from tests.webui.served import Served
from webui.passwords import hash_secret

ROOT: Final = Path(__file__).parents[2]
OURS: Final = ("firmware", "drivers", "webui", "systemd", "docs", "tests")
MADE: Final = frozenset({"node_modules", "dist", "__pycache__"})
SHELL_AND_PICKLE: Final = "S102,S301,S302,S307,S506,S602,S604,S605,S606,S609"
"""Code or commands out of text: exec, pickle, marshal, eval, YAML objects, shells, wildcards."""
SECRETS: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}"
    r"|\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]{16}"
    r"|\btipring-[A-Za-z0-9_-]{43}\b|whsec_[A-Za-z0-9+/]{40}"
)


def _texts() -> Iterator[tuple[Path, str]]:
    for folder in OURS:
        for file in (ROOT / folder).rglob("*"):
            if file.is_file() and MADE.isdisjoint(file.parts) and file.stat().st_size < 1 << 20:
                yield file, file.read_text("utf-8", "replace")


def test_no_key_password_or_token_stands_in_the_source() -> None:
    texts = list(_texts())

    assert len(texts) > 500
    assert [str(file) for file, text in texts if SECRETS.search(text)] == []


def test_nothing_is_run_through_a_shell_or_made_out_of_text() -> None:
    ruff = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", SHELL_AND_PICKLE]

    found = subprocess.run(
        [*ruff, "firmware", "drivers", "webui"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert found.returncode == 0, found.stdout


async def test_a_fresh_box_has_no_account_and_no_token(fresh: Served) -> None:
    assert fresh.desk.users.all() == ()
    assert fresh.desk.tokens.all() == ()
    assert fresh.desk.hooks.all() == ()


def test_passwords_are_kept_by_argon2id_as_owasp_wants_it() -> None:
    assert hash_secret("seven wires in a duct").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_what_holds_secrets_is_nobody_elses_to_read(box: Served) -> None:
    await prove(box.client)
    await asyncio.to_thread(box.desk.https.refresh, datetime.now(UTC))
    kept = [*box.state.glob("web.db*"), *box.state.glob("tls/*"), *box.state.glob("secrets.toml")]

    assert len(kept) >= 3
    assert {file.name: file.stat().st_mode & 0o077 for file in kept} == {
        file.name: 0 for file in kept
    }
