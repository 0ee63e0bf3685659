"""Walks a caller through a flow: from node to node until the call is over."""

from datetime import UTC, datetime
from typing import assert_never

from firmware.apps.callback.promise import promise_call_back
from firmware.apps.ivr.connecting import connect
from firmware.apps.ivr.email import send_email
from firmware.apps.ivr.form import ask_form
from firmware.apps.ivr.human import prove_human
from firmware.apps.ivr.menu import menu
from firmware.apps.ivr.questions import collect
from firmware.apps.ivr.values import compare_value, set_value
from firmware.apps.ivr.web_asking import ask_web
from firmware.apps.voicemail.service import MessageOrder, take_message
from firmware.calls.visit import Visit
from firmware.config import flows as f
from firmware.config.flow_callback import CallBack
from firmware.config.flow_email import SendEmail
from firmware.config.flow_form import Form
from firmware.config.flow_values import CompareValue, ProveHuman, SetValue
from firmware.config.flow_web import AskWeb
from firmware.config.flows import MAX_STEPS
from firmware.contract.causes import Cause
from firmware.contract.texts import Text
from firmware.contract.views import CallPhase


async def run_flow(visit: Visit, flow: str) -> None:
    """Serve the caller with a flow; returns when it has cleared the call or talked to its end.

    Raises LegEnded when the caller hangs up.
    """
    place: tuple[str, str] | None = _start(visit, flow)
    for _ in range(MAX_STEPS):
        if place is None:
            return
        place = await _run_node(visit, *place)
    visit.call.step("ivr.went-in-circles", flow=flow)
    visit.caller.clear(Cause.NORMAL_CALL_CLEARING)


async def _run_node(visit: Visit, flow: str, name: str) -> tuple[str, str] | None:
    """Return flow and node to go on with; None when there is nothing more to do.

    The configuration may be changed while somebody is inside: a node that is
    gone ends the walk politely.
    """
    node = _find(visit, flow, name)
    if node is None:
        visit.call.step("ivr.node-gone", flow=flow, node=name)
        await _hang_up(visit, "goodbye")
        return None
    visit.call.step("ivr.node", flow=flow, node=name)
    visit.call.enter(CallPhase.MENU, Text(code="where.node", args={"flow": flow, "node": name}))
    if isinstance(node, f.GoTo):
        return _entry(visit, node)
    following = await _serve(visit, node)
    return (flow, following) if following is not None else None


async def _serve(visit: Visit, node: f.Node) -> str | None:  # noqa: C901  one case a node type
    match node:
        case f.Play():
            await visit.say(node.prompt, until_key=node.interruptible)
            return node.next
        case f.Menu():
            return await menu(visit, node)
        case f.Collect():
            return await collect(visit, node)
        case f.Hours():
            return _hours(visit, node)
        case f.ChooseLanguage():
            visit.call.language = node.language
            return node.next
        case Form():
            return await ask_form(visit, node)
        case SendEmail():
            return await send_email(visit, node)
        case CallBack():
            return await promise_call_back(visit, node)
        case SetValue():
            return set_value(visit, node)
        case CompareValue():
            return compare_value(visit, node)
        case AskWeb():
            return await ask_web(visit, node)
        case ProveHuman():
            return await prove_human(visit, node)
        case f.Connect():
            return await connect(visit, node)
        case f.TakeMessage():
            return await _take_message(visit, node)
        case f.HangUp():
            await _hang_up(visit, node.prompt)
            return None
        case f.GoTo():
            return None
        case _:
            assert_never(node)


async def _take_message(visit: Visit, node: f.TakeMessage) -> str | None:
    order = MessageOrder(
        mailbox=node.mailbox,
        greeting=node.greeting,
        max_s=node.max_s,
        end_silence_s=node.end_silence_s,
        end_key=node.end_key,
        notify=node.notify,
    )
    await take_message(visit, order)
    if node.next is None:
        await _hang_up(visit, "goodbye")
    return node.next


def _hours(visit: Visit, node: f.Hours) -> str:
    now = datetime.now(UTC)
    office = visit.office
    is_open = office.features.is_open(office.config, node.timetable, now)
    step = "route.open" if is_open else "route.closed"
    visit.call.step(step, visit.caller, timetable=node.timetable)
    return node.open if is_open else node.closed


async def _hang_up(visit: Visit, prompt: str | None) -> None:
    if prompt is not None:
        await visit.say(prompt)
    visit.caller.clear(Cause.NORMAL_CALL_CLEARING)


def _find(visit: Visit, flow: str, name: str) -> f.Node | None:
    found = visit.office.config.flows.get(flow)
    return found.nodes.get(name) if found else None


def _entry(visit: Visit, node: f.GoTo) -> tuple[str, str]:
    return (node.flow, node.node) if node.node else _start(visit, node.flow)


def _start(visit: Visit, flow: str) -> tuple[str, str]:
    """Return where a flow begins; one that is gone begins nowhere, which ends the walk."""
    found = visit.office.config.flows.get(flow)
    return flow, found.start if found else ""
