"""A SIP phone as a line: calls both ways, hold, transfer, keys, and how it all ends."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from drivers.sip import leg_sound
from drivers.sip.edge.registrations import Contact
from drivers.sip.line import SipLine
from drivers.sip.media_messages import (
    EventHeard,
    FlashHeard,
    MediaDirection,
    MediaEnded,
    MediaFigures,
    MediaReturned,
    MediaSilent,
)
from drivers.sip.phone_line import SipPhoneLine
from drivers.sip.signalling_messages import (
    Answered,
    Ended,
    InfoDigit,
    Invited,
    Offered,
    OfferRefused,
    ReferAsked,
    Ringing,
)
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError
from firmware.contract.line import execute
from firmware.contract.line_state import Health
from firmware.contract.messages import (
    AlertCall,
    AnswerCall,
    AnswerTransfer,
    ClearCall,
    Connect,
    Digit,
    Disconnect,
    Held,
    HookFlash,
    LineStateChanged,
    MediaQuality,
    Release,
    Retrieved,
    SendDigits,
    SetGains,
    Setup,
    TransferRequested,
)
from firmware.contract.settings import SipPhoneSettings
from firmware.contract.texts import Text
from tests.drivers.rig import DEADLINE_S
from tests.drivers.sip.stage import FIRST_PORT, Actor, Stage, agreed, staged

PORT = FIRST_PORT
"""The first one a worker is given."""
FIGURES = MediaFigures(
    packets_received=100, packets_lost=1, packets_late=0, packets_sent=100, concealed_blocks=1,
    lost_percent=1.0, jitter_ms=2.5, round_trip_ms=8.0, far_lost_percent=None, delay_ms=40,
    mos=4.2,
)  # fmt: skip
PHONE = {"id": "sip-1", "driver": "sip", "account": "phone", "user": "103", "secret": "of nobody"}


def phone(**settings: object) -> SipPhoneSettings:
    return SipPhoneSettings.model_validate(PHONE | settings)


@dataclass
class Office:
    """One phone's line, open, and the children behind it."""

    stage: Stage
    rtp: Actor
    worker: Actor
    leg: str = field(default="leg-1")

    @property
    def line(self) -> SipLine:
        return self.stage.lines["sip-1"]

    @property
    def kinds(self) -> list[str]:
        return self.stage.card.kinds(self.leg)

    async def calls(self, called: str = "102") -> Setup:
        """The phone calls; the exchange has not answered yet."""
        news = Invited(
            leg_id=self.leg, account="sip-1", called=called, calling="103",
            call_id="dialog", far_tag="theirs", own_tag="ours",
        )  # fmt: skip
        self.worker.say(news)
        return await self.stage.card.reported(Setup)

    async def talks(self) -> None:
        """The phone has called and was answered."""
        await self.calls()
        await execute(self.line, AnswerCall(leg_id=self.leg))
        await self.worker.told("answer", leg_id=self.leg)
        self.worker.say(agreed(self.leg, PORT), Answered(leg_id=self.leg))
        await self.stage.card.reported(Connect)
        await self.rtp.told("start-media")

    async def sound_ends(self) -> None:
        stop = await self.rtp.told("stop-media")
        ended = MediaEnded(endpoint=stop["endpoint"], timeslot=0, figures=FIGURES)
        self.rtp.say(ended)


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with staged(phone(calls_at_once=2)) as stage:
        office = Office(stage, await stage.rtp(), await stage.worker())
        async with asyncio.timeout(DEADLINE_S):
            await office.line.open()
        yield office


async def test_a_phone_calls_and_its_sound_moves_once_it_is_answered(office: Office) -> None:
    setup = await office.calls("102")
    assert (setup.phone_lifted, setup.called, setup.timeslot) == (True, "102", 0)
    await execute(office.line, AnswerCall(leg_id=office.leg))
    await office.worker.told("answer", leg_id=office.leg)
    office.worker.say(agreed(office.leg, PORT), Answered(leg_id=office.leg))

    started = await office.rtp.told("start-media")
    await office.stage.card.reported(Connect)
    assert (started["timeslot"], started["port"], started["codec"]) == (0, 30_000, "PCMU")


async def test_hanging_up_tells_how_the_sound_fared_and_frees_all(office: Office) -> None:
    await office.talks()
    office.worker.say(Ended(leg_id=office.leg, cause=Cause(16), status=0, by_far_end=True))
    assert (await office.stage.card.reported(Disconnect)).cause is Cause.NORMAL_CALL_CLEARING
    await office.sound_ends()
    await office.stage.card.reported(MediaQuality)
    await execute(office.line, ClearCall(leg_id=office.leg))

    assert office.kinds == ["setup", "connect", "disconnect", "media-quality", "release"]
    assert office.stage.card.seized == frozenset()
    assert office.line.legs() == ()


