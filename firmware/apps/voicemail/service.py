"""Takes a message: greeting, beep, and the caller's words until silence, a key or the limit."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from firmware.calls.listening import RECORDED_TIMEOUT_S, Listening, beep, listen
from firmware.calls.visit import Visit
from firmware.config.recording import Mailbox
from firmware.contract.switching import Recorded
from firmware.contract.texts import Text
from firmware.contract.views import CallPhase
from firmware.store.repositories import new_ulid
from firmware.store.rows import Disposition, VoicemailRow

SHORTEST_MS: Final = 1_500
"""Whoever hangs up this soon has left no message."""
FALLBACK: Final = Mailbox(id="office")


@dataclass(frozen=True, slots=True)
class MessageOrder:
    mailbox: str
    greeting: str | None = None
    max_s: int | None = None
    end_silence_s: int = 5
    end_key: str = "#"
    notify: bool = True


async def take_message(visit: Visit, order: MessageOrder) -> None:
    """Returns when the message is kept or there was none. Raises LegEnded after keeping it."""
    mailbox = visit.office.config.mailbox(order.mailbox) or FALLBACK
    name = mailbox.name or mailbox.id
    visit.call.enter(CallPhase.VOICEMAIL, Text(code="where.voicemail", args={"mailbox": name}))
    await visit.say(order.greeting or mailbox.greeting, until_key=True)
    visit.caller.keys.clear()
    await beep(visit.caller)
    visit.call.step("voicemail.begins", visit.caller, mailbox=name)
    row = _row(visit, mailbox)
    ended = visit.office.expect_recorded(row.voicemail_id)
    said_something = True  # who hangs up has said what they had to say; the length decides
    wanted = Listening(
        record_id=row.voicemail_id,
        file=visit.office.state / "voicemail" / row.file,
        max_s=order.max_s or mailbox.max_s,
        end_silence_s=order.end_silence_s,
        end_key=order.end_key,
    )
    try:
        said_something = await listen(visit.office.wires, visit.caller, wanted)
    finally:
        await _keep(visit, row, ended, said_something=said_something)


async def _keep(
    visit: Visit, row: VoicemailRow, ended: asyncio.Future[Recorded], *, said_something: bool
) -> None:
    """Hand the message on, or drop it when there is nothing in it."""
    try:
        duration_ms = (await asyncio.wait_for(ended, RECORDED_TIMEOUT_S)).duration_ms
    except TimeoutError:
        # The switch is gone; what it wrote is found and kept at the next start.
        visit.call.step("voicemail.unsure")
        return
    if duration_ms < SHORTEST_MS or not said_something:
        visit.call.step("voicemail.empty")
        (visit.office.state / "voicemail" / row.file).unlink(missing_ok=True)
        return
    visit.call.disposition = Disposition.VOICEMAIL
    visit.call.step("voicemail.kept", seconds=round(duration_ms / 1_000, 1))
    visit.office.hooks.message_left(row.model_copy(update={"duration_ms": duration_ms}))


def part_name(voicemail_id: str, mailbox: str, call_id: str) -> str:
    """Return the name a message is written under: it says all that a restart must know."""
    return f"{voicemail_id}.{mailbox}.{call_id}.part"


def _row(visit: Visit, mailbox: Mailbox) -> VoicemailRow:
    voicemail_id, now = new_ulid(), datetime.now(UTC)
    return VoicemailRow(
        voicemail_id=voicemail_id,
        call_id=visit.call.call_id,
        mailbox=mailbox.id,
        calling=visit.caller.number,
        calling_name=visit.caller.name,
        file=part_name(voicemail_id, mailbox.id, visit.call.call_id),
        duration_ms=0,
        left_at=now,
        zone=visit.office.config.office.timezone,
        keep_until=now.date() + timedelta(days=mailbox.retention_days),
    )
