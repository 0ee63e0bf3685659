"""What people have switched: their extension's do not disturb and forwards, the office's opening.

Kept in memory for every call to ask, and in the store before anybody is told
that it is so.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from firmware.config.model import Config
from firmware.config.opening import is_open
from firmware.contract.errors import StorageFault
from firmware.contract.views import Opening
from firmware.store.records import Records
from firmware.store.rows import ExtensionRow, PinTriesRow, SwitchedRow

VOICEMAIL: Final = "voicemail"
"""A forward's target: the extension's own mailbox."""
OPENING: Final = "opening"
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class When(StrEnum):
    """The kinds of forward, as columns of ExtensionRow."""

    ALWAYS = "forward_always"
    BUSY = "forward_busy"
    NO_ANSWER = "forward_no_answer"


class Features:
    def __init__(self, records: Records) -> None:
        self.opening = Opening.BY_HOURS
        self.extension_changed: Callable[[str], None] = _nobody
        self.opening_changed: Callable[[Opening], None] = _no_opening
        self._records = records
        self._one_at_a_time = asyncio.Lock()
        self._extensions: dict[str, ExtensionRow] = {}
        self._pin_tries: dict[str, PinTriesRow] = {}

    def recall(
        self,
        extensions: Iterable[ExtensionRow],
        switched: Iterable[SwitchedRow],
        pin_tries: Iterable[PinTriesRow],
    ) -> None:
        """Take what the store knows."""
        self._extensions = {row.extension: row for row in extensions}
        self._pin_tries = {row.mailbox: row for row in pin_tries}
        known = {one.value for one in Opening}
        for row in switched:
            if row.what == OPENING and row.value in known:
                self.opening = Opening(row.value)

    def of(self, extension: str) -> ExtensionRow:
        return self._extensions.get(extension) or ExtensionRow(
            extension=extension, changed_at=_NEVER
        )

    def waits(self, extension: str, config: Config) -> bool:
        """Whether the extension takes a call while it talks."""
        switched = self.of(extension).call_waiting
        entry = config.extension(extension)
        return switched if switched is not None else entry is None or entry.call_waiting

    async def switch(self, extension: str, **fields: str | bool | None) -> None:
        """Change fields of ExtensionRow. A disk at fault has its alarm; the row is kept."""
        changed = {**fields, "changed_at": datetime.now(UTC)}
        async with self._one_at_a_time:  # phone and page may switch the same extension
            row = ExtensionRow.model_validate(self.of(extension).model_dump() | changed)
            await self._write(row)
            self._extensions[extension] = row
        self.extension_changed(extension)

    async def switch_opening(self, to: Opening) -> None:
        await self._write(SwitchedRow(what=OPENING, value=to, changed_at=datetime.now(UTC)))
        self.opening = to
        self.opening_changed(to)

    def is_open(self, config: Config, timetable: str, at: datetime) -> bool:
        """Whether a timetable is open, unless somebody has switched the office.

        Raises KeyError for an unknown one.
        """
        by_hours = self.opening is Opening.BY_HOURS
        if by_hours or not config.timetables[timetable].switched_by_code:
            return is_open(config, timetable, at)
        return self.opening is Opening.OPEN

    def pin_tries(self, mailbox: str) -> PinTriesRow:
        return self._pin_tries.get(mailbox) or PinTriesRow(mailbox=mailbox, wrong=0)

    async def count_pin_tries(self, row: PinTriesRow) -> None:
        self._pin_tries[row.mailbox] = row
        await self._write(row)

    async def _write(self, row: ExtensionRow | SwitchedRow | PinTriesRow) -> None:
        try:
            await self._records.switched.put(row)
        except StorageFault:
            return  # the journal has it and writes it when the disk is back


def _nobody(_extension: str) -> None:
    """Nobody listens yet."""


def _no_opening(_opening: Opening) -> None:
    """Nobody listens yet."""
