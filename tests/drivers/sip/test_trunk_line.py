"""A provider's account as a line: numbers as it wants them, registration in words, fail-over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

import drivers.sip.trunk_line
from drivers.sip.numbers import called_user, incoming_number
from drivers.sip.signalling_messages import Ended, Invited, Registration
from firmware.contract.causes import Cause
from firmware.contract.line import execute
from firmware.contract.line_state import Ability, Health, LineState
from firmware.contract.messages import Disconnect, LineStateChanged, PlaceCall, Setup
from firmware.contract.settings import SipTrunkSettings
from tests.drivers.rig import DEADLINE_S
from tests.drivers.sip.stage import Actor, Stage, staged

TRUNK = {
    "id": "trunk", "driver": "sip", "account": "trunk", "server": "sip.example",
    "user": "box", "secret": "of nobody",
}  # fmt: skip
REFUSED = [
    (401, Health.NEEDS_ATTENTION, "sip.trunk-password-refused"),
    (403, Health.NEEDS_ATTENTION, "sip.trunk-password-refused"),
    (404, Health.NEEDS_ATTENTION, "sip.trunk-user-unknown"),
    (408, Health.NO_SERVICE, "sip.trunk-unreachable"),
    (502, Health.NO_SERVICE, "sip.trunk-unreachable"),
    (503, Health.NO_SERVICE, "sip.trunk-unreachable"),
    (423, Health.NO_SERVICE, "sip.trunk-refused"),
]


def trunk(**settings: object) -> SipTrunkSettings:
    return SipTrunkSettings.model_validate(TRUNK | settings)


@asynccontextmanager
async def opened(settings: SipTrunkSettings) -> AsyncIterator[tuple[Stage, Actor]]:
    async with staged(settings) as stage:
        await stage.rtp()
        worker = await stage.worker()
        async with asyncio.timeout(DEADLINE_S):
            await stage.lines["trunk"].open()
        yield stage, worker


async def state_after(stage: Stage, worker: Actor, news: Registration) -> LineState:
    before = len(stage.card.reports)
    worker.say(news)
    return (await stage.card.reported(LineStateChanged, after=before)).line


@pytest.mark.parametrize(("status", "health", "code"), REFUSED)
async def test_each_refusal_of_the_registrar_is_one_sentence(
    status: int, health: Health, code: str
) -> None:
    async with opened(trunk()) as (stage, worker):
        assert stage.lines["trunk"].state().health is Health.STARTING
        news = Registration(account_id="trunk", registered=False, status=status, reason="why")
        state = await state_after(stage, worker, news)

    assert (state.health, state.why and state.why.code) == (health, code)
    assert state.why is not None
    assert state.why.args["server"] == "sip.example"


async def test_a_provider_that_says_nothing_is_told_of_soon_and_may_answer_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drivers.sip.trunk_line, "FIRST_ANSWER_S", 0.05)
    async with opened(trunk()) as (stage, worker):
        before = len(stage.card.reports)
        state = (await stage.card.reported(LineStateChanged, after=before)).line
        assert (state.health, state.why and state.why.code) == (
            Health.NO_SERVICE, "sip.trunk-unreachable",
        )  # fmt: skip

        yes = Registration(account_id="trunk", registered=True, status=200)
        assert (await state_after(stage, worker, yes)).health is Health.READY


async def test_a_trunk_is_ready_once_it_is_registered_at_one_of_its_servers() -> None:
    async with opened(trunk(backup_server="two.example")) as (stage, worker):
        no = Registration(account_id="trunk", registered=False, status=408)
        yes = Registration(account_id="trunk.backup", registered=True, status=200)

        assert (await state_after(stage, worker, no)).health is Health.NO_SERVICE
        assert (await state_after(stage, worker, yes)).health is Health.READY
        await execute(stage.lines["trunk"], PlaceCall(leg_id="1", line_id="trunk", called="112"))
        assert (await worker.told("invite"))["account_id"] == "trunk.backup"


async def test_a_trunk_known_by_its_address_is_ready_at_once() -> None:
    async with opened(trunk(user=None, secret=None)) as (stage, worker):
        state = stage.lines["trunk"].state()
        (account,) = (await worker.told("use-accounts"))["accounts"]

    assert (state.health, state.abilities) == (
        Health.READY, frozenset({Ability.PLACE, Ability.RECEIVE}),
    )  # fmt: skip
    assert (account["registers"], account["user"]) == (False, None)


@pytest.mark.parametrize(
    ("settings", "calling", "shown"),
    [
        ({"number_format": "e164-no-plus"}, "+441632960011", "441632960011"),
        ({"number": "+441632960012"}, None, "+441632960012"),
        ({}, None, "box"),
    ],
)
async def test_the_shown_number_is_the_offices_the_lines_or_the_account(
    settings: dict[str, str], calling: str | None, shown: str
) -> None:
    async with opened(trunk(**settings)) as (stage, worker):
        call = PlaceCall(leg_id="1", line_id="trunk", called="+441632960100", calling=calling)
        await execute(stage.lines["trunk"], call)
        assert (await worker.told("invite"))["shown_number"] == shown


async def test_only_the_first_worker_registers() -> None:
    async with staged(trunk(calls_at_once=8)) as stage:
        await stage.rtp()
        first, second = await stage.worker(1), await stage.worker(2)

        for worker, registers in ((first, True), (second, False)):
            order = await worker.told("use-accounts")
            assert [one["registers"] for one in order["accounts"]] == [registers]


async def test_a_server_that_does_not_answer_is_passed_over_before_anything_was_heard() -> None:
    async with opened(trunk(backup_server="two.example", registers=False)) as (stage, worker):
        line = stage.lines["trunk"]
        await execute(line, PlaceCall(leg_id="1", line_id="trunk", called="+441632960100"))
        assert (await worker.told("invite"))["account_id"] == "trunk"
        worker.say(Ended(leg_id="1", cause=Cause(18), status=408, by_far_end=False))
        assert (await worker.told("invite"))["account_id"] == "trunk.backup"
        worker.say(Ended(leg_id="1", cause=Cause(18), status=408, by_far_end=False))

        assert (await stage.card.reported(Disconnect)).cause is Cause.NO_USER_RESPONDING
    assert stage.card.kinds("1") == ["proceeding", "disconnect", "release"]


async def test_a_called_party_that_is_busy_is_not_called_over_the_other_server() -> None:
    async with opened(trunk(backup_server="two.example", registers=False)) as (stage, worker):
        line = stage.lines["trunk"]
        await execute(line, PlaceCall(leg_id="1", line_id="trunk", called="+441632960100"))
        worker.say(Ended(leg_id="1", cause=Cause.USER_BUSY, status=486, by_far_end=True))

        assert (await stage.card.reported(Disconnect)).cause is Cause.USER_BUSY


async def test_a_call_from_the_provider_rings_and_says_both_numbers() -> None:
    async with opened(trunk(number_format="e164-no-plus")) as (stage, worker):
        news = Invited(
            leg_id="in", account="trunk", called="441632960011", calling="447700900123",
            calling_name="Ana",
        )  # fmt: skip
        worker.say(news)
        setup = await stage.card.reported(Setup)
        await worker.told("ring", leg_id="in")

    assert (setup.phone_lifted, setup.called, setup.calling, setup.calling_name) == (
        False, "+441632960011", "+447700900123", "Ana",
    )  # fmt: skip


async def test_without_an_edge_a_provider_is_known_by_its_address() -> None:
    async with opened(trunk(server="192.0.2.5", user=None)) as (stage, worker):
        worker.say(
            Invited(leg_id="a", account=None, called="1", calling=None, source="192.0.2.6:5060"),
            Invited(leg_id="b", account=None, called="1", calling=None, source="192.0.2.5:5060"),
        )
        assert (await worker.told("clear"))["leg_id"] == "a"
        assert (await stage.card.reported(Setup)).leg_id == "b"


async def test_the_call_beyond_what_the_trunk_carries_is_told_to_try_again() -> None:
    async with opened(trunk(user=None, calls_at_once=1)) as (_, worker):
        for leg in ("a", "b"):
            worker.say(Invited(leg_id=leg, account="trunk", called="1", calling=None))
        refused = await worker.told("clear")

    assert (refused["leg_id"], refused["retry_after_s"]) == ("b", 10)


@pytest.mark.parametrize(
    ("called", "form", "user"),
    [
        ("+441632960100", "e164", "+441632960100"),
        ("+441632960100", "e164-no-plus", "441632960100"),
        ("+441632960100", "national", "01632960100"),
        ("+493023125099", "national", "00493023125099"),
        ("+441632960100", "as-dialled", "+441632960100"),
        ("112", "national", "112"),
        ("999", "e164-no-plus", "999"),
    ],
)
def test_the_called_number_is_written_as_the_provider_wants_it(
    called: str, form: str, user: str
) -> None:
    assert called_user(called, form, "GB") == user  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("user", "form", "number"),
    [
        ("+441632960011", "e164", "+441632960011"),
        ("441632960011", "e164-no-plus", "+441632960011"),
        ("01632960011", "e164-no-plus", "01632960011"),
        ("+44 (1632) 960-011;phone-context=x", "e164", "+441632960011"),
        ("box", "e164", None),
        ("", "e164", None),
        (None, "e164", None),
        ("9" * 40, "e164", None),
    ],
)
def test_a_providers_uri_is_a_number_or_nothing(
    user: str | None, form: str, number: str | None
) -> None:
    assert incoming_number(user, form) == number  # type: ignore[arg-type]
