"""What a call and its conversation ask of the call's recorder; recording.py is the one there is."""

from typing import Protocol

from firmware.calls.leg import Leg


class Recorder(Protocol):
    async def begin(self, listener: Leg) -> None:
        """Announce to `listener` and record, if a rule asks for it. Raises LegEnded."""

    @property
    def is_recording(self) -> bool:
        """Whether what is said now is kept."""

    @property
    def was_asked_for(self) -> bool:
        """Whether it is somebody's wish alone and no rule's."""

    def ask(self) -> None:
        """Record from the next `begin` on, although no rule asks for it."""

    def follow(self) -> None:
        """Legs have joined, left or moved."""

    def pause(self, *, told: bool = False) -> None:
        """Leave out what is said until `resume`, such as a card number.

        `told`, here as there: the call's story says so already.
        """

    def resume(self, *, told: bool = False) -> None: ...

    def end(self) -> None:
        """Nothing more is recorded; the file is packed."""

    def told(self) -> frozenset[str]:
        """Return the ids of the legs that have heard the announcement."""

    def trust(self, told: frozenset[str]) -> None:
        """These legs have heard the announcement on a call that is part of this one now."""
