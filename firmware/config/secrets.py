"""secrets.toml: the same dotted keys as tipring.toml, kept apart so that tipring.toml can be shown.

In a list the entry is named by its id: `[lines.gsm-1]` with `sim_pin = "1234"`.
A secret whose owner is not in tipring.toml waits there: a restored version may
bring the owner back.
"""

from typing import Any, Final

import tomlkit

SECRET_KEYS: Final = ("sim_pin",)
"""Keys that never stand in tipring.toml as it is kept and shown."""


def merge_secrets(data: dict[str, Any], secrets: dict[str, Any]) -> dict[str, Any]:
    """Return `data` with the secrets of the owners it has; neither argument changes."""
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
            one | secret[one["id"]]
            if isinstance(one, dict) and isinstance(secret.get(one.get("id")), dict)
            else one
            for one in owner
        ]
    if not isinstance(owner, dict):
        return owner
    nested = {key: _merged(owner[key], value) for key, value in secret.items() if key in owner}
    plain = {key: value for key, value in secret.items() if not isinstance(value, dict)}
    return owner | plain | nested


def take_out_secrets(text: str, secrets: str) -> tuple[str, str]:
    """Move secrets an owner typed into tipring.toml over to secrets.toml; comments stay.

    Both texts must be valid TOML. They are returned as they are when nothing was to be moved.
    """
    if not any(key in text for key in SECRET_KEYS):
        return text, secrets
    document, kept = tomlkit.parse(text), tomlkit.parse(secrets)
    for line in document.get("lines", ()):
        for key in SECRET_KEYS:
            if key in line:
                owners = kept.setdefault("lines", tomlkit.table(is_super_table=True))
                owners.setdefault(line["id"], tomlkit.table())[key] = str(line.pop(key))
    return tomlkit.dumps(document), tomlkit.dumps(kept)
