"""Which changes can lock their maker out: those go back by themselves unless confirmed."""

from typing import Final

from firmware.config.model import Config

CONFIRM_WITHIN_S: Final = 180
"""Time to open the page anew and find the button."""


def can_lock_out(before: Config, after: Config) -> bool:
    """Return whether the page may not be found any more, as it was found before."""
    return not before.network.page_names() <= after.network.page_names()
