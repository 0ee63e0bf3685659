"""From a bundle to the live configuration: first looked at, then taken. All blocks.

`look_at` writes nothing. Whoever takes an offer keeps its sounds first, then
makes its configuration live through the history, then notes its serial number:
a power cut between leaves at worst a sound too many.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware.bundle.bundle import Bundle, read_bundle, signer
from firmware.bundle.contacts import with_contacts
from firmware.bundle.refusal import BundleRefused
from firmware.bundle.serials import note_taken, refuse_older
from firmware.config.bundles import BundleKey
from firmware.config.differences import differences
from firmware.config.history import History
from firmware.config.model import Config
from firmware.contract.errors import ConfigurationRefused
from firmware.contract.texts import Text

PROMPTS: Final = "prompts"
NEVER_NAMED: Final = "box"
"""What a box is called until somebody names it; it takes the first bundle of any box."""


@dataclass(frozen=True)
class Offer:
    """A bundle that may go live: what would change, and who signed it, if we know them."""

    bundle: Bundle
    configuration: str
    changes: tuple[Text, ...]
    key: BundleKey | None

    @property
    def at_once(self) -> bool:
        """Whether the owner has said that nobody need be asked."""
        return self.key is not None and self.key.at_once


def look_at(state: Path, data: bytes) -> Offer:
    """Raises BundleRefused, ConfigurationRefused or StorageFault; nothing has changed, ever."""
    bundle = read_bundle(data)
    history = History(state)
    live_text = history.live_text()
    live = _live(history, live_text)
    key = signer(bundle, live.bundle_keys if live else ())
    if key is not None:
        refuse_older(state, bundle)
    _refuse_other_box(bundle, live)
    history.check(bundle.configuration)
    configuration = with_contacts(bundle.configuration, bundle.contacts)
    history.check(configuration)
    return Offer(
        bundle, configuration, differences(_parsed_or_empty(live_text), configuration), key
    )


def keep_sounds(state: Path, bundle: Bundle) -> None:
    """Sounds are named by their hash: one that is there already is the same.

    Raises BundleRefused when the disk will not have them.
    """
    folder = state / PROMPTS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in bundle.sounds.items():
            if not (folder / name).exists():
                part = folder / f".{name}.part"
                part.write_bytes(data)
                part.replace(folder / name)
    except OSError as fault:
        raise BundleRefused(
            "bundle.cannot-write", file=str(folder), why=fault.strerror or ""
        ) from fault


def taken(state: Path, offer: Offer) -> None:
    """Note that its configuration is live: the same bundle is old from now on."""
    if offer.key is not None:
        note_taken(state, offer.bundle)


def _live(history: History, text: str) -> Config | None:
    """Return the configuration in force; None on a fresh box, or one whose file is broken."""
    try:
        return history.check(text) if text else None
    except ConfigurationRefused:
        return None


def _refuse_other_box(bundle: Bundle, live: Config | None) -> None:
    own = live.office.box if live else NEVER_NAMED
    if own != NEVER_NAMED and bundle.manifest.box not in ("", own):
        raise BundleRefused("bundle.other-box", box=bundle.manifest.box, own=own)


def _parsed_or_empty(text: str) -> str:
    """A live file broken by hand has nothing to compare with: all of the bundle is new."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return ""
    return text
