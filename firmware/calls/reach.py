"""Ringing several at once: the first to answer has the call, the others stop ringing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from firmware.calls.attempt import ANSWERED_ELSEWHERE, Attempt, OutsideAttempt, PhoneAttempt, Shown
from firmware.calls.call import Call
from firmware.calls.dialled import Dialled, Meaning
from firmware.calls.early import EarlySound
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.routing_out import RouteOut, route_out
from firmware.config.extensions import Extension
from firmware.contract.causes import Cause
from firmware.contract.control import Side
from firmware.contract.texts import Text
from firmware.store.rows import Disposition


@dataclass(frozen=True, slots=True)
class Reached:
    """`leg` has answered; without one, `disposition` says why and `cause` what was signalled."""

    leg: Leg | None
    disposition: Disposition
    cause: Cause

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

    Raises LegEnded when the caller is gone; then the attempts go on, because
    somebody else may be waiting for them, and whoever asked ends them.
    """

    early = EarlySound(caller, attempts, call.early_room)

    def look() -> Leg | bool | None:
        for attempt in attempts:
            attempt.advance()
        answered = (one.leg for one in attempts if one.leg is not None and one.leg.is_active)
        first = next(answered, None)
        if first is None:
            early.look()
        return first or stop() or all(one.cause is not None for one in attempts) or None

    found = await caller.until(look, ring_s)
    answered = found if isinstance(found, Leg) else None
    early.end(answered=answered is not None)
    for attempt in attempts:
        if answered is None or attempt.leg is not answered:
            attempt.give_up(ANSWERED_ELSEWHERE if answered else Cause.NO_ANSWER_FROM_USER)
    return _outcome(answered, attempts)


def extension_attempts(
    office: Office, call: Call, extensions: Sequence[Extension], shown: Shown
) -> list[Attempt]:
    """Return one attempt per phone and mobile of these extensions."""
    attempts: list[Attempt] = []
    for extension in extensions:
        attempts += [PhoneAttempt(office, call, line, shown) for line in extension.devices]
        if extension.mobile is not None:
            mobile = Dialled(Meaning.OUTSIDE, extension.mobile)
            route = outside_route(office, mobile, extension.id)
            attempts.append(OutsideAttempt(office, call, route.ways, shown, Side.OFFICE))
    return attempts


def outside_route(office: Office, dialled: Dialled, extension: str | None) -> RouteOut:
    return route_out(dialled, extension, office.config, office.lines, office.spent.used)


def group_members(office: Office, group_id: str) -> list[Extension]:
    group = office.config.group(group_id)
    members = group.extensions if group else ()
    return [one for one in map(office.config.extension, members) if one is not None]


def refusal(call: Call, why: Text) -> None:
    call.step(why.code, None, **why.args)


def _outcome(answered: Leg | None, attempts: Sequence[Attempt]) -> Reached:
    if answered is not None:
        return Reached(answered, Disposition.ANSWERED, Cause.NORMAL_CALL_CLEARING)
    causes = [one.cause for one in attempts if one.cause is not None]
    if Cause.NO_ANSWER_FROM_USER in causes:
        return Reached(None, Disposition.NO_ANSWER, Cause.NO_ANSWER_FROM_USER)
    if Cause.USER_BUSY in causes:
        return Reached(None, Disposition.BUSY, Cause.USER_BUSY)
    return Reached(None, Disposition.FAILED, next(iter(causes), Cause.NO_USER_RESPONDING))