async def test_clearing_waits_for_the_sound_but_not_for_the_phone(office: Office) -> None:
    await office.talks()
    await execute(office.line, ClearCall(leg_id=office.leg, cause=Cause.NORMAL_CALL_CLEARING))
    await office.worker.told("clear", leg_id=office.leg, cause=16)
    await office.sound_ends()
    await office.stage.card.reported(Release)

    assert office.kinds == ["setup", "connect", "media-quality", "release"]


async def test_a_call_is_released_though_nobody_tells_of_the_end_of_its_sound(
    office: Office,
) -> None:
    await office.talks()
    await execute(office.line, ClearCall(leg_id=office.leg))

    await office.stage.card.reported(Release)
    assert office.stage.card.seized == frozenset()


async def test_a_phone_is_rung_with_who_calls(office: Office) -> None:
    command = AlertCall(
        leg_id="leg-2", line_id="sip-1", calling="102", calling_name="Workshop",
        answer_by_itself=True,
    )  # fmt: skip
    await execute(office.line, command)
    invite = await office.worker.told("invite", leg_id="leg-2")
    assert (invite["user"], invite["shown_number"], invite["shown_name"]) == (
        "103", "102", "Workshop",
    )  # fmt: skip
    assert invite["answer_by_itself"]
    office.worker.say(
        Offered(leg_id="leg-2", call_id="d", own_tag="o"),
        Ringing(leg_id="leg-2"),
        agreed("leg-2", PORT),
        Answered(leg_id="leg-2", far_tag="t"),
    )

    await office.stage.card.reported(Connect)
    assert office.stage.card.kinds("leg-2") == ["proceeding", "alerting", "connect"]


async def test_a_phone_that_is_busy_says_so(office: Office) -> None:
    await execute(office.line, AlertCall(leg_id="leg-2", line_id="sip-1"))
    await office.worker.told("invite")
    office.worker.say(Ended(leg_id="leg-2", cause=Cause.USER_BUSY, status=486, by_far_end=True))

    assert (await office.stage.card.reported(Disconnect)).cause is Cause.USER_BUSY
    await execute(office.line, ClearCall(leg_id="leg-2"))
    assert office.stage.card.kinds("leg-2") == ["proceeding", "disconnect", "release"]


async def test_more_calls_than_the_phone_may_have_are_not_rung(office: Office) -> None:
    for leg in ("leg-2", "leg-3"):
        await execute(office.line, AlertCall(leg_id=leg, line_id="sip-1"))
    with pytest.raises(LineError) as refused:
        await execute(office.line, AlertCall(leg_id="leg-4", line_id="sip-1"))

    assert refused.value.text.code == "line-busy"
    setup = await office.calls("999")  # it could be for help
    assert setup.called == "999"


async def test_hold_and_retrieve_are_told_by_the_direction_of_the_sound(office: Office) -> None:
    await office.talks()
    office.worker.say(agreed(office.leg, PORT, MediaDirection.RECVONLY))
    await office.stage.card.reported(Held)
    office.worker.say(agreed(office.leg, PORT, MediaDirection.INACTIVE))
    office.worker.say(agreed(office.leg, PORT))
    await office.stage.card.reported(Retrieved)

    assert office.kinds == ["setup", "connect", "held", "retrieved"]
    directions = [(await office.rtp.told("start-media"))["direction"] for _ in range(3)]
    assert directions == ["recvonly", "inactive", "sendrecv"]


async def test_new_gains_are_heard_in_the_call_that_is_up(office: Office) -> None:
    await office.talks()
    await execute(office.line, SetGains(line_id="sip-1", receive_db=3.0, send_db=-6.0))

    louder = await office.rtp.told("start-media")
    assert (louder["receive_db"], louder["send_db"]) == (3.0, -6.0)


async def test_keys_come_as_events_and_as_info(office: Office) -> None:
    await office.talks()
    office.rtp.say(EventHeard(endpoint=0, digit="5"), FlashHeard(endpoint=0))
    await office.stage.card.reported(HookFlash)
    last = len(office.stage.card.reports)
    office.worker.say(InfoDigit(leg_id=office.leg, digit="#"))
    await office.stage.card.reported(Digit, after=last)

    digits = [one.digit for one in office.stage.card.reports if isinstance(one, Digit)]
    assert digits == ["5", "#"]


