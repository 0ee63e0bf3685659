"""From a bundle to the live configuration: first looked at, then taken. All blocks.

`look_at` writes nothing. Whoever takes an offer keeps its sounds first, then
makes its configuration live through the history, then notes its serial number:
a power cut between leaves at worst a sound too many.
"""

import os
import tomllib
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from firmware.bundle.bundle import Bundle, read_bundle, signer
from firmware.bundle.contacts import with_contacts
from firmware.bundle.owner import BundleOwner
from firmware.bundle.refusal import BundleRefused
from firmware.bundle.serials import note_taken, refuse_older
from firmware.bundle.summary import prompt_changes
from firmware.config.bundles import BundleKey
from firmware.config.differences import differences
from firmware.config.entries import Value, put_entry
from firmware.config.history import History
from firmware.config.model import Config
from firmware.contract.errors import ConfigurationRefused
from firmware.contract.texts import Text

PROMPTS: Final = "prompts"
NEVER_NAMED: Final = "box"
"""What a box is called until somebody names it; it takes the first bundle of any box."""


@dataclass(frozen=True)
class Offer:
    """A bundle that may go live: what would change, and who signed it, if we know them.

    `prompts` are sentences on the prompts, `new_sounds` counts those the box does not have.
    """

    bundle: Bundle
    configuration: str
    changes: tuple[Text, ...]
    key: BundleKey | None
    prompts: tuple[Text, ...] = ()
    new_sounds: int = 0

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
    config = history.check(configuration)
    _refuse_missing_sounds(state, bundle, config)
    before = _parsed_or_empty(live_text)
    return Offer(
        bundle,
        configuration,
        differences(before, configuration),
        key,
        prompt_changes(before, configuration),
        sum(not (state / PROMPTS / name).exists() for name in bundle.sounds),
    )


def with_owners_key(configuration: str, owner: BundleOwner) -> str:
    """Return the configuration that knows the owner's key; it is asked before anything is taken."""
    keys = tomllib.loads(configuration).get("bundle_keys", [])
    if any(one.get("public_key") == owner.public_key for one in keys):
        return configuration
    ids = {one.get("id") for one in keys}
    free = next(name for number in count(1) if (name := f"owner-{number}") not in ids)
    values: dict[str, Value] = {
        "name": owner.name,
        "public_key": owner.public_key,
        "at_once": False,
    }
    return put_entry(configuration, "bundle_keys", free, values)


def keep_sounds(state: Path, bundle: Bundle) -> None:
    """Sounds are named by their hash: one that is there already is the same.

    Raises BundleRefused when the disk will not have them.
    """
    folder = state / PROMPTS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in bundle.sounds.items():
            if not (folder / name).exists():
                _write_sound(folder, name, data)
    except OSError as fault:
        raise BundleRefused(
            "bundle.cannot-write", file=str(folder), why=fault.strerror or ""
        ) from fault


def _write_sound(folder: Path, name: str, data: bytes) -> None:
    """On the disk before the configuration that names it is live."""
    part = folder / f".{name}.part"
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / name)


def taken(state: Path, offer: Offer) -> None:
    """Note that its configuration is live: the same bundle is old from now on."""
    if offer.bundle.signature is not None and (
        offer.key is not None or offer.bundle.manifest.owner
    ):
        note_taken(state, offer.bundle)


def _live(history: History, text: str) -> Config | None:
    """Return the configuration in force; None on a fresh box, or one whose file is broken."""
    try:
        return history.check(text) if text else None
    except ConfigurationRefused:
        return None


def _refuse_missing_sounds(state: Path, bundle: Bundle, config: Config) -> None:
    """A prompt whose sound is nowhere would be silence in the ears of callers."""
    for name, by_language in config.prompts.items():
        for heard in by_language.values():
            file = f"{heard.sound}.wav"
            there = file in bundle.sounds or (state / PROMPTS / file).exists()
            if heard.sound is not None and not there:
                raise BundleRefused("bundle.no-sound", prompt=name)


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
