"""A call has come in: who calls, where to, answer, and serve them to the end."""

from datetime import UTC, datetime

from firmware.apps.ivr.connecting import connect_group, connect_people
from firmware.apps.ivr.service import run_flow
from firmware.apps.reception.hidden import has_said_who
from firmware.apps.voicemail.service import MessageOrder, take_message
from firmware.calls.routing_in import Arrival, RoutedIn, route_in
from firmware.calls.visit import Visit
from firmware.config.callers import CallerClass, Withheld
from firmware.config.flows import TakeMessage
from firmware.config.routes_in import Destination
from firmware.contract.causes import Cause
from firmware.contract.line_state import Audio
from firmware.contract.views import Opening
from firmware.store.rows import Disposition


async def receive(visit: Visit, called: str | None) -> None:
    """Serve a caller until the call is over. Raises LegEnded when they hang up."""
    caller, config = visit.caller, visit.office.config
    arrival = Arrival(caller.line_id, caller.number, called, datetime.now(UTC))
    if _is_off(visit):
        visit.call.step("route.line-off", caller, line=caller.line_id)
        visit.call.disposition = Disposition.FAILED
        caller.clear(Cause.CALL_REJECTED)
        return
    features = visit.office.features
    closures = features.opening is not Opening.OPEN
    routed = route_in(arrival, config, features.is_open, closures=closures)
    if routed.to is None or (routed.to.hang_up and _announced(routed) is None):
        _reject(visit, routed.caller, nothing_fits=routed.to is None)
        return
    if _must_say_who(visit, routed) and not await has_said_who(visit):
        return
    if routed.rule is not None:
        visit.call.step("route.in", caller, rule=routed.rule)
    await _announce_closure(visit, routed)
    await _lead(visit, routed.to)


async def _lead(visit: Visit, to: Destination) -> None:
    if to.hang_up:
        visit.caller.clear(Cause.NORMAL_CALL_CLEARING)
    elif visit.caller.terminal.audio is not Audio.FULL:
        await _announce_and_record(visit, to)
    elif to.extension is not None or to.group is not None:
        await _straight_to_people(visit, to)
    elif await visit.answer():
        await visit.recorder.begin(visit.caller)
        await _serve(visit, to)


def _is_off(visit: Visit) -> bool:
    settings = visit.office.config.line(visit.caller.line_id)
    return settings is not None and not settings.enabled


def _must_say_who(visit: Visit, routed: RoutedIn) -> bool:
    asked = visit.office.config.callers.withheld is Withheld.CHALLENGE
    can_answer = visit.caller.terminal.audio is not Audio.NONE
    return asked and can_answer and routed.caller is CallerClass.WITHHELD


def _announced(routed: RoutedIn) -> str | None:
    return routed.closure.prompt if routed.closure is not None else None


async def _announce_closure(visit: Visit, routed: RoutedIn) -> None:
    """Say that the office is closed for once, to a line that can hear it."""
    if routed.closure is None:
        return
    name, prompt = routed.closure.name or routed.closure.id, _announced(routed)
    visit.call.step("route.closure", visit.caller, name=name)
    if prompt is None or visit.caller.terminal.audio is Audio.NONE or not await visit.answer():
        return
    await visit.recorder.begin(visit.caller)
    await visit.say(prompt)


async def _serve(visit: Visit, to: Destination) -> None:
    if to.flow is not None:
        await run_flow(visit, to.flow)
    elif to.voicemail is not None:
        await take_message(visit, MessageOrder(to.voicemail))
        await visit.say("goodbye")
    visit.caller.clear(Cause.NORMAL_CALL_CLEARING)


async def handed_to_flow(visit: Visit, flow: str) -> None:
    """Serve a party whom somebody of the office has handed to a flow. Raises LegEnded."""
    visit.caller.sound.stop()
    visit.caller.sound.enter(None)
    visit.recorder.follow()
    await run_flow(visit, flow)
    visit.caller.clear(Cause.NORMAL_CALL_CLEARING)


async def _straight_to_people(visit: Visit, to: Destination) -> None:
    """Nobody answers but the people themselves: the caller hears the network's ringback."""
    config = visit.office.config
    group = config.group(to.group or "")
    if group is not None:
        await connect_group(visit, group)
        return
    extension = config.extension(to.extension or "")
    await connect_people(visit, [extension] if extension else [])


async def _announce_and_record(visit: Visit, to: Destination) -> None:
    """A half-duplex line hears no keys while it speaks and cannot converse: a message it is."""
    visit.call.step("route.half-duplex", visit.caller, line=visit.caller.line_id)
    if visit.caller.terminal.audio is Audio.NONE or not await visit.answer():
        visit.caller.clear(Cause.BEARER_CAPABILITY_NOT_AVAILABLE)
        return
    mailbox = _mailbox_for(visit, to)
    if mailbox is None:
        await visit.say("nobody-available")
    else:
        await take_message(visit, MessageOrder(mailbox))
        await visit.say("goodbye")
    visit.caller.clear(Cause.NORMAL_CALL_CLEARING)


def _mailbox_for(visit: Visit, to: Destination) -> str | None:
    """Return the mailbox the destination would end in, or the office's first."""
    config = visit.office.config
    flow = config.flows.get(to.flow or "")
    nodes = flow.nodes.values() if flow else ()
    in_flow = next((node.mailbox for node in nodes if isinstance(node, TakeMessage)), None)
    first = next((one.id for one in config.mailboxes), None)
    return to.voicemail or in_flow or first


def _reject(visit: Visit, caller: CallerClass, *, nothing_fits: bool) -> None:
    blocked = caller is CallerClass.BLOCKED
    code = "route.blocked" if blocked else "route.nothing-fits" if nothing_fits else "route.hang-up"
    visit.call.step(code, visit.caller)
    visit.call.disposition = Disposition.BLOCKED if blocked else Disposition.FAILED
    unknown = nothing_fits and not blocked
    visit.caller.clear(Cause.NO_ROUTE_TO_DESTINATION if unknown else Cause.CALL_REJECTED)
