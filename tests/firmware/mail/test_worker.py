"""The worker process sends a real message, sound and all; the password is on no command line."""

from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile

from firmware.config.mail import Mail, Security
from firmware.mail.jobs import Job
from firmware.mail.letter import Letter
from firmware.mail.worker_call import send_by_worker
from tests.firmware.mail.certificates import Authority
from tests.firmware.mail.scripted_smtp import Behaviour, scripted_smtp


def job(account: Mail, state: Path, sound: str | None) -> Job:
    letter = Letter(to=("desk@example.com",), subject="A message", body="Somebody", sound=sound)
    return Job(letter_id="01JABC", letter=letter, account=account, office="Office", state=state)


async def test_a_message_arrives_with_its_sound_as_mp3(
    tmp_path: Path, authority: Authority
) -> None:
    (tmp_path / "voicemail").mkdir()
    tone = (8_000 * np.sin(np.arange(16_000) / 3)).astype(np.int16)
    soundfile.write(tmp_path / "voicemail/one.flac", tone, 8_000)

    async with scripted_smtp(Behaviour(Security.STARTTLS, authority.certificate())) as smtp:
        outcome = await send_by_worker(job(smtp.account(), tmp_path, "voicemail/one.flac"))

    assert outcome.fault is None
    _, sound = smtp.messages[0].iter_parts()
    assert isinstance(sound, EmailMessage)
    heard, rate = soundfile.read(BytesIO(sound.get_content()), dtype="int16")
    assert sound.get_filename() == "message.mp3"
    assert rate == 8_000
    assert abs(len(heard) - len(tone)) < 4_000
    assert np.abs(heard).max() > 4_000


async def test_a_sound_that_was_deleted_meanwhile_holds_no_letter_up(tmp_path: Path) -> None:
    async with scripted_smtp(Behaviour(Security.NONE)) as smtp:
        outcome = await send_by_worker(job(smtp.account(), tmp_path, "voicemail/gone.flac"))

    assert outcome.fault is None
    assert smtp.messages[0].get_content_type() == "text/plain"


async def test_what_the_server_refused_comes_back_in_words(
    tmp_path: Path, authority: Authority
) -> None:
    async with scripted_smtp(Behaviour(Security.STARTTLS, authority.certificate())) as smtp:
        outcome = await send_by_worker(job(smtp.account(password="wrong"), tmp_path, None))

    assert outcome.fault is not None
    assert outcome.fault.code == "mail.wrong-password"
