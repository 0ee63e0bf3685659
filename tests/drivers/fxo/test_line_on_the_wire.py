"""The whole line against a simulated voice modem on a real pty."""

import os
import select
from collections.abc import Mapping

import numpy as np
import pytest

from drivers.fxo.port import Port
from drivers.simulators.impairments import Impairments
from drivers.simulators.network import Network
from drivers.simulators.party import Party, Stage
from drivers.simulators.v253.stream import Kind
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError
from firmware.contract.leg_state import LegState
from firmware.contract.line import execute
from firmware.contract.line_state import Ability, Audio, Health
from firmware.contract.messages import (
    Alarm,
    Alerting,
    AnswerCall,
    AnswerSupervision,
    ClearCall,
    Connect,
    Digit,
    Direction,
    Disconnect,
    Flash,
    LineStateChanged,
    PlaceCall,
    Proceeding,
    Release,
    RunSelfTest,
    SelfTestDone,
    SendDigits,
    SetDirection,
    SetGains,
    Setup,
)
from firmware.contract.pcm import SAMPLE_RATE_HZ
from firmware.dsp import g711
from tests.drivers.fxo.conversation import (
    answered_in,
    placed,
    reaches,
    rung,
    share_at,
    sine,
    started,
    timeslot_of,
)
from tests.drivers.fxo.test_echo import voice
from tests.drivers.fxo_rig import NUMBER, SERIAL, FxoRig

HALF: Mapping[str, object] = {"family": "cx930xx-half"}
DEAF: Mapping[str, object] = {"reports_tones": False}

COPIES = 25


@pytest.mark.parametrize(
    ("family", "caller_id"), [("cx930xx", "before-ring"), ("usr5637", "between-rings")]
)
async def test_the_caller_s_number_is_read_in_each_maker_s_spelling(
    family: str, caller_id: str
) -> None:
    rig = FxoRig(modem={"family": family, "caller_id": caller_id})
    async with started(rig) as outside:
        setup = await rung(rig, outside)
        assert (setup.calling, setup.ring_count) == ("01632960100", 1)


async def test_without_caller_id_the_call_is_offered_with_the_second_ring() -> None:
    rig = FxoRig(modem={"caller_id": "none", "ring_period_s": 2.0})
    async with started(rig) as outside:
        setup = await rung(rig, outside)
        assert (setup.calling, setup.ring_count) == (None, 2)


async def test_every_code_of_the_law_crosses_the_wire_unchanged_both_ways() -> None:
    """0x10 is DLE; as a sample it is sent twice, and must arrive once.

    Said over and over: a machine that stands still for a moment tears one copy, not all.
    """
    rig = FxoRig(line={"echo_canceller": False})
    codes = np.concatenate([np.arange(256), np.full(64, 0x10)]).astype(np.uint8)
    sound = g711.from_alaw(codes)
    async with started(rig) as outside:
        leg_id = await answered_in(rig, outside)
        timeslot = rig.card.timeslots[timeslot_of(rig, leg_id)]
        outside.say(np.tile(sound, COPIES))
        timeslot.say(np.tile(sound, COPIES))
        await rig.card.hears_for(timeslot.index, 1.5)
        await outside.hears_for(1.5)
        for heard in (np.concatenate(timeslot.heard), outside.heard()):
            assert sound.tobytes() in heard.tobytes()


async def test_usr_goes_full_duplex_and_ends_it_its_own_way() -> None:
    rig = FxoRig(modem={"family": "usr5637"})
    async with started(rig) as outside:
        assert rig.line.state().audio is Audio.FULL
        leg_id = await answered_in(rig, outside)
        outside.say(sine(700, 1.0), again=True)
        heard = await rig.card.hears_for(timeslot_of(rig, leg_id), 1.5)
        assert share_at(heard[-4000:], 700) > 0.8
        await execute(rig.line, ClearCall(leg_id=leg_id))
        await reaches(outside, Stage.LEFT)
        assert rig.line.state().health is Health.READY


