"""Values in a flow: set, tested, asked of a web address; and a key that proves a human."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.contract.causes import Cause
from firmware.contract.messages import Disconnect
from firmware.contract.switching import Play
from firmware.prompts.library import PromptLibrary
from firmware.store.rows import CallStory
from tests.firmware.scripted_box import ScriptedBox, eventually, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE
from tests.firmware.web_server import WebServer, answer, web_server

CALLER = "+447700900123"
LEG = "caller"
NODES = """
[web_requests]
allowed_here = ["LISTED"]

[flows.extra]
start = "which"

[flows.extra.nodes.which]
type = "menu"
prompt = "one-moment"
timeout_s = 1
retries = 0
timeout = "bye"
invalid = "bye"
keys = { 1 = "ask", 2 = "send", 3 = "human", 4 = "number" }

[flows.extra.nodes.ask]
type = "web"
prompt = "one-moment"
url = "http://LISTED/customer?number={caller}"
timeout_s = 15
field = "customer.0.kind"
variable = "kind"
expected = "gold"
next = "remember"
matches = "gold"
failed = "bye"

[flows.extra.nodes.remember]
type = "set"
variable = "known_as"
value = "{kind} of {line}"
next = "check"

[flows.extra.nodes.check]
type = "test"
variable = "known_as"
compare = "equals"
value = "Silver of GSM-1"
yes = "silver"
no = "bye"

[flows.extra.nodes.silver]
type = "hangup"

[flows.extra.nodes.gold]
type = "hangup"

[flows.extra.nodes.number]
type = "collect"
prompt = "one-moment"
variable = "pin"
min_digits = 4
max_digits = 4
timeout_s = 1
retries = 0
secret = true
next = "send"
timeout = "bye"
invalid = "bye"

[flows.extra.nodes.send]
type = "web"
url = "http://LISTED/sent"
method = "post"
send = ["caller", "pin"]
field = "balance"
speak = true
next = "bye"
failed = "gold"

[flows.extra.nodes.human]
type = "human"
timeout_s = 1
retries = 1
next = "silver"
failed = "gold"

[flows.extra.nodes.bye]
type = "hangup"
prompt = "goodbye"
"""


@pytest.fixture
async def web() -> AsyncIterator[WebServer]:
    async with web_server() as server:
        yield server


@pytest.fixture
async def box(sounds: Path, web: WebServer) -> AsyncIterator[ScriptedBox]:
    office = SCRIPTED_OFFICE.replace('to = { flow = "main" }', 'to = { flow = "extra" }')
    async with scripted_box(office + NODES.replace("LISTED", web.listed), sounds) as running:
        yield running


def way(story: CallStory) -> list[str]:
    return [str(step.what.args["node"]) for step in story.steps if step.what.code == "ivr.node"]


async def walk(box: ScriptedBox, keys: str) -> CallStory:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, keys)
    await box.gsm.cleared(LEG)
    return await box.story()


async def test_an_answer_is_kept_put_into_a_value_and_tested(
    box: ScriptedBox, web: WebServer
) -> None:
    web.answers["/customer"] = answer(b'{"customer": [{"kind": "silver"}]}')

    story = await walk(box, "1")

    assert way(story) == ["which", "ask", "remember", "check", "silver"]
    assert web.asked[0].startswith(b"GET /customer?number=%2B447700900123 ")
    assert steps(story).index("ivr.asks-web") < steps(story).index("ivr.web-answered")


async def test_the_expected_answer_leads_its_own_way(box: ScriptedBox, web: WebServer) -> None:
    web.answers["/customer"] = answer(b'{"customer": [{"kind": "gold"}]}')

    assert way(await walk(box, "1")) == ["which", "ask", "gold"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (answer(b"[" * 60_000), "web-ask.not-json"),
        (answer(b"<html>"), "web-ask.not-json"),
        (answer(b'{"customer": []}'), "web-ask.no-field"),
        (answer(b'{"customer": [{"kind": {"a": 1}}]}'), "web-ask.no-field"),
        (answer(b"", "404 Not Found"), "web-ask.status"),
    ],
)
async def test_an_answer_of_no_use_leads_to_failed_and_is_told(
    box: ScriptedBox, web: WebServer, said: bytes, code: str
) -> None:
    web.answers["/customer"] = said

    story = await walk(box, "1")

    assert way(story) == ["which", "ask", "bye"]
    assert code in steps(story)


async def test_hanging_up_while_the_address_is_asked_ends_the_call_and_the_question(
    box: ScriptedBox, web: WebServer
) -> None:
    web.answers["/customer"] = None
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, "1")
    await eventually(lambda: list(web.asked), bool)

    box.gsm.report(Disconnect(leg_id=LEG, cause=Cause.NORMAL_CALL_CLEARING))

    story = await box.story()
    assert way(story) == ["which", "ask"]
    await web.gone.wait()


async def test_secret_digits_are_sent_but_stand_in_no_record(
    box: ScriptedBox, web: WebServer
) -> None:
    web.answers["/sent"] = answer(b'{"balance": 12.50}')

    story = await walk(box, "44711")

    assert web.asked[0].endswith(b'{"caller": "+447700900123", "pin": "4711"}')
    assert "4711" not in story.model_dump_json()
    spoken = [Path(file).name for play in box.switch.heard.of(Play) for file in play.files]
    assert any(name.startswith("spoken-") for name in spoken)
    assert list((box.state / "run").glob("spoken-*")) == []


async def said_key(box: ScriptedBox) -> str:
    """Return the key the caller is told to press."""
    library = PromptLibrary(box.state)
    names = {library.digits(one, "en")[0].name: one for one in "123456789"}
    play = await box.switch.heard.expect(
        Play, lambda order: bool({Path(file).name for file in order.files} & names.keys())
    )
    return names[Path(play.files[0]).name]


async def test_who_presses_the_key_that_is_said_is_human(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, "3")
    box.gsm.press(LEG, await said_key(box))
    await box.gsm.cleared(LEG)

    assert way(await box.story()) == ["which", "human", "silver"]


async def test_a_machine_that_presses_the_same_key_again_and_again_is_none(
    box: ScriptedBox,
) -> None:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, "3")
    for _ in range(2):
        await said_key(box)
        box.gsm.press(LEG, "0")
    await box.gsm.cleared(LEG)

    assert way(await box.story()) == ["which", "human", "gold"]


async def test_silence_proves_nothing(box: ScriptedBox) -> None:
    assert way(await walk(box, "3")) == ["which", "human", "gold"]
