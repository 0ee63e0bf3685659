"""Calls through every family of simulated modems, over real ptys."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from drivers.simulators.at_modem.calls import Status
from drivers.simulators.party import Party, Stage
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError
from firmware.contract.line_state import Ability, Audio, Health
from firmware.contract.message import new_leg_id
from firmware.contract.messages import (
    Alarm,
    Alerting,
    AnswerCall,
    ClearCall,
    Connect,
    Digit,
    Disconnect,
    PlaceCall,
    Proceeding,
    Release,
    SendDigits,
    Setup,
)
from firmware.contract.pcm import SAMPLE_RATE_HZ, Samples
from tests.drivers.gsm_rig import GsmRig
from tests.drivers.rig import DEADLINE_S, OUTSIDE_E164, OUTSIDE_NUMBER

SERIAL_SOUND = ("sim7600", "ec25", "huawei")


@pytest.fixture(params=SERIAL_SOUND)
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[GsmRig]:
    made = GsmRig(modem={"family": request.param})
    try:
        await made.start()
        yield made
    finally:
        await made.stop()


@pytest.fixture
def outside(rig: GsmRig) -> Party:
    return party(rig, OUTSIDE_E164)


def party(rig: GsmRig, number: str) -> Party:
    somebody = Party(rig.network, number)
    rig.network.attach(somebody)
    return somebody


def place(called: str = OUTSIDE_NUMBER) -> PlaceCall:
    return PlaceCall(leg_id=new_leg_id(), line_id="gsm-1", called=called)


async def rung(rig: GsmRig, outside: Party) -> Setup:
    outside.dial(rig.number)
    return await rig.card.reported(Setup)


async def answered(rig: GsmRig, outside: Party) -> Setup:
    setup = await rung(rig, outside)
    await rig.line.answer_call(AnswerCall(leg_id=setup.leg_id))
    await rig.card.reported(Connect)
    return setup


async def reaches(somebody: Party, *stages: Stage) -> None:
    async with asyncio.timeout(DEADLINE_S):
        await somebody.reaches(*stages)


def sine(hz: float, duration_s: float) -> Samples:
    time_s = np.arange(int(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (8000 * np.sin(2 * np.pi * hz * time_s)).astype(np.int16)


def share_at(samples: Samples, hz: float) -> float:
    spectrum = np.abs(np.fft.rfft(samples.astype(float))) ** 2
    near = np.abs(np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ) - hz) < 25
    return float(spectrum[near].sum() / (spectrum.sum() + 1e-9))


async def test_a_healthy_modem_is_ready_and_says_who_it_is(rig: GsmRig) -> None:
    state = rig.line.state()
    assert (state.health, state.audio) == (Health.READY, Audio.FULL)
    assert state.abilities == {Ability.PLACE, Ability.RECEIVE, Ability.SMS}
    assert state.identity["imei"] == "860000000000011"
    assert state.identity["iccid"] == "8944000000000000011"
    assert state.identity["operator"] == "Practice Mobile"
    assert state.signal_dbm == -71


async def test_a_caller_is_named_and_the_ring_is_counted(rig: GsmRig, outside: Party) -> None:
    setup = await rung(rig, outside)
    assert setup.calling == OUTSIDE_E164
    assert setup.called == rig.number
    assert setup.ring_count <= 2
    assert setup.timeslot is not None


async def test_a_withheld_number_is_no_number(rig: GsmRig, outside: Party) -> None:
    outside.dial("#31#" + rig.number)
    setup = await rig.card.reported(Setup)
    assert setup.calling is None


async def test_speech_goes_both_ways(rig: GsmRig, outside: Party) -> None:
    setup = await answered(rig, outside)
    assert setup.timeslot is not None
    outside.say(sine(700, 1.0), again=True)
    rig.card.timeslots[setup.timeslot].say(sine(1300, 4.0))
    heard_here = await rig.card.hears_for(setup.timeslot, 1.5)
    async with asyncio.timeout(DEADLINE_S):
        heard_there = await outside.hears_for(1.5)
    assert share_at(heard_here[-4000:], 700) > 0.8
    assert share_at(heard_there[-4000:], 1300) > 0.8


async def test_the_caller_who_hangs_up_ends_the_call_normally(rig: GsmRig, outside: Party) -> None:
    setup = await answered(rig, outside)
    outside.hang_up()
    gone = await rig.card.reported(Disconnect)
    assert gone.cause is Cause.NORMAL_CALL_CLEARING
    await rig.line.clear_call(ClearCall(leg_id=setup.leg_id))
    assert rig.card.kinds(setup.leg_id) == ["setup", "connect", "disconnect", "release"]


async def test_a_call_that_is_not_wanted_is_rejected(rig: GsmRig, outside: Party) -> None:
    setup = await rung(rig, outside)
    await rig.line.clear_call(ClearCall(leg_id=setup.leg_id, cause=Cause.CALL_REJECTED))
    await reaches(outside, Stage.LEFT)
    assert outside.cause is Cause.USER_BUSY
    assert rig.card.kinds(setup.leg_id) == ["setup", "release"]


async def test_dialling_out_tells_ringing_and_answer_apart(rig: GsmRig, outside: Party) -> None:
    command = place()
    await rig.line.place_call(command)
    await rig.card.reported(Alerting)
    told = rig.card.kinds(command.leg_id)
    assert [kind for kind in told if kind != "progress"] == ["proceeding", "alerting"]
    outside.answer()
    await rig.card.reported(Connect)
    outside.hang_up()
    gone = await rig.card.reported(Disconnect)
    assert gone.cause is Cause.NORMAL_CALL_CLEARING


@pytest.mark.parametrize(("family", "early"), [("sim7600", 0), ("ec25", 1), ("huawei", 1)])
async def test_a_modem_whose_sound_runs_before_the_answer_says_so(family: str, early: int) -> None:
    rig = GsmRig(modem={"family": family})
    try:
        await rig.start()
        party(rig, OUTSIDE_E164)
        command = place()
        await rig.line.place_call(command)
        await rig.card.reported(Alerting)
    finally:
        await rig.stop()
    assert rig.card.kinds(command.leg_id).count("progress") == early


@pytest.mark.parametrize("cause", [Cause.USER_BUSY, Cause.NO_ANSWER_FROM_USER, Cause.CALL_REJECTED])
async def test_why_nobody_answered_is_told(rig: GsmRig, outside: Party, cause: Cause) -> None:
    await rig.line.place_call(place())
    await reaches(outside, Stage.RINGING)
    outside.hang_up(cause)
    gone = await rig.card.reported(Disconnect)
    assert gone.cause is cause


async def test_a_number_that_does_not_exist_is_unallocated(rig: GsmRig) -> None:
    await rig.line.place_call(place("01632960999"))
    gone = await rig.card.reported(Disconnect)
    assert gone.cause is Cause.UNALLOCATED_NUMBER


async def test_digits_are_heard_outside_once_each(rig: GsmRig, outside: Party) -> None:
    setup = await answered(rig, outside)
    await rig.line.send_digits(SendDigits(leg_id=setup.leg_id, digits="1590*#"))
    async with asyncio.timeout(DEADLINE_S):
        assert await outside.ear.hears_digits(6) == "1590*#"


async def test_digits_behind_a_pause_follow_the_answer(rig: GsmRig, outside: Party) -> None:
    await rig.line.place_call(place(OUTSIDE_NUMBER + "w42"))
    await reaches(outside, Stage.RINGING)
    outside.answer()
    async with asyncio.timeout(DEADLINE_S):
        assert await outside.ear.hears_digits(2) == "42"


async def test_keys_the_modem_reports_become_digits(rig: GsmRig, outside: Party) -> None:
    setup = await answered(rig, outside)
    for digit in "7*#":
        rig.stick.report_digit(digit)
    while len([r for r in rig.card.reports if isinstance(r, Digit)]) < 3:
        await rig.card.reported(Digit, after=len(rig.card.reports))
    digits = [r for r in rig.card.reports if isinstance(r, Digit)]
    assert [(d.leg_id, d.digit) for d in digits] == [(setup.leg_id, d) for d in "7*#"]


async def test_a_second_caller_hears_busy_and_the_first_call_goes_on(
    rig: GsmRig, outside: Party
) -> None:
    setup = await answered(rig, outside)
    second = party(rig, "+447700900123")
    second.dial(rig.number)
    await reaches(second, Stage.LEFT)
    assert second.cause is Cause.USER_BUSY
    assert [leg.leg_id for leg in rig.line.legs()] == [setup.leg_id]


async def test_codes_that_would_change_the_subscription_are_not_dialled(rig: GsmRig) -> None:
    with pytest.raises(LineError, match=r"gsm\.not-a-number"):
        await rig.line.place_call(place("*21*01632960100#"))
    assert not any(command.startswith("ATD") for command in rig.stick.commands)
    assert rig.card.seized == frozenset()


async def test_nothing_we_send_touches_the_stored_messages(rig: GsmRig, outside: Party) -> None:
    setup = await answered(rig, outside)
    await rig.line.clear_call(ClearCall(leg_id=setup.leg_id))
    rig.stick.receive_message("07919144775010F0040C91447700091032000062119151314400045A8E1103")
    assert len(rig.stick.store.stored) == 1
    assert rig.stick.store.deleted == []
    assert not rig.stick.store.routed_away
    forbidden = ("ATZ", "AT&F", "AT+CMGD", "AT+CPMS", "AT+CMGR", "AT+CMGL", "AT+CSMS")
    assert not any(command.startswith(forbidden) for command in rig.stick.commands)


async def test_a_call_that_was_up_before_the_line_opened_is_ended() -> None:
    rig = GsmRig()
    try:
        await rig.plug_in()
        outside = party(rig, OUTSIDE_E164)
        outside.dial(rig.number)
        await reaches(outside, Stage.ALERTING)
        rig.type("ATA")  # a card that was killed since had answered
        await reaches(outside, Stage.TALKING)
        await rig.serve()
        await reaches(outside, Stage.LEFT)
        assert rig.line.state().health is Health.READY
        assert rig.line.legs() == ()
    finally:
        await rig.stop()


async def test_a_waiting_call_is_turned_away_politely() -> None:
    rig = GsmRig(modem={"call_waiting": True})
    try:
        await rig.start()
        outside = party(rig, OUTSIDE_E164)
        setup = await answered(rig, outside)
        second = party(rig, "+447700900123")
        second.dial(rig.number)
        await reaches(second, Stage.LEFT)
        assert second.cause is Cause.USER_BUSY
        assert [call.status for call in rig.stick.calls] == [Status.ACTIVE]
        assert [leg.leg_id for leg in rig.line.legs()] == [setup.leg_id]
    finally:
        await rig.stop()


@pytest.mark.parametrize("family", SERIAL_SOUND)
async def test_a_modem_without_voice_is_offered_for_sms_only(family: str) -> None:
    rig = GsmRig(modem={"family": family, "voice": False})
    try:
        await rig.start()
        state = rig.line.state()
        assert (state.health, state.audio) == (Health.NEEDS_ATTENTION, Audio.NONE)
        assert state.why is not None
        assert state.why.code == "gsm.no-voice"
        assert state.abilities == {Ability.SMS}
        with pytest.raises(LineError, match=r"gsm\.no-voice"):
            await rig.line.place_call(place())
        outside = party(rig, OUTSIDE_E164)
        outside.dial(rig.number)
        await reaches(outside, Stage.LEFT)
        assert rig.line.legs() == ()
    finally:
        await rig.stop()


async def test_a_modem_that_gives_no_sound_is_reported_and_reset_after_the_call() -> None:
    rig = GsmRig()
    try:
        await rig.plug_in()
        rig.stick.sound_broken = True
        await rig.keep()
        await rig.ready()
        outside = party(rig, OUTSIDE_E164)
        setup = await answered(rig, outside)
        alarm = await rig.card.reported(Alarm)
        assert alarm.text.code == "gsm.no-sound"
        assert [leg.leg_id for leg in rig.line.legs()] == [setup.leg_id]
        before = len(rig.card.reports)
        await rig.line.clear_call(ClearCall(leg_id=setup.leg_id))
        await rig.ready(after=before)
        assert "AT+CRESET" in rig.stick.commands
        assert not rig.stick.sound_broken
    finally:
        await rig.stop()


async def test_sound_that_stops_in_mid_call_is_ordered_again() -> None:
    rig = GsmRig()
    try:
        await rig.start()
        outside = party(rig, OUTSIDE_E164)
        setup = await answered(rig, outside)
        assert setup.timeslot is not None
        await rig.card.hears_for(setup.timeslot, 0.2)
        rig.stick.sound.switch(is_open=False)  # as if the modem forgot the order
        await rig.card.hears_for(setup.timeslot, 0.5)
        assert rig.stick.commands.count("AT+CPCMREG=1") == 2
        assert not [report for report in rig.card.reports if isinstance(report, Alarm)]
    finally:
        await rig.stop()


async def test_a_modem_left_in_flight_mode_is_brought_back() -> None:
    rig = GsmRig()
    try:
        await rig.plug_in()
        rig.type("AT+CFUN=4")
        await rig.serve()
        assert rig.line.state().health is Health.READY
    finally:
        await rig.stop()


async def test_answers_that_come_late_change_nothing() -> None:
    rig = GsmRig(modem={"answer_delay_s": 0.03})
    try:
        await rig.start()
        outside = party(rig, OUTSIDE_E164)
        setup = await answered(rig, outside)
        outside.hang_up()
        await rig.card.reported(Disconnect)
        await rig.line.clear_call(ClearCall(leg_id=setup.leg_id))
        await rig.card.reported(Release)
        await rig.line.place_call(place())
        await rig.card.reported(Proceeding)
    finally:
        await rig.stop()