async def test_the_echo_of_a_live_call_is_taken_out() -> None:
    hybrid = Impairments(echo_return_loss_db=12.0, seed=3)
    rig = FxoRig(network=Network("GB", {NUMBER: hybrid}, set_up_s=0.01))
    async with started(rig) as outside:
        leg_id = await answered_in(rig, outside)
        timeslot = rig.card.timeslots[timeslot_of(rig, leg_id)]
        said = voice(8.0, 5)
        timeslot.say(said)
        heard = await rig.card.hears_for(timeslot.index, 7.0)
        seconds = heard[: 7 * SAMPLE_RATE_HZ].reshape(7, SAMPLE_RATE_HZ).astype(float)
        echo = 10 * np.log10(np.mean(said.astype(float) ** 2)) - 12.0
        left = 10 * np.log10(np.mean(seconds**2, axis=1) + 1)
        # A machine that stands still for a moment makes the delay jump; the best second counts.
        assert echo - min(left[3:]) >= 18.0


# ---- the far end's hang-up


@pytest.mark.parametrize(
    ("signal", "modem"),
    [
        ("busy", {**DEAF, "clear_tone_dbm0": -30.0}),
        ("dial", {}),
        ("cpc", DEAF),
    ],
)
async def test_the_far_end_s_hang_up_is_noticed(signal: str, modem: Mapping[str, object]) -> None:
    rig = FxoRig(modem={**modem, "clear_signal": signal})
    async with started(rig) as outside:
        leg_id = await answered_in(rig, outside)
        outside.say(voice(0.6, 1))
        await outside.hears_for(0.6)
        outside.hang_up()
        gone = await rig.card.reported(Disconnect)
        assert (gone.leg_id, gone.cause) == (leg_id, Cause.NORMAL_CALL_CLEARING)
        assert [leg.state for leg in rig.line.legs()] == [LegState.DISCONNECT_INDICATION]
        await execute(rig.line, ClearCall(leg_id=leg_id))
        assert rig.card.kinds(leg_id)[-2:] == ["disconnect", "release"]


async def test_an_exchange_that_goes_silent_is_noticed_in_the_end() -> None:
    rig = FxoRig(modem={**DEAF, "clear_signal": "silence"}, silence_limit_s=2.0)
    async with started(rig) as outside:
        await answered_in(rig, outside)
        outside.hang_up()
        gone = await rig.card.reported(Disconnect)
        assert gone.cause is Cause.RECOVERY_ON_TIMER_EXPIRY


async def test_the_tone_a_call_ended_with_is_proposed_once() -> None:
    rig = FxoRig(modem=DEAF)
    async with started(rig) as outside:
        leg_id = await answered_in(rig, outside)
        outside.hang_up()
        await rig.card.reported(Disconnect)
        await execute(rig.line, ClearCall(leg_id=leg_id))
        alarm = await rig.card.reported(Alarm)
        assert alarm.text.code == "fxo.tone-learned"
        assert abs(float(alarm.text.args["frequency_hz"]) - 400) < 5
        assert abs(int(alarm.text.args["on_ms"]) - 375) <= 40


# ---- calls of ours


async def test_a_call_out_rings_is_answered_by_a_voice_and_says_how_it_knows() -> None:
    rig = FxoRig(modem=DEAF)
    async with started(rig) as outside:
        leg_id = await placed(rig)
        await rig.card.reported(Proceeding)
        await rig.card.reported(Alerting)
        outside.answer()
        outside.say(voice(4.0, 2))
        connect = await rig.card.reported(Connect)
        assert connect.supervision is AnswerSupervision.VOICE_HEARD
        assert rig.card.kinds(leg_id) == ["proceeding", "progress", "alerting", "connect"]


@pytest.mark.parametrize("modem", [{}, DEAF])
async def test_busy_at_set_up_is_user_busy(modem: Mapping[str, object]) -> None:
    rig = FxoRig(modem=modem)
    async with started(rig) as outside:
        outside.dial("01632960199")  # its handset is up
        leg_id = await placed(rig)
        gone = await rig.card.reported(Disconnect)
        assert (gone.leg_id, gone.cause) == (leg_id, Cause.USER_BUSY)


