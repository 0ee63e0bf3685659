"""secrets.toml: the same dotted keys as tipring.toml, kept apart so that tipring.toml can be shown.

In a list the entry is named by its id: `[lines.gsm-1]` with `sim_pin = "1234"`.
A secret whose owner is not in tipring.toml waits there: a restored version may
bring the owner back.
"""

from typing import Any, Final

import tomlkit
from tomlkit.items import AoT

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

    Both texts must be valid TOML. The second is unchanged when nothing was to be moved.
    """
    document = tomlkit.parse(text)
    kept = tomlkit.parse(secrets)
    moved = False
    lines = document.get("lines")
    for line in lines if isinstance(lines, AoT) else ():
        for key in SECRET_KEYS:
            if key in line and isinstance(line.get("id"), str):
                owners = kept.setdefault("lines", tomlkit.table(is_super_table=True))
                owners.setdefault(line["id"], tomlkit.table())[key] = line.pop(key)
                moved = True
    return (tomlkit.dumps(document), tomlkit.dumps(kept)) if moved else (text, secrets)
