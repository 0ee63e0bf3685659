"""The far end's hang-up, heard as a faint tone over noise on a real call through the wire.

Counted in the sound that the line heard, so that a busy machine makes no difference.
"""

import pytest

from drivers.simulators import sounds
from drivers.simulators.impairments import Impairments
from drivers.simulators.network import Network
from firmware.contract.causes import Cause
from firmware.contract.messages import Disconnect
from firmware.contract.pcm import BLOCK_SAMPLES
from tests.drivers.fxo.conversation import answered_in, started, timeslot_of
from tests.drivers.fxo.test_echo import voice
from tests.drivers.fxo_rig import NUMBER, FxoRig

NOISY = Impairments(noise_dbm0=-45.0, seed=7)
FAINT = {"reports_tones": False, "clear_tone_dbm0": -30.0}
SPARE_BLOCKS = 5
"""Between the hang-up and the tone's first sample lie the simulated modem's buffers."""


async def periods_until_gone(rig: FxoRig, country: str, signal: str) -> float:
    """Return how many of the tone's periods went by from the hang-up to Disconnect."""
    async with started(rig) as outside:
        leg_id = await answered_in(rig, outside)
        place = rig.card.timeslots[timeslot_of(rig, leg_id)]
        outside.say(voice(1.0, 1))
        await outside.hears_for(1.0)
        before = len(place.heard)
        outside.hang_up()
        gone = await rig.card.reported(Disconnect)
        assert (gone.leg_id, gone.cause) == (leg_id, Cause.NORMAL_CALL_CLEARING)
        blocks = len(place.heard) - before - SPARE_BLOCKS
    return blocks * BLOCK_SAMPLES / len(sounds.tone(country, signal))


@pytest.mark.parametrize("signal", ["busy", "congestion"])
@pytest.mark.parametrize("country", ["GB", "US", "BR", "DE", "FR"])
async def test_a_faint_tone_over_noise_ends_the_call_within_five_periods(
    country: str, signal: str
) -> None:
    rig = FxoRig(
        modem={**FAINT, "clear_signal": signal},
        country=country,
        network=Network(country, {NUMBER: NOISY}, set_up_s=0.01),
    )
    assert await periods_until_gone(rig, country, signal) <= 5


@pytest.mark.parametrize(("country", "low_hz"), [("FR", 440), ("US", 480)])
async def test_a_learned_tone_ends_the_call_within_three_periods(country: str, low_hz: int) -> None:
    """A pair of tones (US) is known by its lower one."""
    own = {"frequency_hz": low_hz, "on_ms": 500, "off_ms": 500}
    rig = FxoRig(
        modem={**FAINT, "clear_signal": "busy"},
        line={"hangup_tone": own},
        country=country,
        network=Network(country, {NUMBER: NOISY}, set_up_s=0.01),
    )
    assert await periods_until_gone(rig, country, "busy") <= 3
