"""Ringing several at once: the first to answer has the call, the others stop ringing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from firmware.calls.attempt import ANSWERED_ELSEWHERE, Attempt, Shown
from firmware.calls.call import Call
from firmware.calls.early import EarlySound
from firmware.calls.extension_attempt import ExtensionAttempt, Ringing, group_stages
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.stages import Stages, worst
from firmware.config.extensions import Extension, RingGroup
from firmware.contract.causes import Cause
from firmware.store.rows import Disposition


@dataclass(frozen=True, slots=True)
class Reached:
    """`leg` has answered; without one, `disposition` says why and `cause` what was signalled."""

    leg: Leg | None
    disposition: Disposition
    cause: Cause
    mailbox: str | None = None
    """The mailbox that takes over by the wish of who was called."""

    def tell(self, call: Call) -> None:
        """Note in the call's story that nobody was reached, and why."""
        call.disposition = self.disposition
        if not call.row.incoming:
            call.cause = self.cause
        call.step(_NOT_REACHED.get(self.disposition, "ivr.failed"))


_NOT_REACHED: Final[Mapping[Disposition, str]] = {
    Disposition.NO_ANSWER: "ivr.no-answer",
    Disposition.BUSY: "ivr.busy",
}


async def reach(
    call: Call,
    caller: Leg,
    attempts: Sequence[Attempt],
    ring_s: float | None,
    stop: Callable[[], bool] = lambda: False,
) -> Reached:
    """Ring until one answers, all have failed, time is up, or `stop` says so.

    Meanwhile any other phone may take the call (taking.py). Raises LegEnded
    when the caller is gone; then the attempts go on, because somebody else may
    be waiting for them, and whoever asked ends them.
    """

    early = EarlySound(caller, attempts, call.early_room)

    def look() -> Leg | bool | None:
        for attempt in attempts:
            attempt.advance()
        answered = (one.answered for one in attempts if one.answered is not None)
        first = call.taker or next(answered, None)
        if first is None:
            early.look()
        return first or stop() or all(one.cause is not None for one in attempts) or None

    call.taker, call.may_be_taken = None, True
    try:
        found = await caller.until(look, ring_s)
    finally:
        call.taker, call.may_be_taken = None, False
    answered = found if isinstance(found, Leg) else None
    early.end(answered=answered is not None)
    for attempt in attempts:
        attempt.give_up(ANSWERED_ELSEWHERE if answered else Cause.NO_ANSWER_FROM_USER, answered)
    return _outcome(answered, attempts)


def extension_attempts(
    office: Office,
    call: Call,
    extensions: Sequence[Extension],
    shown: Shown,
    ring_s: float | None = None,
) -> list[Attempt]:
    """Return one attempt per extension; several are rung as a group is."""
    how = Ringing(shown, ring_s, in_group=len(extensions) > 1)
    return [ExtensionAttempt(office, call, one, how) for one in extensions]


def group_attempts(
    office: Office, call: Call, group: RingGroup, shown: Shown, ring_s: float | None = None
) -> list[Attempt]:
    return [Stages(call, group_stages(office, call, group, Ringing(shown, ring_s)), None)]


def group_members(office: Office, group_id: str) -> list[Extension]:
    group = office.config.group(group_id)
    members = group.extensions if group else ()
    return [one for one in map(office.config.extension, members) if one is not None]


def _outcome(answered: Leg | None, attempts: Sequence[Attempt]) -> Reached:
    if answered is not None:
        return Reached(answered, Disposition.ANSWERED, Cause.NORMAL_CALL_CLEARING)
    cause = worst([one.cause for one in attempts if one.cause is not None])
    mailbox = next((one.mailbox for one in attempts if one.mailbox is not None), None)
    return Reached(None, _DISPOSITION_OF.get(cause, Disposition.FAILED), cause, mailbox)


_DISPOSITION_OF: Final[Mapping[Cause, Disposition]] = {
    Cause.NO_ANSWER_FROM_USER: Disposition.NO_ANSWER,
    Cause.USER_BUSY: Disposition.BUSY,
}
