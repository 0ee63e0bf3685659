"""Scripted outside parties, and somebody outside who calls them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from drivers.simulators.network import Network
from drivers.simulators.outside_call import Account, OutsideCall, call_in
from drivers.simulators.party import Party
from drivers.simulators.settings import Conversation, SubscriberSettings
from drivers.simulators.subscriber import Subscriber
from firmware.contract.errors import NotFound

NUMBER = "01632960100"
DEADLINE_S = 30.0
Make = Callable[..., Subscriber]


@pytest.fixture
async def network() -> Network:
    return Network("GB", set_up_s=0.01)


@pytest.fixture
async def subscriber(network: Network) -> AsyncIterator[Make]:
    made: list[Subscriber] = []

    def make(**settings: Any) -> Subscriber:
        made.append(Subscriber(network, SubscriberSettings(number=NUMBER, **settings)))
        return made[-1]

    yield make
    for each in made:
        await each.close()


async def called(network: Network, **plan: Any) -> Account:
    conversation = {key: plan.pop(key) for key in list(plan) if key in Conversation.model_fields}
    call = OutsideCall(called=NUMBER, conversation=Conversation(**conversation), **plan)
    async with asyncio.timeout(DEADLINE_S):
        return await call_in(Party(network, "07700900123"), call)


async def test_one_that_answers_and_hangs_up_is_accounted_for(
    network: Network, subscriber: Make
) -> None:
    subscriber(answer_after_s=0.1, hang_up_after_s=0.3)
    account = await called(network)
    assert account.answered
    assert account.cause == 16
    assert account.ring_s >= 0.1
    assert account.talk_s >= 0.3
    steps = [event.what for event in account.events]
    assert steps == ["calling", "alerting", "talking", "left", "idle"]
    assert account.tones_heard == ["busy"]


async def test_keys_pressed_are_heard_at_the_other_end_both_ways(
    network: Network, subscriber: Make
) -> None:
    theirs = subscriber(answer_after_s=0.0, press="159D", press_after_s=0.2)
    account = await called(network, press="7*0#", press_after_s=0.2, hang_up_after_s=1.6)
    assert account.digits_heard == "159D"
    assert theirs.ear.digits == "7*0#"


async def test_keys_cut_into_what_is_being_said(network: Network, subscriber: Make) -> None:
    theirs = subscriber(answer_after_s=0.0)
    await called(
        network, say="marker", say_again=True, press="42", press_after_s=0.3, hang_up_after_s=1.2
    )
    assert theirs.ear.digits == "42"


async def test_a_busy_one_is_busy(network: Network, subscriber: Make) -> None:
    subscriber(busy=True)
    account = await called(network)
    assert (account.answered, account.cause, account.tones_heard) == (False, 17, ["busy"])


async def test_one_that_rejects_sends_cause_21(network: Network, subscriber: Make) -> None:
    subscriber(rejects_after_s=0.1)
    account = await called(network)
    assert (account.answered, account.cause) == (False, 21)


async def test_one_that_is_switched_off_is_absent(network: Network, subscriber: Make) -> None:
    subscriber(off=True)
    account = await called(network)
    assert (account.answered, account.cause) == (False, 20)
    assert account.tones_heard == ["congestion"]


async def test_a_caller_loses_patience_with_one_that_never_answers(
    network: Network, subscriber: Make
) -> None:
    subscriber(answers=False)
    account = await called(network, patience_s=0.2)
    assert (account.answered, account.cause, account.talk_s) == (False, 19, 0.0)


async def test_a_number_nobody_has_gives_the_information_tones(network: Network) -> None:
    account = await called(network)
    assert (account.cause, account.tones_heard) == (1, ["sit"])


async def test_an_answering_machine_greets_beeps_and_listens(
    network: Network, subscriber: Make, tmp_path: Path
) -> None:
    greeting = tmp_path / "greeting.wav"
    soundfile.write(str(greeting), np.full(4000, 0.25), 8000)
    machine = subscriber(answer_after_s=0.0, say=str(greeting), beep=True)
    heard = tmp_path / "heard.wav"
    await called(network, press="5", press_after_s=1.4, hang_up_after_s=1.8, record=heard)
    sound, rate_hz = soundfile.read(str(heard))
    beep = np.abs(np.fft.rfft(sound[-len(sound) // 2 :]))
    assert rate_hz == 8000
    assert abs(np.mean(sound[np.abs(sound) > 0.2]) - 0.25) < 0.05, "the greeting"
    assert abs(int(np.argmax(beep)) * rate_hz / (len(sound) // 2) - 1000) < 20, "the beep"
    assert machine.ear.digits == "5"


async def test_a_missing_file_is_one_sentence_and_nobody_is_called(
    network: Network, subscriber: Make, tmp_path: Path
) -> None:
    theirs = subscriber(answer_after_s=0.0)
    with pytest.raises(NotFound, match="no-such-sound"):
        await called(network, say=str(tmp_path / "missing.wav"))
    with pytest.raises(NotFound, match="no-such-folder"):
        await called(network, record=tmp_path / "no" / "heard.wav")
    assert theirs.events == []
