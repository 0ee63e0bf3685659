"""Letters outlive a restart, wait out a server that is down, and are given up in the end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.config.model import Config
from firmware.contract.mail import MailView
from firmware.contract.texts import Text
from firmware.mail import outbox as outbox_module
from firmware.mail.faults import Blame
from firmware.mail.jobs import Job, Outcome
from firmware.mail.letter import Letter, MailRefused
from firmware.mail.outbox import TRY_FOR, Outbox
from firmware.store.journal import Journal
from firmware.store.records import Records
from tests.firmware.calls.offices import office
from tests.firmware.scripted_box import eventually

ACCOUNT = '\n[mail]\nserver = "smtp.example.com"\nsender = "box@example.com"\n'
LETTER = Letter(to=("desk@example.com",), subject="A call", body="was missed")
DOWN = Outcome(fault=Text(code="mail.port-closed"), blame=Blame.ACCOUNT)
NOBODY = Outcome(fault=Text(code="mail.recipient-refused"), blame=Blame.LETTER)
LATER = Outcome(fault=Text(code="mail.refused"), blame=Blame.LATER)


@dataclass
class PostOffice:
    """An outbox over a real store; the worker is a list of outcomes, the last again and again."""

    state: Path
    records: Records
    outcomes: list[Outcome] = field(default_factory=lambda: [Outcome()])
    jobs: list[Job] = field(default_factory=list)
    alarms: set[str] = field(default_factory=set)
    outbox: Outbox = field(init=False)

    def __post_init__(self) -> None:
        self.outbox = self.another(office(ACCOUNT))

    def another(self, config: Config) -> Outbox:
        return Outbox(self.state, config, self.records, self._alarm, self._send)

    async def _send(self, job: Job) -> Outcome:
        self.jobs.append(job)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]

    def _alarm(self, text: Text, raised: bool) -> None:
        (self.alarms.add if raised else self.alarms.discard)(text.code)

    async def until(self, is_so: Callable[[MailView], bool]) -> None:
        await eventually(self.outbox.view, is_so)

    async def until_alarm(self, code: str) -> None:
        await eventually(lambda: code in self.alarms, bool)


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[PostOffice]:
    journal = Journal(tmp_path / "tipring.db", lambda *_: None)
    yield PostOffice(tmp_path, Records.on(journal, tmp_path / "tipring.db", "box"))
    journal.close()


@asynccontextmanager
async def running(outbox: Outbox) -> AsyncIterator[None]:
    task = asyncio.create_task(outbox.run())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_letter_is_on_the_disk_before_anybody_tries_to_send_it(post: PostOffice) -> None:
    await post.outbox.send(LETTER)

    (kept,) = post.records.archive.letters()
    assert (kept.recipients, kept.subject, kept.tries) == (LETTER.to, LETTER.subject, 0)


async def test_a_letter_that_was_sent_leaves_nothing_behind(post: PostOffice) -> None:
    async with running(post.outbox):
        await post.outbox.send(LETTER)
        await post.until(lambda view: not view.letters)
        await eventually(post.records.archive.letters, lambda kept: kept == ())

    assert [job.letter for job in post.jobs] == [LETTER]


async def test_a_letter_of_before_a_power_cut_is_sent_at_the_next_start(post: PostOffice) -> None:
    await post.outbox.send(LETTER)
    post.outbox = post.another(office(ACCOUNT))

    async with running(post.outbox):
        await post.until(lambda _: len(post.jobs) == 1)

    assert post.jobs[0].letter == LETTER


async def test_while_the_account_is_at_fault_every_letter_waits_for_one_try(
    post: PostOffice,
) -> None:
    post.outcomes = [DOWN]
    async with running(post.outbox):
        for _ in range(3):
            await post.outbox.send(LETTER)
        await post.until_alarm("mail.not-working")
        await post.until(lambda view: view.waiting == 3)

    assert len(post.jobs) <= 3
    assert post.outbox.view().letters[-1].fault == DOWN.fault


async def test_a_repaired_account_is_tried_at_once_and_the_alarm_is_over(post: PostOffice) -> None:
    post.outcomes = [DOWN, Outcome()]
    async with running(post.outbox):
        await post.outbox.send(LETTER)
        await post.until_alarm("mail.not-working")
        post.outbox.use(office(ACCOUNT.replace("smtp", "mail")))
        await post.until(lambda view: not view.letters)

    assert post.jobs[-1].account.server == "mail.example.com"
    assert "mail.not-working" not in post.alarms


async def test_a_letter_nobody_will_ever_take_is_given_up_with_an_alarm(post: PostOffice) -> None:
    post.outcomes = [NOBODY]
    async with running(post.outbox):
        await post.outbox.send(LETTER)
        await post.until_alarm("mail.given-up")

    assert post.outbox.view().waiting == 0


async def test_after_two_days_of_trying_a_letter_is_given_up(post: PostOffice) -> None:
    await post.outbox.send(LETTER)
    (row,) = post.records.archive.letters()
    old = datetime.now(UTC) - TRY_FOR - timedelta(minutes=1)
    await post.records.outbox.put(row.model_copy(update={"queued_at": old, "tries": 9}))
    post.outcomes, post.outbox = [LATER], post.another(office(ACCOUNT))

    async with running(post.outbox):
        await post.until(lambda view: any(one.given_up for one in view.letters))

    assert post.outbox.view().letters[0].fault == LATER.fault


async def test_what_was_given_up_long_ago_is_forgotten(post: PostOffice) -> None:
    await post.outbox.send(LETTER)
    (row,) = post.records.archive.letters()
    gone = {"queued_at": datetime.now(UTC) - timedelta(days=15), "next_at": None}
    await post.records.outbox.put(row.model_copy(update=gone))
    post.outbox = post.another(office(ACCOUNT))

    async with running(post.outbox):
        await eventually(post.records.archive.letters, lambda kept: kept == ())


async def test_a_full_outbox_takes_no_more(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_module, "MOST_WAITING", 2)
    for _ in range(2):
        await post.outbox.send(LETTER)

    with pytest.raises(MailRefused) as refused:
        await post.outbox.send(LETTER)

    assert refused.value.text.code == "mail.outbox-full"


async def test_without_an_account_no_letter_is_taken(post: PostOffice) -> None:
    with pytest.raises(MailRefused) as refused:
        await post.another(office()).send(LETTER)

    assert refused.value.text.code == "mail.not-set-up"
