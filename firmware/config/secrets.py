"""secrets.toml: the same dotted keys as tipring.toml, kept apart so that tipring.toml can be shown.

In a list the entry is named by its id: `[lines.gsm-1]` with `sim_pin = "1234"`.
A secret whose owner is not in tipring.toml waits there: a restored version may
bring the owner back.
"""

import tomllib
from collections.abc import Mapping
from typing import Any, Final

import tomlkit

from firmware.config.entries import put_entry, put_table
from firmware.contract.errors import RequestRefused

SECRETS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "lines": ("sim_pin", "secret"),
    "extensions": ("dial_pin",),
    "dial_classes": ("pin",),
    "mailboxes": ("pin",),
}
"""Keys of a chapter's entries that never stand in tipring.toml as it is kept and shown."""
SECRETS_OF_TABLES: Final[Mapping[str, tuple[str, ...]]] = {"mail": ("password",)}
"""The same of chapters that are one table."""
SECRET_KEYS: Final = frozenset(
    key
    for chapters in (SECRETS_OF, SECRETS_OF_TABLES)
    for keys in chapters.values()
    for key in keys
)


def merge_secrets(data: dict[str, Any], secrets: dict[str, Any]) -> dict[str, Any]:
    """Return `data` with the secrets of the owners it has; neither argument changes.

    A secret that still stands in `data` was typed just now, and is newer than the kept one.
    """
    merged = dict(data)
    for key, secret in secrets.items():
        if key in data:
            merged[key] = _merged(data[key], secret)
    return merged


def _merged(owner: Any, secret: Any) -> Any:
    if not isinstance(secret, dict):
        return owner
    if isinstance(owner, list):
        return [
            secret[one["id"]] | one
            if isinstance(one, dict) and isinstance(secret.get(one.get("id")), dict)
            else one
            for one in owner
        ]
    if not isinstance(owner, dict):
        return owner
    nested = {key: _merged(owner[key], value) for key, value in secret.items() if key in owner}
    plain = {key: value for key, value in secret.items() if not isinstance(value, dict)}
    return plain | owner | nested


def take_out_secrets(text: str, secrets: str) -> tuple[str, str]:
    """Move secrets an owner typed into tipring.toml over to secrets.toml; comments stay.

    Both texts must be valid TOML. They are returned as they are when nothing was to be moved.
    """
    kept = tomlkit.parse(secrets)
    moved = False
    for chapter, keys in SECRETS_OF.items():
        for entry_id, found in _typed(text, chapter, keys).items():
            owners = kept.setdefault(chapter, tomlkit.table(is_super_table=True))
            owners.setdefault(entry_id, tomlkit.table()).update(found)
            text, moved = _without(text, chapter, entry_id, keys), True
    for table, keys in SECRETS_OF_TABLES.items():
        here = tomllib.loads(text).get(table, {})
        found = {key: str(here[key]) for key in keys if key in here}
        if found:
            kept.setdefault(table, tomlkit.table()).update(found)
            text, moved = _table_without(text, table, keys), True
    return (text, tomlkit.dumps(kept)) if moved else (text, secrets)


def _typed(text: str, chapter: str, keys: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return entry id -> the secrets that stand in the text."""
    if not any(key in text for key in keys):
        return {}
    found = {
        str(entry["id"]): {key: str(entry[key]) for key in keys if key in entry}
        for entry in tomllib.loads(text).get(chapter, ())
    }
    return {entry_id: secrets for entry_id, secrets in found.items() if secrets}


def _without(text: str, chapter: str, entry_id: str, keys: tuple[str, ...]) -> str:
    try:
        return put_entry(text, chapter, entry_id, dict.fromkeys(keys))
    except RequestRefused:
        # The chapter is one value: comments between its entries are rare there.
        document = tomlkit.parse(text)
        entry = next(one for one in document[chapter] if one["id"] == entry_id)
        for key in keys:
            entry.pop(key, None)
        return tomlkit.dumps(document)


def _table_without(text: str, table: str, keys: tuple[str, ...]) -> str:
    try:
        return put_table(text, table, dict.fromkeys(keys))
    except RequestRefused:  # written as one value, or with dotted keys
        document = tomlkit.parse(text)
        for key in keys:
            document[table].pop(key, None)
        return tomlkit.dumps(document)
