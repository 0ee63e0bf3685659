"""What became of the last bundle, over a restart, too: STATE/bundle-result.json."""

from pathlib import Path
from typing import Final

from pydantic import ValidationError

from firmware.config.files import read_text, write_atomically
from firmware.contract.bundles import BundleResult
from firmware.contract.errors import StorageFault

FILE: Final = "bundle-result.json"
_MODE: Final = 0o640


def keep_result(state: Path, result: BundleResult) -> None:
    """Raises StorageFault."""
    write_atomically(state / FILE, result.model_dump_json(), _MODE)


def last_result(state: Path) -> BundleResult | None:
    """Return None when there never was one, or it cannot be read: nobody needs it to go on."""
    try:
        text = read_text(state / FILE)
        return BundleResult.model_validate_json(text) if text else None
    except (StorageFault, ValidationError):
        return None
