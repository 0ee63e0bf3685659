"""A box without Kamailio: no phone registers, but one at a fixed address calls and is called."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import drivers.sip.edge.edge
from drivers.driver import CardPlace
from drivers.sip.driver import new_line
from drivers.sip.line import SipLine
from drivers.sip.processes import Processes
from drivers.sip.programs import Programs
from firmware.contract.line import execute
from firmware.contract.line_state import Health
from firmware.contract.messages import Alarm, AlertCall, AnswerCall, ClearCall, Connect, Setup
from firmware.contract.settings import SipPhoneSettings
from firmware.highway.span import Span
from tests.drivers.rig import DEADLINE_S, RecordingCard
from tests.peers.barephone import BarePhone
from tests.practice_box import free_sip_port, wait_for

pytestmark = [pytest.mark.peer, pytest.mark.timeout(120)]
TONE_HZ = 700.0


@dataclass
class Alone:
    """A phone at a fixed address, one that would have to register, and the box's SIP port."""

    fixed: SipLine
    registering: SipLine
    card: RecordingCard
    phone: BarePhone


@pytest.fixture
async def alone(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Alone]:
    monkeypatch.setattr(drivers.sip.edge.edge, "find_kamailio", lambda: None)
    folder = Path(tempfile.mkdtemp(prefix="ka-", dir="/tmp"))
    (folder / "run").mkdir()
    span, card, port = Span.create("sip", 16), RecordingCard(timeslots=16), free_sip_port()
    phone = BarePhone("104", "", port, TONE_HZ, registers=False)
    lines: dict[str, SipLine] = {}
    place = CardPlace(folder, span.fd, {"sip-port": str(port)})
    processes = Processes(Programs(place), card, lines.values)
    known = {"driver": "sip", "account": "phone"}
    settings = (
        SipPhoneSettings.model_validate(
            known | {"id": "sip-2", "user": "104", "address": f"127.0.0.1:{phone.sip_port}"}
        ),
        SipPhoneSettings.model_validate(known | {"id": "sip-1", "user": "103", "secret": "x" * 8}),
    )
    for one in settings:
        lines[one.id] = new_line(one, card, processes)
    processes.want(settings, 16)
    running = asyncio.create_task(processes.run())
    try:
        await asyncio.to_thread(phone.start)
        async with asyncio.timeout(DEADLINE_S):
            for line in lines.values():
                await line.open()
        yield Alone(lines["sip-2"], lines["sip-1"], card, phone)
    finally:
        for line in lines.values():
            await line.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        phone.stop()
        phone.remove()
        span.close()
        shutil.rmtree(folder)


async def test_it_says_so_where_a_phone_would_have_to_register(alone: Alone) -> None:
    alarm = await alone.card.reported(Alarm)
    state = alone.registering.state()

    assert alarm.text.code == "sip.no-edge"
    assert (state.health, state.why) == (Health.NO_SERVICE, alarm.text)
    assert alone.fixed.state().health is Health.READY


async def test_a_phone_at_a_fixed_address_is_called(alone: Alone) -> None:
    await execute(alone.fixed, AlertCall(leg_id="leg-1", line_id="sip-2", calling="102"))
    assert (await asyncio.to_thread(alone.phone.wait, "CALL_INCOMING"))["peeruri"][:7] == "sip:102"
    await asyncio.to_thread(alone.phone.answer)

    await alone.card.reported(Connect)
    await asyncio.to_thread(alone.phone.listen, 0.5)
    await execute(alone.fixed, ClearCall(leg_id="leg-1"))
    await asyncio.to_thread(alone.phone.wait, "CALL_CLOSED")


async def test_a_phone_at_a_fixed_address_calls(alone: Alone) -> None:
    await asyncio.to_thread(alone.phone.dial, "102")
    setup = await alone.card.reported(Setup)
    await execute(alone.fixed, AnswerCall(leg_id=setup.leg_id))
    await alone.card.reported(Connect)

    assert (setup.line_id, setup.called) == ("sip-2", "102")
    await asyncio.to_thread(alone.phone.hang_up)
    await asyncio.to_thread(
        wait_for, "it is over", lambda: "disconnect" in alone.card.kinds(setup.leg_id), 20
    )
