"""Reaching somebody in stages: all of one stage are rung together, then those of the next."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeAlias

from firmware.calls.attempt import Attempt
from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.contract.causes import Cause

Stage: TypeAlias = Callable[[], Sequence[Attempt]]
"""Makes the attempts of a stage when its turn comes, so that lines are chosen then."""


class Stages:
    """Implements Attempt. Each stage is given `ring_s`; None leaves it to its attempts."""

    def __init__(self, call: Call, stages: Sequence[Stage], ring_s: float | None) -> None:
        self.cause: Cause | None = None if stages else Cause.NO_USER_RESPONDING
        self._call, self._waiting, self._ring_s = call, list(stages), ring_s
        self._attempts: Sequence[Attempt] = ()
        self._causes: list[Cause] = []
        self._until: float | None = None

    @property
    def answered(self) -> Leg | None:
        return next((one.answered for one in self._attempts if one.answered is not None), None)

    @property
    def legs(self) -> tuple[Leg, ...]:
        return tuple(leg for one in self._attempts for leg in one.legs)

    @property
    def rings(self) -> bool:
        return any(one.rings for one in self._attempts)

    @property
    def network(self) -> Leg | None:
        return self._attempts[0].network if len(self._attempts) == 1 else None

    @property
    def mailbox(self) -> str | None:
        return self._attempts[0].mailbox if len(self._attempts) == 1 else None

    def advance(self) -> None:
        if self.cause is not None:
            return
        if not self._attempts:
            self._next_stage()
        for one in self._attempts:
            one.advance()
        if self.answered is not None:
            return
        causes = [one.cause for one in self._attempts if one.cause is not None]
        if len(causes) == len(self._attempts):
            self._over(causes)
        elif self._is_time_up():
            for one in self._attempts:
                one.give_up(Cause.NO_ANSWER_FROM_USER)
            self._over([Cause.NO_ANSWER_FROM_USER])

    def give_up(self, cause: Cause, keep: Leg | None = None) -> None:
        for one in self._attempts:
            one.give_up(cause, keep)
        self.cause = self.cause if self.cause is not None else cause

    def _next_stage(self) -> None:
        self._attempts = self._waiting.pop(0)()
        if self._ring_s is not None:
            loop = asyncio.get_running_loop()
            self._until = loop.time() + self._ring_s
            loop.call_later(self._ring_s, self._call.news.wake)

    def _is_time_up(self) -> bool:
        """Never while somebody has answered and is asked to take the call."""
        late = self._until is not None and asyncio.get_running_loop().time() >= self._until
        return late and not any(leg.is_active for leg in self.legs)

    def _over(self, causes: Sequence[Cause]) -> None:
        self._causes += causes
        if self._waiting:
            self._attempts = ()
            self.advance()
        else:
            self.cause = worst(self._causes)


def worst(causes: Sequence[Cause]) -> Cause:
    """Return what is told of several who were not reached: one who did not answer goes first."""
    for telling in (Cause.NO_ANSWER_FROM_USER, Cause.USER_BUSY):
        if telling in causes:
            return telling
    return next(iter(causes), Cause.NO_USER_RESPONDING)
