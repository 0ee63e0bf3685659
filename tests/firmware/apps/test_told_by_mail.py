"""A message and a missed call are told by e-mail, through the whole exchange and a real server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from firmware.config.mail import Security
from firmware.contract.causes import Cause
from firmware.contract.messages import AlertCall, Disconnect
from tests.firmware.apps.test_voicemail import CALLER, LEG, begin_message, hang_up
from tests.firmware.mail.scripted_smtp import Behaviour, ScriptedSmtp, scripted_smtp
from tests.firmware.scripted_box import ScriptedBox, eventually, scripted_box
from tests.firmware.scripted_office import SCRIPTED_OFFICE

MAILBOX = 'name = "Office"\nemail = ["desk@example.com", "owner@example.com"]\nemail_missed = true'


@asynccontextmanager
async def writing_box(sounds: Path) -> AsyncIterator[tuple[ScriptedBox, ScriptedSmtp]]:
    async with scripted_smtp(Behaviour(Security.NONE)) as smtp:
        account = (
            f'[mail]\nserver = "127.0.0.1"\nport = {smtp.port}\nsecurity = "none"\n'
            'sender = "box@example.com"\nmissed_calls = ["boss@example.com", "desk@example.com"]\n'
        )
        config = SCRIPTED_OFFICE.replace('name = "Office"', MAILBOX) + account
        async with scripted_box(config, sounds) as box:
            yield box, smtp


async def test_a_message_is_sent_with_its_sound_to_all_of_its_mailbox(sounds: Path) -> None:
    async with writing_box(sounds) as (box, smtp):
        await begin_message(box)
        box.switch.hears_voice(LEG)
        hang_up(box)

        (message,) = await eventually(lambda: smtp.messages, lambda got: len(got) == 1)

    assert smtp.recipients == ["desk@example.com", "owner@example.com"]
    assert message["Subject"].startswith(f"Voice message from {CALLER} (")
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "audio/mpeg",
    ]


async def test_a_missed_call_is_told_once_to_everybody_who_wants_to_know(sounds: Path) -> None:
    async with writing_box(sounds) as (box, smtp):
        await box.fxo.call_in("fxo-1", LEG, CALLER)
        await box.phones.heard.expect(AlertCall)
        box.fxo.report(Disconnect(leg_id=LEG, cause=Cause.NORMAL_CALL_CLEARING))

        await eventually(lambda: len(smtp.messages), lambda count: count == 2)

    assert sorted(smtp.recipients) == ["boss@example.com", "desk@example.com", "owner@example.com"]
    assert {message["Subject"] for message in smtp.messages} == {f"Missed call from {CALLER}"}
