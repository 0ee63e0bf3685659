"""What the office calls its mailboxes, for people who do not know their ids."""

from collections.abc import Mapping
from functools import lru_cache

from firmware.config.load import load
from firmware.contract.errors import ConfigurationRefused


@lru_cache(maxsize=2)
def mailbox_names(toml: str) -> Mapping[str, str]:
    """Return id -> name of a tipring.toml; nothing when it is faulty by hand."""
    try:
        config = load(toml)
    except ConfigurationRefused:
        return {}
    return {box.id: box.name for box in config.mailboxes if box.name}
