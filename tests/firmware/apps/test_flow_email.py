"""The e-mail step: a letter in the outbox, or the exit for a box that writes none."""

import socket
from pathlib import Path

import pytest

from firmware.store.rows import CallStory
from tests.firmware.scripted_box import ScriptedBox, eventually_async, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

CALLER = "+447700900123"
LEG = "caller"
FLOW = """
[flows.letter]
start = "write"

[flows.letter.nodes.write]
type = "email"
to = ["desk@example.com"]
subject = "Call of {caller}"
text = "They dialled {called}."
next = "bye"
failed = "sorry"

[flows.letter.nodes.bye]
type = "hangup"

[flows.letter.nodes.sorry]
type = "hangup"
"""
OFFICE = SCRIPTED_OFFICE.replace('to = { flow = "main" }', 'to = { flow = "letter" }') + FLOW


def way(story: CallStory) -> list[str]:
    return [str(step.what.args["node"]) for step in story.steps if step.what.code == "ivr.node"]


async def calls(box: ScriptedBox) -> CallStory:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    await box.gsm.cleared(LEG)
    return await box.story()


@pytest.fixture
def closed_port() -> int:
    """Return a port of loopback where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


async def test_the_letter_waits_in_the_outbox_and_the_call_goes_on(
    sounds: Path, closed_port: int
) -> None:
    account = f'server = "127.0.0.1"\nport = {closed_port}\nsecurity = "none"\n'
    mail = f'\n[mail]\n{account}sender = "box@example.com"\n'
    async with scripted_box(OFFICE + mail, sounds) as box:
        story = await calls(box)
        view = (
            await eventually_async(
                lambda: box.control.ask("read-mail"), lambda said: bool(said["ok"]["letters"])
            )
        )["ok"]

    assert way(story) == ["write", "bye"]
    assert "ivr.email-sent" in steps(story)
    assert [(one["to"], one["subject"]) for one in view["letters"]] == [
        (["desk@example.com"], f"Call of {CALLER}")
    ]


async def test_without_an_account_the_call_takes_the_other_exit(sounds: Path) -> None:
    async with scripted_box(OFFICE, sounds) as box:
        story = await calls(box)

    assert way(story) == ["write", "sorry"]
    assert "mail.not-set-up" in steps(story)
