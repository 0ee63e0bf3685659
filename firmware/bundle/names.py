"""What a bundle may hold: the list of names, and nothing else."""

import re
from typing import Final

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.json.minisig"
CONFIGURATION: Final = "tipring.toml"
CONTACTS: Final = "contacts.csv"
SOUNDS: Final = "prompts/"
_SOUND: Final = re.compile(rb"prompts/[0-9a-f]{64}\.wav")
_FIXED: Final = frozenset({MANIFEST, SIGNATURE, CONFIGURATION, CONTACTS})


def known_name(raw: bytes) -> str | None:
    """Return the name when it is on the list.

    All of them are plain ASCII, so a name can be written in one way only: no
    accents in two forms, no text that runs from right to left, no upper case.
    """
    if _SOUND.fullmatch(raw):
        return raw.decode("ascii")
    return next((name for name in _FIXED if name.encode("ascii") == raw), None)
