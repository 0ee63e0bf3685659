"""The e-mail chapter: what is refused, and where the password is kept."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.config.history import History
from firmware.config.load import check
from tests.firmware.calls.offices import OFFICE

ACCOUNT = """
[mail]
server = "smtp.example.com"
sender = "box@example.com"
user = "box@example.com"
password = "not to be shown"
"""


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('server = "smtp.example.com"', "config.mail-without-sender"),
        ('sender = "nobody"', "config.not-an-address"),
        ('server = "http://x/"\nsender = "a@example.com"', "config.not-a-server"),
        ('user = "a\\nb"', "config.not-printable"),
        ('user = "a"\nsecurity = "none"', "config.mail-login-in-clear"),
        ("port = 0", "config.too-small"),
        ('missed_calls = ["a@example.com\\n"]', "config.not-an-address"),
    ],
)
def test_what_cannot_be_an_account_is_refused_in_a_sentence(line: str, code: str) -> None:
    assert [fault.code for fault in check(f"{OFFICE}\n[mail]\n{line}\n")] == [code]


@pytest.mark.parametrize(
    "account",
    [
        ACCOUNT,
        '\nmail = { sender = "box@example.com", password = "not to be shown" }\n',
    ],
)
def test_a_password_typed_into_the_file_moves_to_the_secrets(tmp_path: Path, account: str) -> None:
    history = History(tmp_path)
    text = OFFICE + account if account == ACCOUNT else account + OFFICE

    _, config = history.apply(text, "owner", datetime.now(UTC))

    assert config.mail.password == "not to be shown"
    assert "not to be shown" not in history.live_text()
    assert history.check(history.live_text()).mail.password == "not to be shown"
    assert (tmp_path / "secrets.toml").stat().st_mode & 0o077 == 0
