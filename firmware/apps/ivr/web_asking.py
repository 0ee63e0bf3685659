"""The web node: ask an address, keep or speak a field of its answer, and go on by it."""

import asyncio
import json
from urllib.parse import quote

from firmware.apps.ivr.answer_field import answer_field
from firmware.apps.ivr.values import value_of
from firmware.calls.visit import Visit
from firmware.config.flow_node import filled
from firmware.config.flow_web import AskWeb
from firmware.web_request.asking import Question, WebFault, ask, host_of


async def ask_web(visit: Visit, node: AskWeb) -> str:
    """Return the exit: matches, next or failed. Raises LegEnded when the caller hangs up."""
    if node.prompt is not None:
        await visit.say(node.prompt)
    host = host_of(node.url)
    visit.call.step("ivr.asks-web", None, host=host)
    try:
        allowed = visit.office.config.web_requests.allowed_here
        body = await visit.meanwhile(ask(_question(visit, node), allowed))
        found = "" if node.field is None else answer_field(body, node.field, host)
    except WebFault as fault:
        visit.call.step(fault.text.code, None, **fault.text.args)
        return node.failed
    visit.call.step("ivr.web-answered", None, host=host)
    if node.variable is not None:
        visit.call.variables[node.variable] = found
    if node.speak:
        await _speak(visit, found)
    return node.matches if node.matches is not None and node.is_expected(found) else node.next


def _question(visit: Visit, node: AskWeb) -> Question:
    url = filled(node.url, lambda name: quote(value_of(visit, name), safe=""))
    if node.method == "get":
        return Question(url, node.timeout_s)
    sent = {name: value_of(visit, name) for name in node.send}
    return Question(url, node.timeout_s, "POST", json.dumps(sent).encode())


async def _speak(visit: Visit, found: str) -> None:
    file = await visit.meanwhile(visit.office.voices.spoken(found, visit.call.language))
    if file is None:
        return
    try:
        await visit.caller.play([file])
    finally:
        await asyncio.to_thread(file.unlink, missing_ok=True)
