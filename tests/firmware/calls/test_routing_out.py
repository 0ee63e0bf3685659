"""Routing out: emergency first, then the toll guard, then caps, then the cheapest line."""

from decimal import Decimal

import pytest

from firmware.calls.charge import Payer
from firmware.calls.dialled import Dialled, Meaning, is_complete, understand
from firmware.calls.routing_out import emergency_ways, route_out
from firmware.contract.line_state import Audio, Health
from firmware.contract.texts import Text
from tests.firmware.calls.offices import book, office

BRISTOL = "+441174960123"
ABROAD = "+493023125001"


def room(_payer: Payer, _cost_per_minute: Decimal) -> Text | None:
    return None


def outside(number: str) -> Dialled:
    return Dialled(Meaning.OUTSIDE, number)


def test_a_national_number_goes_out_and_is_dialled_as_the_line_needs_it() -> None:
    config = office()

    route = route_out(outside(BRISTOL), "101", config, book(config), room)

    assert [way.line_id for way in route.ways] == ["gsm-1", "gsm-2", "fxo-1"]
    assert [way.called for way in route.ways] == [BRISTOL, BRISTOL, "01174960123"]


def test_the_cheapest_free_line_is_tried_first() -> None:
    config = office(
        """
[[routes_out.lines]]
line = "gsm-1"
cost_per_minute = 0.20
[[routes_out.lines]]
line = "fxo-1"
cost_per_minute = 0.02
"""
    )

    route = route_out(outside(BRISTOL), "101", config, book(config), room)

    assert [(way.line_id, way.cost_per_minute) for way in route.ways] == [
        ("fxo-1", Decimal("0.02")),
        ("gsm-1", Decimal("0.2")),
    ]


def test_a_line_without_room_is_left_out_and_the_last_one_is_said_so() -> None:
    config = office()
    lines = book(config)
    full = Text(code="toll.minutes-of-day", args={"who": "gsm-1", "limit": "10"})

    def but_gsm(payer: Payer, _cost_per_minute: Decimal) -> Text | None:
        return full if payer.line_id.startswith("gsm") else None

    assert [
        way.line_id for way in route_out(outside(BRISTOL), "101", config, lines, but_gsm).ways
    ] == ["fxo-1"]
    assert route_out(outside(BRISTOL), "101", config, lines, lambda *_: full).refused == full


def test_a_way_knows_who_pays_and_whether_it_leads_abroad() -> None:
    config = office('[toll_guard]\ncountries = ["DE"]\n')

    (way, *_) = route_out(outside(ABROAD), "101", config, book(config), room).ways

    assert (way.extension, way.abroad) == ("101", True)


def test_half_duplex_busy_and_unready_lines_carry_no_conversation() -> None:
    config = office()
    lines = book(
        config,
        busy={"gsm-1": 1},
        health={"gsm-2": Health.NO_SERVICE},
        audio={"fxo-1": Audio.HALF},
    )

    route = route_out(outside(BRISTOL), "101", config, lines, room)

    assert route.refused is not None
    assert route.refused.code == "route.no-free-line"


def test_emergency_takes_free_lines_then_busy_ones_then_those_without_service() -> None:
    config = office()
    lines = book(config, busy={"gsm-1": 1}, health={"gsm-2": Health.NO_SERVICE})

    ways = emergency_ways("999", lines)

    assert [way.line_id for way in ways] == ["fxo-1", "gsm-1", "gsm-2"]
    assert {(way.called, way.emergency) for way in ways} == {("999", True)}


@pytest.mark.parametrize("number", ["999", "112"])
def test_emergency_is_never_refused_by_toll_guard_or_caps(number: str) -> None:
    config = office('[[routes_out.lines]]\nline = "fxo-1"\n')
    dialled = understand(number, config)

    route = route_out(dialled, None, config, book(config), lambda *_: Text(code="toll.call-rate"))

    assert dialled.meaning is Meaning.EMERGENCY
    assert [way.line_id for way in route.ways] == ["gsm-1", "gsm-2", "fxo-1"]


@pytest.mark.parametrize(
    ("keys", "meaning", "number"),
    [
        ("101", Meaning.EXTENSION, "101"),
        ("01174 960123", Meaning.OUTSIDE, BRISTOL),
        ("+49 30 23125001", Meaning.OUTSIDE, ABROAD),
        ("00493023125001", Meaning.OUTSIDE, ABROAD),
        ("", Meaning.NOTHING, ""),
        ("7", Meaning.NOTHING, "7"),
        ("5;AT+CFUN=0", Meaning.NOTHING, "5;AT+CFUN=0"),
    ],
)
def test_what_was_dialled_is_understood_or_is_nothing(
    keys: str, meaning: Meaning, number: str
) -> None:
    assert understand(keys, office()) == Dialled(meaning, number)


def test_dialling_is_complete_when_nothing_longer_could_be_meant() -> None:
    config = office()

    assert is_complete("101", config)
    assert is_complete("999", config)
    assert not is_complete("10", config)
    assert not is_complete("0117496", config)
