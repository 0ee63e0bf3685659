"""The highest serial number taken of each key, so that an old bundle cannot come back.

STATE/bundles.json: key id in hexadecimal -> number. Only signed bundles count:
of the others anybody could change the number, so a person decides about them.
"""

from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from firmware.bundle.bundle import Bundle
from firmware.bundle.refusal import BundleRefused
from firmware.config.files import read_text, write_atomically
from firmware.contract.errors import StorageFault

FILE: Final = "bundles.json"
_MODE: Final = 0o640
_TAKEN: Final[TypeAdapter[dict[str, int]]] = TypeAdapter(dict[str, int])


def refuse_older(state: Path, bundle: Bundle) -> None:
    """For a bundle whose signature is right. Raises BundleRefused, StorageFault."""
    last = _taken(state).get(_key(bundle), 0)
    if bundle.manifest.serial <= last:
        raise BundleRefused("bundle.older", serial=bundle.manifest.serial, last=last)


def note_taken(state: Path, bundle: Bundle) -> None:
    """Raises StorageFault."""
    taken = _taken(state) | {_key(bundle): bundle.manifest.serial}
    write_atomically(state / FILE, _TAKEN.dump_json(taken).decode(), _MODE)


def _key(bundle: Bundle) -> str:
    return bundle.signature.key_id.hex() if bundle.signature is not None else ""


def _taken(state: Path) -> dict[str, int]:
    """A file that says nothing sensible must not let an old bundle in."""
    text = read_text(state / FILE)
    try:
        return _TAKEN.validate_json(text) if text else {}
    except ValidationError as fault:
        raise StorageFault("config.cannot-read", file=FILE, why="not JSON") from fault
