"""The outbox: letters wait in the store until a server has them, or two days have passed.

One letter at a time, so that a stuck server costs one worker. While the account
is at fault every letter waits for the next try of the first; a changed account
is tried at once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from firmware.config.model import Config
from firmware.contract.errors import StorageFault
from firmware.contract.mail import LetterView, MailView
from firmware.contract.texts import Text
from firmware.mail.faults import Blame
from firmware.mail.jobs import Job, Outcome
from firmware.mail.letter import Letter, MailRefused
from firmware.mail.worker_call import send_by_worker
from firmware.store.records import Records
from firmware.store.repositories import new_ulid
from firmware.store.rows import LetterRow

MOST_WAITING: Final = 500
KEEP_GIVEN_UP: Final = timedelta(days=14)
MOST_SHOWN: Final = 50
PAUSES: Final = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360))
"""Between the tries; the last again and again."""
TRY_FOR: Final = timedelta(days=2)
NOT_WORKING: Final = "mail.not-working"
GIVEN_UP: Final = "mail.given-up"
NOT_SET_UP: Final = "mail.not-set-up"
FULL: Final = "mail.outbox-full"

Send = Callable[[Job], Awaitable[Outcome]]


class Outbox:
    """Implements firmware.mail.letter.Mail."""

    def __init__(
        self,
        state: Path,
        config: Config,
        records: Records,
        alarm: Callable[[Text, bool], None],
        send: Send = send_by_worker,
    ) -> None:
        self._state, self._records, self._alarm = state, records, alarm
        self._account, self._office = config.mail, config.office.name
        self._send = send
        self._letters: dict[str, LetterRow] = {}
        self._wake = asyncio.Event()
        self._down = False

    @property
    def is_set_up(self) -> bool:
        return self._account.is_set_up

    async def send(self, letter: Letter) -> None:
        if not self.is_set_up:
            raise MailRefused(NOT_SET_UP)
        if self._waiting() >= MOST_WAITING:
            raise MailRefused(FULL, most=MOST_WAITING)
        now = datetime.now(UTC)
        row = LetterRow(
            letter_id=new_ulid(now),
            recipients=letter.to,
            subject=letter.subject,
            body=letter.body,
            sound=letter.sound,
            sound_name=letter.sound_name,
            queued_at=now,
            next_at=now,
        )
        await self._put(row)
        self._wake.set()

    def use(self, config: Config) -> None:
        """Another configuration is live; with another account all that waits is tried at once."""
        changed = config.mail != self._account
        self._account, self._office = config.mail, config.office.name
        if not changed:
            return
        self._account_is_down(down=False)
        if self.is_set_up:
            self._alarm(Text(code=NOT_SET_UP), False)
        now = datetime.now(UTC)
        for letter_id, row in self._letters.items():
            if row.next_at is not None:
                self._letters[letter_id] = row.model_copy(update={"next_at": now})
        self._wake.set()

    def view(self) -> MailView:
        newest = sorted(self._letters.values(), key=lambda row: row.letter_id, reverse=True)
        return MailView(
            letters=tuple(_view(row) for row in newest[:MOST_SHOWN]), waiting=self._waiting()
        )

    async def run(self) -> None:
        """Send what is due until cancelled; what waits then waits for the next start."""
        await self._recall()
        while True:
            self._wake.clear()
            await self._forget_old()
            row = self._next()
            due = row.next_at if row is not None and self.is_set_up else None
            if row is None or due is None or due > datetime.now(UTC):
                await self._until(due)
                continue
            await self._deliver(row)

    async def _recall(self) -> None:
        try:
            kept = await asyncio.to_thread(self._records.archive.letters)
        except StorageFault:
            return  # the journal has its alarm; what was given in since then is in memory
        self._letters = {row.letter_id: row for row in kept} | self._letters

    async def _until(self, due: datetime | None) -> None:
        left_s = (due - datetime.now(UTC)).total_seconds() if due is not None else None
        try:
            await asyncio.wait_for(self._wake.wait(), left_s)
        except TimeoutError:
            return

    async def _deliver(self, row: LetterRow) -> None:
        account = self._account
        letter = Letter(
            to=row.recipients,
            subject=row.subject,
            body=row.body,
            sound=row.sound,
            sound_name=row.sound_name,
        )
        outcome = await self._send(
            Job(
                letter_id=row.letter_id,
                letter=letter,
                account=account,
                office=self._office,
                state=self._state,
            )
        )
        if account is not self._account and outcome.fault is not None:
            return  # it was changed meanwhile: what the old one said counts for nothing
        if outcome.fault is None:
            self._account_is_down(down=False)
            self._alarm(Text(code=FULL), False)
            await self._remove(row)
        elif outcome.blame is Blame.LETTER or datetime.now(UTC) - row.queued_at > TRY_FOR:
            await self._give_up(row, outcome.fault)
        else:
            await self._try_again(row, outcome.fault, outcome.blame)

    async def _try_again(self, row: LetterRow, fault: Text, blame: Blame | None) -> None:
        next_at = datetime.now(UTC) + PAUSES[min(row.tries, len(PAUSES) - 1)]
        tried = {"tries": row.tries + 1, "next_at": next_at, "fault": fault}
        await self._put(row.model_copy(update=tried))
        if blame is not Blame.ACCOUNT:
            return
        self._account_is_down(down=True)
        for other in tuple(self._letters.values()):
            if other.next_at is not None and other.next_at < next_at:
                self._letters[other.letter_id] = other.model_copy(update={"next_at": next_at})

    async def _give_up(self, row: LetterRow, fault: Text) -> None:
        over = {"tries": row.tries + 1, "next_at": None, "fault": fault}
        await self._put(row.model_copy(update=over))
        args = {"to": ", ".join(row.recipients), "subject": row.subject}
        self._alarm(Text(code=GIVEN_UP, args=args), True)

    def _account_is_down(self, *, down: bool) -> None:
        if down != self._down:
            self._down = down
            self._alarm(Text(code=NOT_WORKING, args={"server": self._account.server or ""}), down)

    async def _forget_old(self) -> None:
        before = datetime.now(UTC) - KEEP_GIVEN_UP
        for row in tuple(self._letters.values()):
            if row.next_at is None and row.queued_at < before:
                await self._remove(row)
        if not any(row.next_at is None for row in self._letters.values()):
            self._alarm(Text(code=GIVEN_UP), False)

    async def _put(self, row: LetterRow) -> None:
        self._letters[row.letter_id] = row
        try:
            await self._records.outbox.put(row)
        except StorageFault:
            return  # the journal has raised its alarm and writes it later

    async def _remove(self, row: LetterRow) -> None:
        self._letters.pop(row.letter_id, None)
        try:
            await self._records.outbox.remove(row.letter_id)
        except StorageFault:
            return

    def _next(self) -> LetterRow | None:
        waiting = [(row.next_at, row) for row in self._letters.values() if row.next_at is not None]
        return min(waiting, key=lambda one: (one[0], one[1].letter_id))[1] if waiting else None

    def _waiting(self) -> int:
        return sum(1 for row in self._letters.values() if row.next_at is not None)


def _view(row: LetterRow) -> LetterView:
    return LetterView(
        letter_id=row.letter_id,
        to=row.recipients,
        subject=row.subject,
        queued_at=row.queued_at,
        tries=row.tries,
        fault=row.fault,
        given_up=row.next_at is None,
    )
