"""Modems that stop answering, vanish, come back elsewhere, or talk nonsense."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.gsm.recovery import Recovery
from drivers.gsm.usb import UsbPlace, power_cycle
from drivers.simulators.at_modem.fault import Fault
from drivers.simulators.party import Party
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError
from firmware.contract.line_state import Health
from firmware.contract.messages import Alarm, AnswerCall, Connect, Release, Setup
from tests.drivers.gsm.fake_sysfs import add_tty, usb_device
from tests.drivers.gsm_rig import GsmRig
from tests.drivers.rig import OUTSIDE_E164

BOOT_S = 1.5


async def test_a_silent_modem_is_reset_and_the_line_says_so() -> None:
    rig = GsmRig(recovery=Recovery(BOOT_S))
    try:
        await rig.plug_in()
        await rig.keep()
        await rig.ready()
        before = len(rig.card.reports)
        rig.stick.fault = Fault.DEAF_UNTIL_RESET
        await rig.fares(Health.RECOVERING, "gsm.silent", after=before)
        await rig.fares(Health.RECOVERING, "gsm.resetting", after=before)
        await rig.ready(after=before)
        alarms = [r for r in rig.card.reports if isinstance(r, Alarm)]
        assert [(a.text.code, a.raised) for a in alarms] == [
            ("gsm.silent-alarm", True),
            ("gsm.silent-alarm", False),
        ]
    finally:
        await rig.stop()


async def test_a_modem_that_goes_silent_in_mid_call_ends_it_and_is_reset() -> None:
    rig = GsmRig(recovery=Recovery(BOOT_S))
    try:
        await rig.plug_in()
        await rig.keep()
        await rig.ready()
        outside = Party(rig.network, OUTSIDE_E164)
        outside.dial(rig.number)
        setup = await rig.card.reported(Setup)
        await rig.line.answer_call(AnswerCall(leg_id=setup.leg_id))
        await rig.card.reported(Connect)
        before = len(rig.card.reports)
        rig.stick.fault = Fault.DEAF_UNTIL_RESET
        release = await rig.card.reported(Release, after=before)
        assert (release.leg_id, release.cause) == (setup.leg_id, Cause.TEMPORARY_FAILURE)
        await rig.fares(Health.RECOVERING, "gsm.resetting", after=before)
        await rig.ready(after=before)
        assert rig.line.legs() == ()
    finally:
        await rig.stop()


async def test_a_modem_deaf_to_resets_loses_its_usb_power_and_comes_back(tmp_path: Path) -> None:
    rig = GsmRig(sysfs=tmp_path)
    device = usb_device(tmp_path)
    switched: list[str] = []

    async def off(_seconds: float) -> None:
        switched.append((device / "authorized").read_text().strip())
        rig.stick.power_cycle()

    async def cycle(place: UsbPlace) -> bool:
        return await power_cycle(place, off)

    rig.recover_with(Recovery(BOOT_S, cycle))
    try:
        await rig.plug_in()
        for port in (rig.stick.at_port, rig.stick.audio_port):
            assert port is not None
            add_tty(tmp_path, device, port.link.resolve().name, int(port.link.name[-2:]))
        await rig.keep()
        await rig.ready()
        before = len(rig.card.reports)
        rig.stick.fault = Fault.DEAF_UNTIL_POWER_CYCLE
        await rig.fares(Health.RECOVERING, "gsm.resetting", after=before)
        await rig.fares(Health.RECOVERING, "gsm.power-cycled", after=before)
        await rig.ready(after=before)
        assert switched == ["0"]
    finally:
        await rig.stop()


async def test_power_out_of_reach_asks_for_a_hand() -> None:
    rig = GsmRig(recovery=Recovery(0.2))
    try:
        await rig.plug_in()
        await rig.keep()
        await rig.ready()
        rig.stick.fault = Fault.DEAF_UNTIL_POWER_CYCLE
        before = len(rig.card.reports)
        await rig.fares(Health.RECOVERING, "gsm.power-out-of-reach", after=before)
        rig.stick.power_cycle()
        await rig.ready(after=before)
    finally:
        await rig.stop()


async def test_an_unplugged_modem_is_absent_and_the_same_line_when_it_is_back() -> None:
    rig = GsmRig()
    try:
        await rig.plug_in()
        await rig.keep()
        await rig.ready()
        outside = Party(rig.network, OUTSIDE_E164)
        outside.dial(rig.number)
        setup = await rig.card.reported(Setup)
        await rig.line.answer_call(AnswerCall(leg_id=setup.leg_id))
        await rig.card.reported(Connect)
        before, tty = len(rig.card.reports), rig.stick.at_port.link.resolve()
        rig.stick.unplug()
        release = await rig.card.reported(Release, after=before)
        assert (release.leg_id, release.cause) == (setup.leg_id, Cause.TEMPORARY_FAILURE)
        await rig.fares(Health.ABSENT, "gsm.absent", after=before)
        with rig.another_pty():  # takes the freed tty, so that the modem gets another
            rig.stick.plug_in()
            assert rig.stick.at_port.link.resolve() != tty
            await rig.ready(after=before)
    finally:
        await rig.stop()


async def test_a_modem_that_restarts_by_itself_is_set_up_again() -> None:
    rig = GsmRig(modem={"family": "ec25"})
    try:
        await rig.plug_in()
        await rig.keep()
        await rig.ready()
        before = len(rig.card.reports)
        rig.stick.switches["+CLIP"] = 0
        rig.stick.say("RDY")
        await rig.fares(Health.RECOVERING, "gsm.restarted", after=before)
        await rig.ready(after=before)
        assert rig.stick.switches["+CLIP"] == 1
    finally:
        await rig.stop()


async def test_a_modem_left_in_the_sms_prompt_is_got_out_of_it() -> None:
    rig = GsmRig()
    try:
        await rig.plug_in()
        rig.type("AT+CMGS=20")
        await rig.serve()
        assert rig.line.state().health is Health.READY
        assert rig.stick.store.sent == []
    finally:
        await rig.stop()


async def test_a_port_another_program_holds_is_named() -> None:
    rig, other = GsmRig(), GsmRig()
    try:
        await rig.start()
        other.folder.rmdir()
        other.folder.symlink_to(rig.folder)
        other.bay = rig.bay
        with pytest.raises(LineError, match=r"gsm\.absent"):
            await other.line.open()
        assert rig.line.state().health is Health.READY
    finally:
        other.folder.unlink()
        await rig.stop()


GARBAGE = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from(
            [
                b"\r\nRING\r\n",
                b"\r\n+CLIP: ",
                b"\r\nNO CARRIER\r\n",
                b"\r\n+CLCC: 1,1,4,0,0\r\n",
                b"\r\n^CEND:1,2,3\r\n",
                b"\r\n+CREG: 3\r\n",
                b"\r\n> ",
                b"\xff\x00\x1a\x1b",
                b"\r\nOK\r\n",
            ]
        ),
    ),
    max_size=20,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(GARBAGE)
def test_no_garbage_from_the_modem_ends_the_line_for_good(pieces: list[bytes]) -> None:
    asyncio.run(_survives(pieces))


async def _survives(pieces: list[bytes]) -> None:
    rig = GsmRig(recovery=Recovery(BOOT_S))
    try:
        await rig.plug_in()
        await rig.keep()
        await rig.ready()
        for piece in pieces:
            rig.stick.write_at(piece)
            await asyncio.sleep(0.002)
        rig.stick.write_at(b"\r\n")
        while rig.line.state().health is not Health.READY:
            await rig.ready(after=len(rig.card.reports))
        outside = Party(rig.network, OUTSIDE_E164)
        before = len(rig.card.reports)
        outside.dial(rig.number)
        await rig.card.reported(Setup, after=before)
    finally:
        await rig.stop()
