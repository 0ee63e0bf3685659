"""The connect node: ring extensions, a group or a number outside; and what if nobody answers."""

from dataclasses import dataclass
from typing import Final

from firmware.apps.voicemail.service import MessageOrder, take_message
from firmware.calls.attempt import Attempt, OutsideAttempt
from firmware.calls.dialled import Dialled, Meaning
from firmware.calls.reach import extension_attempts, group_members, outside_route, refusal
from firmware.calls.visit import Visit
from firmware.config.extensions import Extension
from firmware.config.flows import Connect
from firmware.contract.causes import Cause
from firmware.store.rows import Disposition

RING_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to ring, how long, and who takes a message instead."""

    attempts: list[Attempt]
    ring_s: float
    mailbox: str | None = None


async def connect(visit: Visit, node: Connect) -> str | None:
    """Return the exit to take when nobody answered; None when the call has been served."""
    wanted = _wanted(visit, node)
    reached = await visit.ring(wanted.attempts, node.ring_s or wanted.ring_s, node.music)
    if reached.leg is not None:
        await visit.talk_to(reached)
        return None
    reached.tell(visit.call)
    busy = reached.disposition is not Disposition.NO_ANSWER and node.busy is not None
    following = node.busy if busy else node.no_answer
    if following is None:
        await instead(visit, wanted.mailbox)
    return following


async def connect_extension(visit: Visit, extension_id: str) -> str | None:
    """Connect to an extension the caller knows; its voicemail takes over. Never leads on."""
    extension = visit.office.config.extension(extension_id)
    members = [extension] if extension else []
    await connect_people(visit, members, None)
    return None


async def connect_people(visit: Visit, members: list[Extension], mailbox: str | None) -> None:
    """Ring these extensions, then their voicemail; the call is served afterwards."""
    wanted = _people(visit, members, mailbox, None)
    reached = await visit.ring(wanted.attempts, wanted.ring_s)
    if reached.leg is not None:
        await visit.talk_to(reached)
        return
    reached.tell(visit.call)
    if await visit.answer():
        await visit.recorder.begin(visit.caller)
        await instead(visit, wanted.mailbox)


async def instead(visit: Visit, mailbox: str | None) -> None:
    """Nobody came: take a message if there is a mailbox, otherwise say so; then clear."""
    if mailbox is not None:
        await take_message(visit, MessageOrder(mailbox))
        await visit.say("goodbye")
    else:
        await visit.say("nobody-available")
    visit.caller.clear(Cause.NORMAL_CALL_CLEARING)


def _wanted(visit: Visit, node: Connect) -> Wanted:
    office = visit.office
    if node.number is not None:
        route = outside_route(office, Dialled(Meaning.OUTSIDE, node.number), None)
        if route.refused is not None:
            refusal(visit.call, route.refused)
        return Wanted([OutsideAttempt(office, visit.call, route.ways, visit.shown)], RING_S)
    if node.group is not None:
        group = office.config.group(node.group)
        ring_s = float(group.ring_s) if group else RING_S
        members = group_members(office, node.group)
        return _people(visit, members, group.voicemail if group else None, ring_s)
    found = map(office.config.extension, node.extensions)
    return _people(visit, [one for one in found if one is not None], None, None)


def _people(
    visit: Visit, members: list[Extension], mailbox: str | None, ring_s: float | None
) -> Wanted:
    attempts = extension_attempts(visit.office, visit.call, members, visit.shown)
    longest = max((float(one.ring_s) for one in members), default=RING_S)
    own = mailbox or next((one.voicemail for one in members if one.voicemail), None)
    return Wanted(attempts, ring_s or longest, own)
