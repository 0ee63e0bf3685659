"""A number outside that stands for somebody of the office: whoever answers presses 1.

So the mailbox of a mobile never swallows a call: a machine presses nothing,
and the call goes on as if nobody had answered.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from firmware.calls.attempt import OutsideAttempt
from firmware.calls.call import Call
from firmware.calls.leg import Leg, LegEnded
from firmware.calls.office import Office
from firmware.contract.causes import Cause
from firmware.contract.views import CallPhase

TAKE: Final = "1"
PROMPT: Final = "press-1-to-take"
PAUSE_S: Final = 3.0
"""Silence before it is said again."""


class ConfirmedAttempt:
    """Implements Attempt around `outside`."""

    mailbox: str | None = None
    network: Leg | None = None

    def __init__(
        self, office: Office, call: Call, outside: OutsideAttempt, language: str, confirm_s: float
    ) -> None:
        self._office, self._call, self._outside = office, call, outside
        self._language, self._confirm_s = language, confirm_s
        self._asking: asyncio.Task[None] | None = None
        self._taken = self._refused = False

    @property
    def cause(self) -> Cause | None:
        return Cause.NO_ANSWER_FROM_USER if self._refused else self._outside.cause

    @property
    def answered(self) -> Leg | None:
        return self._outside.answered if self._taken else None

    @property
    def rings(self) -> bool:
        return self._outside.rings

    @property
    def legs(self) -> tuple[Leg, ...]:
        return self._outside.legs

    def advance(self) -> None:
        self._outside.advance()
        for rung in self._outside.legs:
            rung.must_confirm = not self._taken
        leg = self._outside.answered
        if leg is not None and self._asking is None:
            self._asking = asyncio.create_task(self._ask(leg), name="press 1 to take")

    def give_up(self, cause: Cause, keep: Leg | None = None) -> None:
        if self._asking is not None:
            self._asking.cancel()
        self._outside.give_up(cause, keep)

    async def _ask(self, leg: Leg) -> None:
        """Say it again and again until a key or the time decides."""
        self._call.step("call.asks-to-take", leg)
        try:
            files = await self._office.voices.files(PROMPT, self._language)
            async with asyncio.timeout(self._confirm_s):
                await _pressed(leg, files)
            self._taken, leg.must_confirm = True, False
            self._call.step("call.taken", leg)
        except (LegEnded, TimeoutError):
            self._refused = True
            if self._call.phase is not CallPhase.ENDED:
                self._call.step("call.not-taken", leg)
            leg.clear(Cause.NORMAL_CALL_CLEARING)
        self._call.news.wake()


async def _pressed(leg: Leg, files: Sequence[Path]) -> None:
    """Return when the key was pressed. Raises LegEnded."""
    while True:
        await leg.play(files, until_key=True)
        if await leg.next_key(PAUSE_S) == TAKE:
            return
