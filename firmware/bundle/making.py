"""The bundle of a box as it is now: its configuration and the sounds uploaded for it."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from firmware.bundle.bundle import make_bundle
from firmware.bundle.minisign import SecretKey
from firmware.bundle.owner import BundleOwner
from firmware.bundle.refusal import BundleRefused
from firmware.config.history import History

_NAMED: Final = re.compile(r"\b[0-9a-f]{64}\b")


@dataclass(frozen=True)
class Wishes:
    """`box` is the only box that shall take it; who signs, and whose a fresh box becomes by it."""

    box: str = ""
    key: SecretKey | None = None
    owner: BundleOwner | None = None


@dataclass(frozen=True)
class Made:
    data: bytes
    sounds: int


def bundle_of_box(state: Path, now: datetime, wishes: Wishes) -> Made:
    """Secrets stay in the box. Raises BundleRefused when there is nothing yet, StorageFault."""
    configuration = History(state).live_text()
    if not configuration:
        raise BundleRefused("bundle.nothing-to-export", path=str(state))
    sounds = _uploaded(state / "prompts", configuration)
    data = make_bundle(
        configuration,
        sounds,
        serial=int(now.timestamp()),  # grows by itself, whichever machine made the last one
        made_at=now,
        box=wishes.box,
        key=wishes.key,
        owner=wishes.owner,
    )
    return Made(data, len(sounds))


def _uploaded(folder: Path, configuration: str) -> dict[str, bytes]:
    """Return the uploaded sounds the configuration names; spoken ones are made anew anywhere."""
    files = (folder / f"{name}.wav" for name in set(_NAMED.findall(configuration)))
    return {file.name: file.read_bytes() for file in files if file.is_file()}