async def test_a_phone_that_sends_nothing_is_asked_whether_it_is_there(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leg_sound, "ASK_AGAIN_S", 0.01)
    await office.talks()
    office.rtp.say(MediaSilent(endpoint=0, seconds=10))
    for _ in range(2):
        await office.worker.told("ask-far-end", leg_id=office.leg)
    office.rtp.say(MediaReturned(endpoint=0), EventHeard(endpoint=0, digit="5"))
    await office.stage.card.reported(Digit)
    asked = _times_asked(office)
    office.worker.say(Ended(leg_id=office.leg, cause=Cause.RECOVERY_ON_TIMER_EXPIRY, status=408,
                            by_far_end=True))  # fmt: skip
    gone = await office.stage.card.reported(Disconnect)

    assert gone.cause is Cause.RECOVERY_ON_TIMER_EXPIRY
    assert _times_asked(office) <= asked + 1, "sound that is back needs no asking"


def _times_asked(office: Office) -> int:
    return sum(order["kind"] == "ask-far-end" for order in office.worker.orders)


async def test_digits_are_sent_as_events_but_as_info_to_a_phone_that_uses_only_that(
    office: Office,
) -> None:
    await office.talks()
    await execute(office.line, SendDigits(leg_id=office.leg, digits="12"))
    assert (await office.rtp.told("send-events"))["digits"] == "12"

    office.worker.say(InfoDigit(leg_id=office.leg, digit="1"))
    await office.stage.card.reported(Digit)
    office.worker.say(agreed(office.leg, PORT, events=None))
    await office.rtp.told("start-media")
    await execute(office.line, SendDigits(leg_id=office.leg, digits="34"))
    assert (await office.worker.told("send-info"))["digits"] == "34"


async def test_a_transfer_to_a_number_is_the_exchanges_to_decide(office: Office) -> None:
    await office.talks()
    office.worker.say(ReferAsked(leg_id=office.leg, user="+441632960100"))

    wish = await office.stage.card.reported(TransferRequested)
    assert (wish.to, wish.with_leg_id) == ("+441632960100", None)
    await execute(office.line, AnswerTransfer(leg_id=office.leg, accepted=True))
    assert (await office.worker.told("answer-refer"))["accepted"]


@pytest.mark.parametrize("user", ["", "sales", "+", "1" * 40])
async def test_a_transfer_to_what_nobody_can_dial_is_refused(office: Office, user: str) -> None:
    await office.talks()
    office.worker.say(ReferAsked(leg_id=office.leg, user=user))

    answer = await office.worker.told("answer-refer", leg_id=office.leg)
    assert (answer["accepted"], answer["cause"]) == (False, Cause.INVALID_NUMBER_FORMAT)


async def test_a_transfer_after_consultation_names_the_other_leg(office: Office) -> None:
    await office.talks()
    await execute(office.line, AlertCall(leg_id="leg-2", line_id="sip-1"))
    office.worker.say(
        Offered(leg_id="leg-2", call_id="second", own_tag="b"),
        agreed("leg-2", PORT + 2),
        Answered(leg_id="leg-2", far_tag="a"),
        ReferAsked(leg_id=office.leg, user="104", replaces="second;to-tag=b;from-tag=a;early-only"),
    )

    wish = await office.stage.card.reported(TransferRequested)
    assert (wish.leg_id, wish.to, wish.with_leg_id) == (office.leg, None, "leg-2")


@pytest.mark.parametrize(
    "replaces", ["third;to-tag=b;from-tag=a", "dialog;to-tag=ours;from-tag=theirs", ";;", ""]
)
async def test_a_transfer_to_a_dialog_that_is_not_ours_is_refused(
    office: Office, replaces: str
) -> None:
    await office.talks()
    office.worker.say(ReferAsked(leg_id=office.leg, user="104", replaces=replaces))

    answer = await office.worker.told("answer-refer", leg_id=office.leg)
    assert (answer["accepted"], answer["cause"]) == (False, Cause.INVALID_CALL_REFERENCE)


async def test_a_call_to_what_nobody_can_dial_is_refused(office: Office) -> None:
    office.worker.say(Invited(leg_id=office.leg, account="sip-1", called="x y", calling="103"))

    refused = await office.worker.told("clear", leg_id=office.leg)
    assert refused["cause"] == Cause.UNALLOCATED_NUMBER


