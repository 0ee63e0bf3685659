"""Which calls a person looks for."""

import re
from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from firmware.contract.message import LineId
from firmware.store.rows import Disposition, stored_time

_TEXT = """(calling LIKE :text ESCAPE '!' OR called LIKE :text ESCAPE '!'
 OR calling_name LIKE :text ESCAPE '!' OR extension LIKE :text ESCAPE '!'
 OR line_id LIKE :text ESCAPE '!'
 OR EXISTS (SELECT 1 FROM call_legs WHERE call_legs.call_id = calls.call_id
 AND (number LIKE :text ESCAPE '!' OR name LIKE :text ESCAPE '!')))"""
_NUMBER = """(calling LIKE :number OR called LIKE :number
 OR EXISTS (SELECT 1 FROM call_legs WHERE call_legs.call_id = calls.call_id
 AND number LIKE :number))"""
_RECORDED = """EXISTS (SELECT 1 FROM recordings WHERE recordings.call_id = calls.call_id
 AND state NOT IN ('deleted', 'lost')) = :recorded"""
_VOICEMAIL = """EXISTS (SELECT 1 FROM voicemails WHERE voicemails.call_id = calls.call_id
 AND deleted_at IS NULL) = :voicemail"""


class CallFilter(BaseModel):
    """Everything given must hold; None asks for nothing."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    text: str | None = None
    """Found anywhere in a number, a name, an extension or a line."""
    number: str | None = None
    """Digits as a person types them; a leading 0 or 00 and all signs do not matter."""
    line_id: LineId | None = None
    extension: str | None = None
    incoming: bool | None = None
    disposition: Disposition | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Began before this."""
    recorded: bool | None = None
    voicemail: bool | None = None

    def condition(self) -> tuple[str, dict[str, Any]]:
        """Return an SQL condition on `calls` and its values; always a true one for no wish."""
        wishes: dict[str, tuple[str, Any]] = {
            "text": (_TEXT, _anywhere(self.text)),
            "number": (_NUMBER, _digits(self.number)),
            "line_id": ("line_id = :line_id", self.line_id),
            "extension": ("extension = :extension", self.extension),
            "incoming": ("incoming = :incoming", self.incoming),
            "disposition": ("disposition = :disposition", self.disposition),
            "since": ("began_at >= :since", _time(self.since)),
            "until": ("began_at < :until", _time(self.until)),
            "recorded": (_RECORDED, self.recorded),
            "voicemail": (_VOICEMAIL, self.voicemail),
        }
        given = {key: wish for key, wish in wishes.items() if wish[1] is not None}
        where = " AND ".join(sql for sql, _ in given.values()) or "1"
        return where, {key: value for key, (_, value) in given.items()}


def _anywhere(text: str | None) -> str | None:
    if not text:
        return None
    return "%" + re.sub(r"([%_!])", r"!\1", text) + "%"


def _digits(number: str | None) -> str | None:
    """Return the LIKE pattern; what has no digit finds nothing."""
    if not number:
        return None
    digits = re.sub(r"[^0-9]", "", number).lstrip("0")
    return f"%{digits}%" if digits else ""


def _time(at: datetime | None) -> str | None:
    return None if at is None else stored_time(at)
