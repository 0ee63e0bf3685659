"""Tells by e-mail what was missed: a message with its sound, a call that nobody took."""

import asyncio
import logging
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from firmware.calls.office import Office
from firmware.config.model import Config
from firmware.config.recording import Mailbox
from firmware.contract.errors import NotFound, StorageFault
from firmware.contract.texts import Text, word
from firmware.contract.views import Side
from firmware.mail.letter import Letter, MailRefused
from firmware.store.rows import CallRow, CallStory, Disposition, VoicemailRow

log = logging.getLogger(__name__)

MISSED: Final = frozenset({Disposition.ABANDONED, Disposition.NO_ANSWER, Disposition.BUSY})


async def tell_message(office: Office, row: VoicemailRow) -> None:
    """Write to those who want the messages of the mailbox; `row.file` is the packed sound."""
    mailbox = office.config.mailbox(row.mailbox)
    if mailbox is None or not mailbox.email:
        return
    left_at = row.left_at.astimezone(ZoneInfo(row.zone))
    args: dict[str, str | int | float] = {
        "caller": _caller(row.calling, row.calling_name, language := _language(office, mailbox)),
        "mailbox": mailbox.name or mailbox.id,
        "at": _moment(left_at),
        "length": f"{row.duration_ms // 60_000}:{row.duration_ms // 1_000 % 60:02}",
        "office": office.config.office.name,
    }
    await _send(
        office,
        Letter(
            to=mailbox.email,
            subject=word(Text(code="mail.message-subject", args=args), language),
            body=word(Text(code="mail.message-body", args=args), language),
            sound=f"voicemail/{row.file}",
            sound_name=f"message-{left_at:%Y-%m-%d-%H%M}.mp3",
        ),
    )


def is_missed(call: CallRow) -> bool:
    """Return whether somebody outside called and reached nobody, not even a mailbox."""
    return call.incoming and call.line_id is not None and call.disposition in MISSED


async def tell_missed(office: Office, call_id: str) -> None:
    """Write to those who want to know of this missed call, each of them once."""
    if not office.mail.is_set_up:
        return
    await office.records.settled()
    try:
        story = await asyncio.to_thread(office.records.archive.story, call_id)
    except (NotFound, StorageFault) as fault:
        log.warning("missed call %s is not told: %s", call_id, fault)
        return
    told: set[str] = set()
    for mailbox in _mailboxes(office.config, story):
        await _tell_missed(office, story.call, mailbox.email, told, _language(office, mailbox))
    language = office.config.office.languages[0]
    await _tell_missed(office, story.call, office.config.mail.missed_calls, told, language)


async def _tell_missed(
    office: Office, call: CallRow, addresses: Iterable[str], told: set[str], language: str
) -> None:
    to = tuple(one for one in addresses if one not in told)
    if not to:
        return
    told.update(to)
    args: dict[str, str | int | float] = {
        "caller": _caller(call.calling, call.calling_name, language),
        "called": call.called or "",
        "at": _moment(call.began_at.astimezone(ZoneInfo(call.zone))),
        "office": office.config.office.name,
    }
    subject = word(Text(code="mail.missed-subject", args=args), language)
    body = word(Text(code="mail.missed-body", args=args), language)
    await _send(office, Letter(to=to, subject=subject, body=body))


def _mailboxes(config: Config, story: CallStory) -> list[Mailbox]:
    """Return the mailboxes whose phones have rung: of extensions, and of whole groups."""
    rung = {leg.extension for leg in story.legs if leg.side is Side.OFFICE and leg.extension}
    names = {config_of.voicemail for one in rung if (config_of := config.extension(one))}
    names |= {group.voicemail for group in config.groups if _all_of(group.extensions, rung)}
    return [box for box in config.mailboxes if box.id in names and box.email_missed]


def _all_of(group: Collection[str], rung: set[str]) -> bool:
    return len(group) > 1 and rung.issuperset(group)


async def _send(office: Office, letter: Letter) -> None:
    try:
        await office.mail.send(letter)
    except MailRefused as refused:
        office.hooks.alarm(refused.text)


def _caller(number: str | None, name: str | None, language: str) -> str:
    if number is None:
        return name or word(Text(code="mail.hidden-caller"), language)
    return f"{name} ({number})" if name else number


def _language(office: Office, mailbox: Mailbox) -> str:
    """Return what the owner of a personal mailbox is spoken to in, else the office's first."""
    owners = (one for one in office.config.extensions if one.voicemail == mailbox.id)
    own = [one.language for one in owners]
    return own[0] if len(own) == 1 and own[0] else office.config.office.languages[0]


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