async def test_no_dial_tone_is_tried_once_more_blind_and_then_said() -> None:
    rig = FxoRig(modem={"family": "usr5637"})
    async with started(rig):
        rig.stick.loop.pull_cable()
        leg_id = await placed(rig)
        alarm = await rig.card.reported(Alarm)
        assert alarm.text.code == "fxo.no-dial-tone"
        await rig.card.reported(Proceeding)
        await execute(rig.line, ClearCall(leg_id=leg_id))
        assert rig.card.kinds(leg_id)[-1] == "release"
        rig.stick.loop.plug_cable()
        after = len(rig.card.reports)
        await placed(rig)
        taken_back = await rig.card.reported(Alarm, after)
        assert (taken_back.text, taken_back.raised) == (alarm.text, False)


@pytest.mark.parametrize("answer", ["BLACKLISTED", "DELAYED"])
async def test_a_number_that_may_not_be_redialled_is_barred_and_said_so(answer: str) -> None:
    rig = FxoRig()
    async with started(rig):
        rig.stick.dial_refusal = answer
        leg_id = await placed(rig)
        gone = await rig.card.reported(Disconnect)
        assert (gone.leg_id, gone.cause) == (leg_id, Cause.OUTGOING_CALLS_BARRED)
        assert (await rig.card.reported(Alarm)).text.code == "fxo.redial-blocked"


async def test_a_chip_that_leaves_the_stream_by_itself_has_hung_up() -> None:
    rig = FxoRig()
    async with started(rig) as outside:
        leg_id = await answered_in(rig, outside)
        assert rig.stick.stream is not None
        rig.stick.stream.is_ending = True
        gone = await rig.card.reported(Disconnect)
        assert (gone.leg_id, gone.cause) == (leg_id, Cause.NORMAL_CALL_CLEARING)
        await execute(rig.line, ClearCall(leg_id=leg_id))
        await reaches(outside, Stage.LEFT)


async def test_a_call_that_was_cleared_and_rings_on_is_not_offered_again() -> None:
    rig = FxoRig(modem={"ring_period_s": 1.5})
    async with started(rig) as outside:
        setup = await rung(rig, outside)
        await execute(rig.line, ClearCall(leg_id=setup.leg_id))
        await outside.hears_for(4.0)  # two more rings
        assert sum(isinstance(report, Setup) for report in rig.card.reports) == 1


async def test_our_call_goes_before_a_caller_who_was_cleared_and_still_rings() -> None:
    """An emergency call must get its line, and an analogue line cannot refuse a caller."""
    rig = FxoRig()
    async with started(rig) as outside:
        setup = await rung(rig, outside)
        await execute(rig.line, ClearCall(leg_id=setup.leg_id))
        other = Party(rig.network, "+441632960102")
        rig.network.attach(other)
        await placed(rig, called="01632960102")
        await reaches(other, Stage.RINGING)
        assert outside.stage is Stage.LEFT


async def test_a_call_cleared_while_it_is_dialled_never_leaves() -> None:
    rig = FxoRig()
    async with started(rig) as outside:
        leg_id = await placed(rig)
        await execute(rig.line, ClearCall(leg_id=leg_id))
        assert rig.card.kinds(leg_id) == ["release"]
        assert outside.stage is Stage.IDLE
        await placed(rig)
        await reaches(outside, Stage.RINGING)


async def test_a_hook_flash_interrupts_the_sound_only_for_a_moment() -> None:
    rig = FxoRig()
    async with started(rig) as outside:
        leg_id = await answered_in(rig, outside)
        await execute(rig.line, Flash(leg_id=leg_id))
        outside.say(sine(700, 1.0), again=True)
        heard = await rig.card.hears_for(timeslot_of(rig, leg_id), 1.5)
        assert share_at(heard[-4000:], 700) > 0.8


