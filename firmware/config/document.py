"""A configuration as a file somewhere, as `tipring check FILE` looks at it."""

from pathlib import Path

from firmware.config.files import read_text
from firmware.config.load import SECRETS_FILE, check, missing
from firmware.contract.errors import StorageFault
from firmware.contract.texts import Text


def check_file(path: Path) -> tuple[Text, ...]:
    """Return the faults of a configuration file; a secrets.toml beside it counts."""
    if path.exists() and not path.is_file():
        return (Text(code="config.not-a-file", args={"key": str(path)}),)
    if not path.exists():
        return (Text(code="config.no-such-file", args={"key": str(path)}),)
    try:
        return check(read_text(path), read_text(path.with_name(SECRETS_FILE)))
    except StorageFault as fault:
        return (fault.text,)


def missing_in_file(path: Path) -> tuple[Text, ...]:
    """Return what keeps lines of a faultless configuration from working: their passwords."""
    return missing(read_text(path), read_text(path.with_name(SECRETS_FILE)))
