"""The SIM: its PIN is offered once, and what keeps it shut is said in words."""

import pytest

from firmware.contract.errors import LineError
from firmware.contract.line_state import Health
from firmware.contract.message import new_leg_id
from firmware.contract.messages import PlaceCall, SignalQuality
from tests.drivers.gsm_rig import GsmRig

FAMILIES = ("sim7600", "ec25", "huawei")


def offered(rig: GsmRig) -> list[str]:
    return rig.stick.sim.entered


@pytest.mark.parametrize("family", FAMILIES)
async def test_the_right_pin_opens_the_sim(family: str) -> None:
    rig = GsmRig(modem={"family": family, "pin": "4711"}, line={"sim_pin": "4711"})
    try:
        await rig.start()
        await rig.ready()
        assert offered(rig) == ["4711"]
    finally:
        await rig.stop()


@pytest.mark.parametrize("family", FAMILIES)
async def test_a_wrong_pin_is_offered_once_and_never_again(family: str) -> None:
    rig = GsmRig(modem={"family": family, "pin": "4711"}, line={"sim_pin": "0000"})
    try:
        await rig.start()
        await rig.fares(Health.NEEDS_ATTENTION, "gsm.pin-refused")
        for _ in range(3):
            await rig.stop_serving()
            await rig.line.close()
            await rig.serve()
        assert rig.line.state().health is Health.NEEDS_ATTENTION
        assert offered(rig) == ["0000"]
        assert rig.stick.sim.pin_attempts == 2
    finally:
        await rig.stop()


async def test_a_restarted_card_does_not_offer_the_wrong_pin_again() -> None:
    rig = GsmRig(modem={"pin": "4711"}, line={"sim_pin": "0000"})
    try:
        await rig.start()
        await rig.fares(Health.NEEDS_ATTENTION, "gsm.pin-refused")
        await rig.restart_card()
        state = await rig.fares(Health.NEEDS_ATTENTION, "gsm.pin-refused-before")
        assert state.why is not None
        assert state.why.args["attempts"] == 2
        assert offered(rig) == ["0000"]
    finally:
        await rig.stop()


async def test_a_new_pin_in_the_settings_is_offered() -> None:
    rig = GsmRig(modem={"pin": "4711"}, line={"sim_pin": "0000"})
    try:
        await rig.start()
        await rig.fares(Health.NEEDS_ATTENTION, "gsm.pin-refused")
        before = len(rig.card.reports)
        await rig.change_settings(sim_pin="4711")
        await rig.ready(after=before)
        assert offered(rig) == ["0000", "4711"]
    finally:
        await rig.stop()


async def test_the_last_attempt_is_left_to_a_person() -> None:
    rig = GsmRig(modem={"pin": "4711"}, line={"sim_pin": "4711"})
    try:
        await rig.plug_in()
        rig.stick.sim.pin_attempts = 1
        await rig.serve()
        await rig.fares(Health.NEEDS_ATTENTION, "gsm.pin-last-attempt")
        assert offered(rig) == []
    finally:
        await rig.stop()


async def test_a_sim_without_pin_in_the_settings_asks_for_it() -> None:
    rig = GsmRig(modem={"pin": "4711"})
    try:
        await rig.start()
        await rig.fares(Health.NEEDS_ATTENTION, "gsm.pin-needed")
        assert offered(rig) == []
        call = PlaceCall(leg_id=new_leg_id(), line_id="gsm-1", called="01632960100")
        with pytest.raises(LineError, match=r"gsm\.pin-needed"):
            await rig.line.place_call(call)
    finally:
        await rig.stop()


async def test_a_locked_sim_asks_for_its_puk() -> None:
    rig = GsmRig(modem={"pin": "4711"}, line={"sim_pin": "4711"})
    try:
        await rig.plug_in()
        rig.stick.sim.pin_attempts = 0
        await rig.serve()
        await rig.fares(Health.NEEDS_ATTENTION, "gsm.puk-needed")
        assert offered(rig) == []
    finally:
        await rig.stop()


async def test_an_empty_tray_is_told() -> None:
    rig = GsmRig(modem={"iccid": None})
    try:
        await rig.start()
        await rig.fares(Health.NEEDS_ATTENTION, "gsm.no-sim")
    finally:
        await rig.stop()


async def test_another_sim_than_the_settings_name_takes_no_calls() -> None:
    rig = GsmRig(line={"iccid": "8944000000000000099"})
    try:
        await rig.start()
        await rig.fares(Health.NEEDS_ATTENTION, "gsm.other-sim")
    finally:
        await rig.stop()


async def test_a_line_known_by_its_sim_alone_finds_it() -> None:
    rig = GsmRig(line={"imei": None, "iccid": "8944000000000000011"})
    try:
        await rig.start()
        assert rig.line.state().health is Health.READY
    finally:
        await rig.stop()


@pytest.mark.parametrize(
    ("registration", "code"),
    [
        (0, "gsm.not-registered"),
        (2, "gsm.searching"),
        (3, "gsm.registration-denied"),
        (8, "gsm.emergency-only"),
    ],
)
async def test_without_service_the_line_says_why(registration: int, code: str) -> None:
    rig = GsmRig(modem={"registration": registration})
    try:
        await rig.start()
        await rig.fares(Health.NO_SERVICE, code)
        before = len(rig.card.reports)
        rig.stick.register(5)
        await rig.ready(after=before)
    finally:
        await rig.stop()


async def test_a_signal_that_changes_is_reported() -> None:
    rig = GsmRig()
    try:
        await rig.start()
        before = len(rig.card.reports)
        rig.stick.signal_dbm = -101
        quality = await rig.card.reported(SignalQuality, after=before)
        assert quality.signal_dbm == -101
        assert rig.line.state().signal_dbm == -101
    finally:
        await rig.stop()


async def test_an_emergency_call_is_tried_without_service() -> None:
    rig = GsmRig(modem={"registration": 8})
    try:
        await rig.start()
        with pytest.raises(LineError, match=r"gsm\.emergency-only"):
            await rig.line.place_call(
                PlaceCall(leg_id=new_leg_id(), line_id="gsm-1", called="01632960100")
            )
        await rig.line.place_call(PlaceCall(leg_id=new_leg_id(), line_id="gsm-1", called="123"))
        assert "ATD123;" in rig.stick.commands
    finally:
        await rig.stop()
