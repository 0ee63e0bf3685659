"""A call as the list shows it."""

from enum import StrEnum

from firmware.store.rows import CallRow


class Length(StrEnum):
    """How long people talked; a call that nobody took has none."""

    UNDER_30_S = "under-30-s"
    UNDER_2_MIN = "under-2-min"
    UNDER_10_MIN = "under-10-min"
    LONGER = "longer"


class ListedCall(CallRow):
    contact: str | None = None
    """The name the office gave to the number outside."""
    recorded: bool
    voicemail: bool
    starred: bool
    """Its recording is kept however old it gets."""
    notes: int
    """How many there are."""
