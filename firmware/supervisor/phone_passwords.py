"""Passwords for the practice office's SIP phones: made at the first start, another on every box."""

import secrets
import tomllib
from pathlib import Path
from typing import Any, Final

from firmware.config.files import read_text, write_atomically
from firmware.config.load import CONFIG_FILE, SECRETS_FILE
from firmware.contract.errors import StorageFault

SECRET_BYTES: Final = 12


def make_phone_passwords(state: Path) -> None:
    """Give every SIP phone without a password one. A configuration nobody can read stays."""
    try:
        config = tomllib.loads(read_text(state / CONFIG_FILE))
        text = read_text(state / SECRETS_FILE)
        known = tomllib.loads(text).get("lines", {})
    except (StorageFault, tomllib.TOMLDecodeError):
        return
    made = [
        f'[lines.{line["id"]}]\nsecret = "{secrets.token_urlsafe(SECRET_BYTES)}"\n'
        for line in config.get("lines", ())
        if _needs_password(line, known)
    ]
    if made:
        write_atomically(state / SECRETS_FILE, "\n".join([text.rstrip(), *made]).lstrip(), 0o600)


def _needs_password(line: dict[str, Any], known: dict[str, Any]) -> bool:
    phone = line.get("driver") == "sip" and line.get("account") == "phone"
    return phone and "secret" not in line and line.get("id") not in known
