"""How soon each kind of row is safe, and why: the one place where wear and loss are weighed.

A commit without a sync survives kill -9 of the exchange (the kernel has it); a
synced one survives a power cut. Each commit costs whole pages of the SD card,
each sync makes it write at once, so only what hurts to lose pays for it.
docs/decisions/010-durability-per-row.md has the figures.
"""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final

BATCH_ROWS: Final = 50
"""So many rows are written without waiting longer."""


class Urgency(IntEnum):
    BATCHED = 0  # within 2 s, with others
    PROMPT = 1  # within 0.1 s, so that what happens together is written together
    AT_ONCE = 2  # committed: survives a killed process
    SYNCED = 3  # committed and on the card when the future is done: survives a power cut


DELAY_S: Final[Mapping[Urgency, float]] = MappingProxyType(
    {Urgency.BATCHED: 2.0, Urgency.PROMPT: 0.1, Urgency.AT_ONCE: 0.0, Urgency.SYNCED: 0.0}
)


URGENCY: Final[Mapping[str, Urgency]] = MappingProxyType(
    {
        # A call that was up when the exchange died must be found at the next start, however
        # soon after its first ring that was.
        "call-begun": Urgency.AT_ONCE,
        "call-changed": Urgency.BATCHED,
        # The record people look for, and with it the money: never lost.
        "call-finished": Urgency.SYNCED,
        # A leg that is up lets a returning exchange take the call up again.
        "leg-up": Urgency.PROMPT,
        "leg-changed": Urgency.BATCHED,
        # A step lost in a power cut is a sentence missing from a story.
        "step": Urgency.BATCHED,
        # Without the row nobody would look for the file that is being written.
        "recording-begun": Urgency.PROMPT,
        "recording-changed": Urgency.PROMPT,
        # Somebody spoke to us and waits for an answer.
        "voicemail": Urgency.SYNCED,
        # Rare, and asked for exactly when something is in dispute.
        "audit": Urgency.SYNCED,
        "money": Urgency.SYNCED,
        # Somebody was told that their phone is forwarded or the office closed: it stays so.
        # And a power cut must not hand out five more tries of a PIN.
        "switched": Urgency.SYNCED,
        # Somebody was told that the bundle with them is taken.
        "contacts": Urgency.SYNCED,
        # Whoever gave it in was told that it will be sent.
        "letter": Urgency.SYNCED,
        # A person wrote it, or wanted it gone, and was told that it is so.
        "marked": Urgency.SYNCED,
        # The caller was told that somebody will call, and hung up because of it.
        "call-back": Urgency.SYNCED,
        # Learned again with the next call.
        "learned-tone": Urgency.BATCHED,
    }
)
