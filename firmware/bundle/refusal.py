"""Why a bundle is not taken: one sentence, and nothing has changed."""

from typing import Final

from firmware.contract.errors import TipringError

LONGEST_NAME: Final = 60


class BundleRefused(TipringError):
    """The bundle cannot be used; the text says why."""


def shown(name: str | bytes) -> str:
    """Return a name that came from outside as a sentence may show it: short, printable ASCII."""
    text = name.decode("latin-1") if isinstance(name, bytes) else name
    return ascii(text)[1:-1][:LONGEST_NAME]