async def test_gains_change_what_is_heard() -> None:
    rig = FxoRig(line={"echo_canceller": False})
    async with started(rig) as outside:
        leg_id = await answered_in(rig, outside)
        outside.say(sine(700, 1.0), again=True)
        before = await rig.card.hears_for(timeslot_of(rig, leg_id), 1.0)
        await execute(rig.line, SetGains(line_id="fxo-1", receive_db=-12.0))
        after = await rig.card.hears_for(timeslot_of(rig, leg_id), 1.0)
        levels = [np.sqrt(np.mean(heard[-4000:].astype(float) ** 2)) for heard in (before, after)]
        assert 20 * np.log10(levels[0] / levels[1]) == pytest.approx(12.0, abs=1.0)


# ---- half duplex


async def test_a_chip_without_vtr_is_offered_for_what_it_can_with_the_reason() -> None:
    rig = FxoRig(modem=HALF)
    async with started(rig):
        state = rig.line.state()
        assert (state.health, state.audio) == (Health.READY, Audio.HALF)
        assert state.abilities == {Ability.RECEIVE}
        assert state.why is not None
        assert state.why.code == "fxo.half-duplex"
        with pytest.raises(LineError, match="half-duplex"):
            await placed(rig)


async def test_half_duplex_announces_hears_a_key_turns_round_and_records() -> None:
    rig = FxoRig(modem=HALF)
    async with started(rig) as outside:
        leg_id = await answered_in(rig, outside)
        timeslot = rig.card.timeslots[timeslot_of(rig, leg_id)]
        timeslot.say(sine(1300, 2.0))
        assert share_at((await outside.hears_for(1.5))[-4000:], 1300) > 0.8
        outside.press("7")
        assert (await rig.card.reported(Digit)).digit == "7"
        await execute(rig.line, SetDirection(leg_id=leg_id, direction=Direction.RECEIVE))
        with pytest.raises(LineError, match="cannot-send"):
            await execute(rig.line, SendDigits(leg_id=leg_id, digits="1"))
        after = len(rig.card.reports)
        outside.press("#")
        assert (await rig.card.reported(Digit, after)).digit == "#"
        outside.say(sine(700, 1.0), again=True)
        heard = await rig.card.hears_for(timeslot.index, 1.5)
        assert share_at(heard[-4000:], 700) > 0.8
        await execute(rig.line, SetDirection(leg_id=leg_id, direction=Direction.SEND))
        timeslot.say(sine(1300, 2.0))
        assert share_at((await outside.hears_for(1.5))[-4000:], 1300) > 0.8
        await execute(rig.line, ClearCall(leg_id=leg_id))
        await reaches(outside, Stage.LEFT)


async def test_full_duplex_leaves_keys_to_the_switch_so_that_none_counts_twice() -> None:
    rig = FxoRig()
    async with started(rig) as outside:
        leg_id = await answered_in(rig, outside)
        outside.press("159")
        heard = await rig.card.hears_for(timeslot_of(rig, leg_id), 1.5)
        assert len(heard)
        assert not any(isinstance(report, Digit) for report in rig.card.reports)


# ---- trouble


async def test_without_the_echo_canceller_calls_work_and_the_page_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in ("line", "call", "self_test"):
        monkeypatch.setattr(f"drivers.fxo.{module}.speexdsp", lambda: None)
    rig = FxoRig()
    async with started(rig) as outside:
        assert (await rig.card.reported(Alarm)).text.code == "fxo.no-echo-canceller"
        leg_id = await answered_in(rig, outside)
        outside.say(sine(700, 1.0), again=True)
        heard = await rig.card.hears_for(timeslot_of(rig, leg_id), 1.0)
        assert share_at(heard[-4000:], 700) > 0.8


async def test_a_country_the_chip_has_no_profile_for_is_said_and_the_line_works() -> None:
    rig = FxoRig(country="IN")
    async with started(rig):
        alarm = await rig.card.reported(Alarm)
        assert (alarm.text.code, alarm.text.args) == ("fxo.no-country", {"country": "IN"})
        assert rig.line.state().health is Health.READY


async def test_a_self_test_fails_in_words_when_the_cable_is_out() -> None:
    rig = FxoRig()
    async with started(rig):
        rig.stick.loop.pull_cable()
        await execute(rig.line, RunSelfTest(line_id="fxo-1"))
        done = await rig.card.reported(SelfTestDone)
        codes = [finding.code for finding in done.findings]
        assert codes == ["fxo.chip", "fxo.no-line", "fxo.line-voltage", "fxo.echo-canceller"]
        assert not done.passed


