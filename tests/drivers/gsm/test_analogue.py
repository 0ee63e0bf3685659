"""A SIM800's sound through an ALSA device: content is asserted, never delay."""

import asyncio
import json
import os
import sys

import pytest

from drivers.gsm.analogue import AnalogueSound
from firmware.contract.errors import LineError
from tests.drivers.gsm.private_pulse import crossed_devices

DEADLINE_S = 50.0


@pytest.mark.peer
async def test_speech_goes_both_ways_through_the_sound_device() -> None:
    async with crossed_devices() as environment:
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.drivers.gsm.analogue_call",
            env={**os.environ, **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            async with asyncio.timeout(DEADLINE_S):
                printed, complaints = await program.communicate()
        except TimeoutError:
            program.kill()
            await program.wait()
            raise
    assert program.returncode == 0, complaints.decode()
    told = json.loads(printed)
    assert told["line_heard_hz"] == pytest.approx(700, abs=3)
    assert told["modem_heard_hz"] == pytest.approx(1300, abs=3)
    assert told["caller_gone_cause"] == 16


def test_a_sound_device_that_is_not_there_is_named() -> None:
    with pytest.raises(LineError, match=r"nowhere.*gsm\.sound-device-unusable"):
        AnalogueSound("gsm-1", "nowhere")
