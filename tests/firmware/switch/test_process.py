"""The switch as a process: cards and exchange come, go, talk nonsense, and die."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from itertools import groupby

import numpy as np
import pytest

from firmware.contract.pcm import Samples
from firmware.contract.switching import (
    ConnectLeg,
    Detect,
    Detector,
    DigitHeard,
    DisconnectLeg,
    Played,
    SendDtmf,
    SpanSeen,
    Stop,
    SwitchHello,
    Tone,
)
from firmware.highway.card_side import CardTimeslot
from tests.firmware.switch.board import level
from tests.firmware.switch.process import CardStand, SwitchProcess, Talk, short_folder


@pytest.fixture
def switch() -> Iterator[SwitchProcess]:
    with short_folder() as state, SwitchProcess(state) as process:
        process.exchange.accept()
        yield process


@pytest.fixture
def card(switch: SwitchProcess) -> Iterator[CardStand]:
    card = CardStand(switch.state)
    card.connect()
    switch.exchange.wait(SpanSeen)
    yield card
    card.close()


def steady(value: int) -> Callable[[int], Samples]:
    return lambda _frame: level(value)


def hears(leg: str, value: int) -> Callable[[dict[str, Samples]], bool]:
    return lambda heard: bool((heard[leg] == value).all())


def hears_while(
    leg: str, value: int, other: CardTimeslot, said: int
) -> Callable[[dict[str, Samples]], bool]:
    """The same while a leg of another card says something."""

    def heard_it(heard: dict[str, Samples]) -> bool:
        other.write(level(said))
        return hears(leg, value)(heard)

    return heard_it


def connect(switch: SwitchProcess, talk: Talk, span: str = "virtual", room: str = "r") -> None:
    for leg, timeslot in talk.timeslots.items():
        switch.exchange.send(ConnectLeg(leg_id=leg, span=span, timeslot=timeslot.index, room=room))


def test_two_legs_of_a_card_talk_to_each_other(switch: SwitchProcess, card: CardStand) -> None:
    hello = switch.exchange.wait(SwitchHello)
    talk = Talk(card, {"a": steady(500), "b": steady(-900)})
    connect(switch, talk)

    talk.until(lambda heard: hears("a", -900)(heard) and hears("b", 500)(heard))

    switch.exchange.send(DisconnectLeg(leg_id="a"))
    talk.until(hears("b", 0))
    assert hello.epoch


def test_digits_played_to_one_leg_are_heard_from_another(
    switch: SwitchProcess, card: CardStand
) -> None:
    talk = Talk(card, {"a": steady(0), "b": steady(0)})
    connect(switch, talk)
    switch.exchange.send(
        Detect(leg_id="b", what=frozenset({Detector.DTMF}), country="GB"),
        SendDtmf(leg_id="a", play_id="d-1", country="GB", digits="42#", on_ms=300),
    )
    heard: list[Samples] = [level(0)]
    talk.sounds["b"] = lambda _frame: heard[-1]  # b says what a hears
    heard.extend(talk.step()["a"] for _ in range(80))

    played = switch.exchange.wait(Played)
    switch.exchange.wait(DigitHeard, lambda digit: digit.digit == "#")
    digits = [n.digit for n in switch.exchange.heard if isinstance(n, DigitHeard)]
    assert played.complete
    assert played.played_ms == 1200
    # A loaded machine may break a long digit in two, but never makes one up.
    assert [digit for digit, _ in groupby(digits)] == ["4", "2", "#"]


def test_a_card_that_dies_is_forgotten_and_another_goes_on(
    switch: SwitchProcess, card: CardStand
) -> None:
    other = CardStand(switch.state, "gsm", 2)
    other.connect()
    switch.exchange.wait(SpanSeen, lambda seen: seen.span == "gsm")
    talk = Talk(card, {"a": steady(5), "b": steady(7)})
    connect(switch, talk)
    gsm = other.pool.seize()
    switch.exchange.send(ConnectLeg(leg_id="g", span="gsm", timeslot=gsm.index, room="r"))
    talk.until(hears_while("a", 107, gsm, 100))

    other.die()
    talk.until(hears("a", 7))
    other.connect()  # the same card again: its leg is still there
    switch.exchange.heard.clear()
    switch.exchange.wait(SpanSeen)
    talk.until(hears_while("a", 1007, gsm, 1000))
    other.close()


def test_a_connection_that_brings_no_span_is_closed_and_nothing_else_happens(
    switch: SwitchProcess, card: CardStand
) -> None:
    talk = Talk(card, {"a": steady(5), "b": steady(7)})
    connect(switch, talk)
    for packet, fds in (
        (b"virtual2", ()),
        (b"../etc", (card.span.fd,)),
        (b"x" * 500, (card.span.fd,)),
        (b"gsm", (card.span.fd, card.span.fd)),
        (b"gsm", (0,)),
    ):
        stranger = CardStand(switch.state, "gsm")
        stranger.connect(packet, fds)
        assert stranger.refused()
        stranger.close()

    talk.until(hears("a", 7))


def test_an_exchange_that_comes_back_finds_the_audio_going_on(
    switch: SwitchProcess, card: CardStand
) -> None:
    epoch = switch.exchange.wait(SwitchHello).epoch
    talk = Talk(card, {"a": steady(5), "b": steady(7)})
    connect(switch, talk)
    talk.until(hears("a", 7))

    switch.exchange.hang_up()
    for _ in range(10):
        talk.step()
    assert hears("a", 7)(talk.step())
    switch.exchange.accept()

    assert switch.exchange.wait(SwitchHello) == SwitchHello(epoch=epoch, spans=("virtual",))
    assert switch.exchange.wait(SpanSeen) == SpanSeen(span="virtual", timeslots=8)
    connect(switch, talk)
    assert hears("a", 7)(talk.step())


def test_nonsense_from_the_exchange_ends_the_connection_and_nothing_else(
    switch: SwitchProcess, card: CardStand
) -> None:
    talk = Talk(card, {"a": steady(5), "b": steady(7)})
    connect(switch, talk)
    for nonsense in (b"hello\n", b'{"kind":"format"}\n', b"\xff" * 100 + b"\n", b"x" * 2_000_000):
        switch.exchange.wait(SwitchHello)
        with contextlib.suppress(ConnectionError):
            switch.exchange.send_bytes(nonsense)
        switch.exchange.wait_for_end()
        switch.exchange.accept()

    talk.until(hears("a", 7))


def test_a_switch_that_restarts_has_a_new_epoch_and_is_told_everything_again(
    switch: SwitchProcess, card: CardStand
) -> None:
    epoch = switch.exchange.wait(SwitchHello).epoch
    talk = Talk(card, {"a": steady(5), "b": steady(7)})
    connect(switch, talk)
    talk.until(hears("a", 7))

    switch.signal(signal.SIGKILL)
    switch.start()
    switch.exchange.accept()
    assert switch.exchange.wait(SwitchHello).epoch != epoch
    connect(switch, talk)
    card.connect()

    talk.until(hears("a", 7))


def test_a_flood_of_orders_is_worked_off_and_none_is_lost(
    switch: SwitchProcess, card: CardStand
) -> None:
    talk = Talk(card, {"a": steady(0), "b": steady(7)})
    connect(switch, talk)
    for number in range(3000):
        switch.exchange.send(Stop(play_id=f"none-{number}"))
        if number % 100 == 0:
            talk.step()
    switch.exchange.send(Tone(leg_id="a", play_id="t", country="GB", name="beep", duration_ms=100))

    assert switch.exchange.wait(Played).complete
    talk.until(hears("a", 7))


def test_sigterm_ends_players_and_says_so(switch: SwitchProcess, card: CardStand) -> None:
    talk = Talk(card, {"a": steady(0)})
    connect(switch, talk)
    switch.exchange.send(Tone(leg_id="a", play_id="t", country="GB", name="ringback"))
    talk.until(lambda heard: bool(np.abs(heard["a"]).max() > 100))

    assert switch.signal(signal.SIGTERM) == 0
    assert not switch.exchange.wait(Played).complete
