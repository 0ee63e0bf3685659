"""The connect node: ring extensions, a group or a number outside; and what if nobody answers."""

from dataclasses import dataclass
from typing import Final

from firmware.apps.voicemail.service import MessageOrder, take_message
from firmware.calls.attempt import Attempt, OutsideAttempt
from firmware.calls.dialled import Dialled, Meaning
from firmware.calls.reach import extension_attempts, group_attempts
from firmware.calls.visit import Visit
from firmware.calls.ways_out import outside_route, refusal
from firmware.config.extensions import Extension, RingGroup
from firmware.config.flows import Connect
from firmware.contract.causes import Cause
from firmware.store.rows import Disposition

RING_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to ring, how long, and who takes a message instead."""

    attempts: list[Attempt]
    ring_s: float | None = None
    """None: the attempts know when it is enough."""
    mailbox: str | None = None


async def connect(visit: Visit, node: Connect) -> str | None:
    """Return the exit to take when nobody answered; None when the call has been served."""
    wanted = _wanted(visit, node)
    reached = await visit.ring(wanted.attempts, wanted.ring_s, node.music)
    if reached.leg is not None:
        await visit.talk_to(reached)
        return None
    reached.tell(visit.call)
    busy = reached.disposition is not Disposition.NO_ANSWER and node.busy is not None
    following = node.busy if busy else node.no_answer
    if following is None or reached.mailbox is not None:
        await instead(visit, reached.mailbox or wanted.mailbox)
        return None
    return following


async def connect_extension(visit: Visit, extension_id: str) -> str | None:
    """Connect to an extension the caller knows; its voicemail takes over. Never leads on."""
    extension = visit.office.config.extension(extension_id)
    await connect_people(visit, [extension] if extension else [])
    return None


async def connect_people(visit: Visit, members: list[Extension]) -> None:
    """Ring these extensions, then their voicemail; the call is served afterwards."""
    await _to_the_end(visit, _people(visit, members))


async def connect_group(visit: Visit, group: RingGroup) -> None:
    """Ring a group, then its voicemail; the call is served afterwards."""
    await _to_the_end(visit, _group(visit, group))


async def _to_the_end(visit: Visit, wanted: Wanted) -> None:
    reached = await visit.ring(wanted.attempts, wanted.ring_s)
    if reached.leg is not None:
        await visit.talk_to(reached)
        return
    reached.tell(visit.call)
    if await visit.answer():
        await visit.recorder.begin(visit.caller)
        await instead(visit, reached.mailbox or wanted.mailbox)


async def instead(visit: Visit, mailbox: str | None) -> None:
    """Nobody came: take a message if there is a mailbox, otherwise say so; then clear."""
    if mailbox is not None:
        await take_message(visit, MessageOrder(mailbox))
        await visit.say("goodbye")
    else:
        await visit.say("nobody-available")
    visit.caller.clear(Cause.NORMAL_CALL_CLEARING)


def _wanted(visit: Visit, node: Connect) -> Wanted:
    office, ring_s = visit.office, float(node.ring_s) if node.ring_s is not None else None
    if node.number is not None:
        route = outside_route(office, Dialled(Meaning.OUTSIDE, node.number), None)
        if route.refused is not None:
            refusal(visit.call, route.refused)
        outside: list[Attempt] = [OutsideAttempt(office, visit.call, route.ways, visit.shown)]
        return Wanted(outside, ring_s or RING_S)
    group = office.config.group(node.group) if node.group is not None else None
    if group is not None:
        return _group(visit, group, ring_s)
    found = map(office.config.extension, node.extensions)
    return _people(visit, [one for one in found if one is not None], ring_s)


def _group(visit: Visit, group: RingGroup, ring_s: float | None = None) -> Wanted:
    attempts = group_attempts(visit.office, visit.call, group, visit.shown, ring_s)
    members = map(visit.office.config.extension, group.extensions)
    own = next((one.voicemail for one in members if one and one.voicemail), None)
    return Wanted(attempts, mailbox=group.voicemail or own)


def _people(visit: Visit, members: list[Extension], ring_s: float | None = None) -> Wanted:
    longest = max((float(one.ring_s) for one in members), default=RING_S)
    each_s = ring_s or (longest if len(members) > 1 else None)
    attempts = extension_attempts(visit.office, visit.call, members, visit.shown, each_s)
    own = next((one.voicemail for one in members if one.voicemail), None)
    return Wanted(attempts, mailbox=own)
