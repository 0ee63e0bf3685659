"""A modem whose sound stands still every second or so: what comes late does not stay late."""

import asyncio

import numpy as np

from firmware.contract.messages import AnswerCall, Connect, Setup
from firmware.contract.pcm import BLOCK_SAMPLES
from tests.drivers.gsm.test_digits import Recorder
from tests.drivers.gsm_rig import GsmRig

SAID_BLOCKS = 2000
WATCHED_S = 6.0
MOST_BACKLOG_BLOCKS = 4


async def test_bursts_of_a_late_modem_leave_no_delay_behind() -> None:
    far_end = Recorder(np.zeros(BLOCK_SAMPLES, np.int16))
    late = {"late_every_s": 0.8, "late_ms": 200}
    rig = GsmRig(modem={"family": "sim7600", "impairments": late}, network=far_end)
    try:
        await rig.start()
        assert rig.stick.ring(far_end)
        setup = await rig.card.reported(Setup)
        await rig.line.answer_call(AnswerCall(leg_id=setup.leg_id))
        await rig.card.reported(Connect)
        assert setup.timeslot is not None
        place = rig.card.timeslots[setup.timeslot]
        # Every sample of a block is its number.
        numbers = np.arange(1, SAID_BLOCKS + 1, dtype=np.int16)
        place.say(np.repeat(numbers, BLOCK_SAMPLES))
        backlog = []
        for _ in range(round(WATCHED_S / 0.1)):
            await asyncio.sleep(0.1)
            said = SAID_BLOCKS - len(place.to_say)
            heard = max((int(block[0]) for block in far_end.heard[-40:]), default=0)
            backlog.append(said - heard)
        assert np.median(backlog[15:]) <= MOST_BACKLOG_BLOCKS, backlog
    finally:
        await rig.stop()
