"""What a backup holds of the state folder: the list of names, and nothing else."""

import re
from collections.abc import Mapping
from typing import Final

from firmware.backup.key import FILE as KEY_FILE

FILES: Final[Mapping[str, int]] = {
    "tipring.toml": 0o644,
    "secrets.toml": 0o600,
    "tipring.db": 0o640,
    "web.db": 0o600,
    "bundles.json": 0o640,
    KEY_FILE: 0o600,
}
"""Name -> mode."""
DATABASES: Final = ("tipring.db", "web.db")
FOLDERS: Final[Mapping[str, int]] = {
    "versions": 0o640,
    "prompts": 0o640,
    "voicemail": 0o640,
    "tls": 0o600,
    "recordings": 0o640,
}
"""Name -> mode of the files inside; the last only where recordings were asked for."""
RECORDINGS: Final = "recordings"
BACKUPS: Final = "backups"
"""Where they lie, in no backup themselves."""
_PART: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,159}"
_INSIDE: Final = re.compile(rf"(?:{_PART}/){{1,4}}{_PART}")
"""No hidden files, no way up, nothing that a terminal or a file system takes for something else."""


def mode_of(name: str) -> int | None:
    """Return the mode of the file of that name, None for what does not belong into a backup."""
    if name in FILES:
        return FILES[name]
    folder = name.partition("/")[0]
    return FOLDERS.get(folder) if _INSIDE.fullmatch(name) else None