@pytest.mark.parametrize("dtr_resets", [True, False])
async def test_a_port_left_binary_by_a_program_that_died_is_brought_back(dtr_resets: bool) -> None:
    rig = FxoRig(modem={"dtr_resets": dtr_resets})
    await rig.plug_in()
    rig.stick.registers.service_class = "8"
    rig.stick.loop.seize()
    rig.stick.enter(Kind.DUPLEX)
    try:
        await rig.serve()
        assert rig.line.state().health is Health.READY
        assert rig.stick.stream is None
    finally:
        await rig.stop()


async def test_a_modem_that_stops_in_mid_call_ends_serve_and_the_leg() -> None:
    rig = FxoRig()
    async with started(rig) as outside:
        leg_id = await answered_in(rig, outside)
        await rig.break_wire()
        assert isinstance(await rig.served(), LineError)
        await rig.line.close()
        assert (await rig.card.reported(Release)).cause is Cause.TEMPORARY_FAILURE
        assert rig.card.kinds(leg_id)[-1] == "release"
        assert rig.line.state().health is Health.RECOVERING


async def test_a_stick_pulled_out_in_mid_call_comes_back_when_plugged_in() -> None:
    rig = FxoRig()
    async with started(rig) as outside:
        await answered_in(rig, outside)
        rig.stick.wire.unplug()
        assert isinstance(await rig.served(), LineError)
        await rig.line.close()
        with pytest.raises(LineError, match="not-plugged-in"):
            await rig.line.open()
        assert rig.line.state().health is Health.ABSENT
        outside.hang_up()
        rig.stick.reset()
        rig.stick.wire.plug()
        await rig.serve()
        setup = await rung(rig, outside)
        assert setup.calling == "01632960100"


async def test_a_cable_pulled_out_of_the_wall_is_told_in_words_and_taken_back() -> None:
    rig = FxoRig()
    async with started(rig):
        after = len(rig.card.reports)
        rig.stick.loop.pull_cable()
        told = await rig.card.reported(LineStateChanged, after)
        assert told.line.health is Health.NO_SERVICE
        assert told.line.why is not None
        assert told.line.why.code == "fxo.no-line"
        after = len(rig.card.reports)
        rig.stick.loop.plug_cable()
        assert (await rig.card.reported(LineStateChanged, after)).line.health is Health.READY


async def test_a_port_that_another_program_holds_is_said_to_be_so() -> None:
    rig = FxoRig()
    await rig.plug_in()
    other = Port(rig.folder / f"{SERIAL}-if00", rig.line)
    other.open()
    try:
        with pytest.raises(LineError, match="cannot-open"):
            await rig.line.open()
        assert rig.line.state().health is Health.NEEDS_ATTENTION
    finally:
        other.close()
        await rig.stop()


async def test_garbage_from_the_modem_is_survived() -> None:
    rig = FxoRig()
    garbage = np.random.default_rng(1).integers(0, 256, 4000).astype(np.uint8).tobytes()
    async with started(rig) as outside:
        rig.stick.wire.write(garbage[:2000])
        rig.stick.wire.write(b"\r\nNMBR\r\nRIN\r\n\x10")
        rig.stick.wire.write(garbage[2000:])
        rig.stick.wire.write(b"\x10\x00\r\n")
        setup = await rung(rig, outside)
        await execute(rig.line, AnswerCall(leg_id=setup.leg_id))
        await rig.card.reported(Connect)
        assert rig.line.state().health is Health.READY


async def test_closing_the_line_lets_go_of_the_port() -> None:
    rig = FxoRig()
    async with started(rig):
        await rig.line.close()
        number = os.open(rig.folder / f"{SERIAL}-if00", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        assert select.select([], [number], [], 0)[1]
        os.close(number)


async def test_a_dial_string_with_a_command_in_it_never_reaches_the_modem() -> None:
    with pytest.raises(ValueError, match="called"):
        PlaceCall(leg_id="leg-1", line_id="fxo-1", called="01632960100;+VLS=0")
