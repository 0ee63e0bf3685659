"""The practice network: who rings whom, what both hear, and why it ends."""

import asyncio

import numpy as np
import pytest

from drivers.simulators.network import Network
from drivers.simulators.numbering import subscriber_number
from drivers.simulators.party import Party, Stage
from drivers.simulators.sounds import tone
from firmware.contract.causes import Cause
from firmware.contract.pcm import SAMPLE_RATE_HZ, Samples

ANNA, BERT = "+441632960100", "+447700900123"
DEADLINE_S = 15.0


@pytest.fixture
async def network() -> Network:
    return Network("GB", set_up_s=0.01, no_answer_s=30.0)


def party(network: Network, number: str) -> Party:
    somebody = Party(network, number)
    network.attach(somebody)
    return somebody


def sine(hz: float, duration_s: float) -> Samples:
    time_s = np.arange(int(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (8000 * np.sin(2 * np.pi * hz * time_s)).astype(np.int16)


def power_at(samples: Samples, hz: float) -> float:
    """Share of the energy of `samples` within 20 Hz of `hz`."""
    spectrum = np.abs(np.fft.rfft(samples.astype(float))) ** 2
    frequencies_hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ)
    near = np.abs(frequencies_hz - hz) < 20
    return float(spectrum[near].sum() / (spectrum.sum() + 1e-9))


async def connected(network: Network) -> tuple[Party, Party]:
    anna, bert = party(network, ANNA), party(network, BERT)
    anna.dial("07700 900123")
    async with asyncio.timeout(DEADLINE_S):
        await bert.reaches(Stage.RINGING)
        bert.answer()
        await anna.reaches(Stage.TALKING)
    return anna, bert


async def heard_for(somebody: Party, seconds: float) -> Samples:
    async with asyncio.timeout(DEADLINE_S):
        return await somebody.hears_for(seconds)


async def test_both_ends_of_an_answered_call_hear_each_other(network: Network) -> None:
    anna, bert = await connected(network)
    anna.say(sine(700, 1.0))
    bert.say(sine(1300, 1.0))
    to_bert, to_anna = await asyncio.gather(heard_for(bert, 0.8), heard_for(anna, 0.8))
    assert power_at(to_bert, 700) > 0.9
    assert power_at(to_anna, 1300) > 0.9
    anna.hang_up()
    bert.hang_up()


async def test_the_called_party_sees_who_calls(network: Network) -> None:
    _, bert = await connected(network)
    assert bert.call is not None
    assert bert.call.calling == ANNA


async def test_a_withheld_number_is_not_shown(network: Network) -> None:
    anna, bert = party(network, ANNA), party(network, BERT)
    anna.dial("#31#07700900123")
    async with asyncio.timeout(DEADLINE_S):
        await bert.reaches(Stage.RINGING)
    assert bert.call is not None
    assert bert.call.calling is None


async def test_the_caller_hears_ringback_until_the_answer(network: Network) -> None:
    anna, bert = party(network, ANNA), party(network, BERT)
    anna.dial(BERT)
    async with asyncio.timeout(DEADLINE_S):
        await anna.reaches(Stage.ALERTING)
    heard = await heard_for(anna, 0.4)
    assert power_at(heard, 400) + power_at(heard, 450) > 0.9
    assert bert.stage is Stage.RINGING
    anna.hang_up()


@pytest.mark.parametrize(
    ("called", "cause", "hz"),
    [("01632960199", Cause.UNALLOCATED_NUMBER, 950.0), (BERT, Cause.USER_BUSY, 400.0)],
)
async def test_a_call_that_gets_nowhere_ends_with_its_cause_and_its_tone(
    network: Network, called: str, cause: Cause, hz: float
) -> None:
    anna = party(network, ANNA)
    bert = party(network, BERT)
    bert.dial("01632960188")
    anna.dial(called)
    async with asyncio.timeout(DEADLINE_S):
        await anna.reaches(Stage.LEFT)
    assert anna.cause is cause
    assert power_at(await heard_for(anna, 0.2), hz) > 0.8
    bert.hang_up()
    anna.hang_up()


async def test_rejecting_a_ringing_call_tells_the_caller(network: Network) -> None:
    anna, bert = party(network, ANNA), party(network, BERT)
    anna.dial(BERT)
    async with asyncio.timeout(DEADLINE_S):
        await bert.reaches(Stage.RINGING)
        bert.hang_up(Cause.CALL_REJECTED)
        await anna.reaches(Stage.LEFT)
    assert anna.cause is Cause.CALL_REJECTED


async def test_nobody_answering_ends_with_cause_19() -> None:
    network = Network("GB", set_up_s=0.01, no_answer_s=0.1)
    anna, bert = party(network, ANNA), party(network, BERT)
    anna.dial(BERT)
    async with asyncio.timeout(DEADLINE_S):
        await anna.reaches(Stage.LEFT)
        await bert.reaches(Stage.IDLE)
    assert anna.cause is Cause.NO_ANSWER_FROM_USER


async def test_a_caller_who_gives_up_stops_the_ringing(network: Network) -> None:
    anna, bert = party(network, ANNA), party(network, BERT)
    anna.dial(BERT)
    async with asyncio.timeout(DEADLINE_S):
        await bert.reaches(Stage.RINGING)
        anna.hang_up()
        await bert.reaches(Stage.IDLE)
    assert bert.cause is Cause.NORMAL_CALL_CLEARING


async def test_a_switched_off_subscriber_is_absent_not_unknown(network: Network) -> None:
    anna, bert = party(network, ANNA), party(network, BERT)
    network.detach(bert)
    anna.dial(BERT)
    async with asyncio.timeout(DEADLINE_S):
        await anna.reaches(Stage.LEFT)
    assert anna.cause is Cause.SUBSCRIBER_ABSENT


async def test_an_out_of_band_digit_is_heard_as_dtmf(network: Network) -> None:
    anna, bert = await connected(network)
    assert anna.call is not None
    anna.call.send_digit("5")
    heard = await heard_for(bert, 0.2)
    assert power_at(heard, 770) + power_at(heard, 1336) > 0.9


async def test_an_out_of_band_digit_is_heard_even_if_the_sender_sends_no_audio(
    network: Network,
) -> None:
    class Silent(Party):
        def _lift(self) -> None:
            """Its audio port is closed."""

    anna, bert = Silent(network, ANNA), party(network, BERT)
    anna.dial(BERT)
    async with asyncio.timeout(DEADLINE_S):
        await bert.reaches(Stage.RINGING)
        bert.answer()
        await anna.reaches(Stage.TALKING)
    assert anna.call is not None
    anna.call.send_digit("9")
    heard = await heard_for(bert, 0.15)
    assert power_at(heard, 852) + power_at(heard, 1477) > 0.9


@pytest.mark.parametrize(
    ("dialled", "country", "number"),
    [
        ("01632 960100", "GB", "+441632960100"),
        ("00441632960100", "GB", "+441632960100"),
        ("+441632960100", "GB", "+441632960100"),
        ("03023125014", "DE", "+493023125014"),
        ("12025550143", "US", "+12025550143"),
        ("999", "GB", "999"),
        ("#31#01632960100", "GB", "+441632960100"),
    ],
)
def test_a_number_is_one_subscriber_however_it_is_dialled(
    dialled: str, country: str, number: str
) -> None:
    assert subscriber_number(dialled, country) == number


def test_every_country_of_the_tone_table_has_the_tones_a_call_needs() -> None:
    for country in (
        "GB",
        "DE",
        "US",
        "BR",
        "PT",
        "RO",
        "PL",
        "RU",
        "FR",
        "ES",
        "IT",
        "JP",
        "IN",
        "MX",
    ):
        for name in ("dial", "ringback", "busy", "congestion", "sit"):
            assert np.abs(tone(country, name)).max() > 1000