@pytest.mark.parametrize("account", ["sip-9", None])
async def test_a_call_on_no_line_of_ours_is_refused(office: Office, account: str | None) -> None:
    office.worker.say(Invited(leg_id=office.leg, account=account, called="102", calling="103"))

    assert (await office.worker.told("clear", leg_id=office.leg))["cause"] == Cause.CALL_REJECTED


@pytest.mark.parametrize(
    ("replaces", "cause"),
    [
        ("dialog;to-tag=ours;from-tag=theirs", Cause.FACILITY_REJECTED),
        ("other;to-tag=a;from-tag=b", Cause.INVALID_CALL_REFERENCE),
    ],
)
async def test_a_call_that_would_replace_another_is_refused(
    office: Office, replaces: str, cause: Cause
) -> None:
    await office.talks()
    office.worker.say(
        Invited(leg_id="taker", account="sip-1", called="102", calling="103", replaces=replaces)
    )

    assert (await office.worker.told("clear", leg_id="taker"))["cause"] == cause
    assert office.kinds == ["setup", "connect"]


async def test_closing_ends_every_leg_at_once(office: Office) -> None:
    await office.talks()
    await office.line.close()

    assert (await office.stage.card.reported(Release)).cause is Cause.TEMPORARY_FAILURE
    assert office.stage.card.seized == frozenset()
    await office.worker.told("clear", leg_id=office.leg)


# ---- how the line fares


def contact(address: str = "192.0.2.7:5060", expires_at: float = 1.0) -> Contact:
    return Contact(address, "Yealink SIP-T31P", expires_at)


async def test_a_phone_is_ready_while_a_device_is_registered(office: Office) -> None:
    line = office.line
    assert isinstance(line, SipPhoneLine)
    assert (line.state().health, line.state().why) == (
        Health.NO_SERVICE, Text(code="sip.not-registered", args={"user": "103"}),
    )  # fmt: skip
    line.registered((contact(), contact("192.0.2.8:5060")), None)
    assert line.state().health is Health.READY
    assert line.state().identity == {
        "user": "103", "port": "192.0.2.7:5060, 192.0.2.8:5060", "model": "Yealink SIP-T31P",
    }  # fmt: skip
    line.registered((), None)
    assert line.state().health is Health.NO_SERVICE


async def test_a_phone_with_a_wrong_password_is_named_until_one_registers(office: Office) -> None:
    line = office.line
    assert isinstance(line, SipPhoneLine)
    before = len(office.stage.card.reports)
    office.stage.processes.passwords_refused({"103": ("192.0.2.7",), "104": ("192.0.2.9",)})
    await office.stage.card.reported(LineStateChanged, after=before)
    assert (line.state().health, line.state().why) == (
        Health.NO_SERVICE,
        Text(code="sip.wrong-password", args={"user": "103", "address": "192.0.2.7"}),
    )

    line.registered((contact(),), None)
    line.refused(("192.0.2.7",))
    assert line.state().health is Health.READY


async def test_without_a_registrar_only_phones_at_a_fixed_address_are_ready() -> None:
    trouble = Text(code="sip.no-edge")
    fixed = phone(id="sip-2", user="104", address="192.0.2.9", secret=None)
    async with staged(phone(), fixed) as stage:
        await stage.rtp()
        await stage.worker()
        for line in stage.lines.values():
            await line.open()
        stage.processes.edge_trouble(trouble)

        assert (stage.lines["sip-1"].state().why, stage.lines["sip-2"].state().health) == (
            trouble, Health.READY,
        )  # fmt: skip


async def test_a_phone_without_a_password_needs_a_person() -> None:
    async with staged(phone(secret=None)) as stage:
        await stage.rtp()
        await stage.worker()
        await stage.lines["sip-1"].open()
        state = stage.lines["sip-1"].state()

    assert (state.health, state.why and state.why.code) == (
        Health.NEEDS_ATTENTION, "sip.no-secret",
    )  # fmt: skip


async def test_a_phone_with_no_codec_of_ours_needs_a_person_until_it_registers_anew(
    office: Office,
) -> None:
    line = office.line
    assert isinstance(line, SipPhoneLine)
    line.registered((contact(),), None)
    before = len(office.stage.card.reports)
    office.worker.say(OfferRefused(account="sip-1"))
    await office.stage.card.reported(LineStateChanged, after=before)
    assert line.state().why == Text(code="sip.no-common-codec", args={"user": "103"})

    line.registered((contact(expires_at=99.0),), None)
    assert line.state().health is Health.NEEDS_ATTENTION, "a mere refresh changes nothing"
    line.registered((contact("192.0.2.8:5060"),), None)
    assert line.state().health is Health.READY
