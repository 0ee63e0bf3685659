"""S10: what looks like fraud is told, and calls abroad wait until midnight."""

from datetime import UTC, date, datetime

import pytest

from firmware.calls.charge import Payer
from firmware.calls.toll_anomalies import Anomalies
from tests.firmware.calls.offices import office

ANA = Payer("gsm-1", "101")
WHO = ANA.accounts[1]
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
HOURS = """
[timetables.shop]
weekly = [{ days = ["mon"], opens = "22:00", closes = "24:00" }]
public_holidays = false
[toll_guard]
office_hours = "shop"
"""


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_s10_the_first_call_ever_to_a_country_is_told_once() -> None:
    seen = Anomalies({"FR"})

    assert [seen.begins(ANA, country, NOON, office()) for country in ("ES", "ES", "FR")] == [
        True,
        False,
        False,
    ]
    assert seen.first_calls == {"ES": "101"}


@pytest.mark.parametrize("country", ["GB", None])
def test_s10_a_call_at_home_is_nothing_new(country: str | None) -> None:
    assert not Anomalies().begins(ANA, country, NOON, office())


def test_s10_many_calls_at_night_are_suspicious_and_as_many_by_day_are_not() -> None:
    by_day, by_night = Anomalies(), Anomalies()
    for _ in range(21):
        by_day.begins(ANA, "GB", NOON, office())
        by_night.begins(ANA, "GB", NIGHT, office())

    assert by_day.suspicious == {}
    assert by_night.suspicious == {WHO: "toll.burst"}


def test_s10_the_office_s_own_hours_decide_when_it_is_closed() -> None:
    seen = Anomalies()
    for _ in range(21):
        seen.begins(ANA, "GB", NIGHT, office(HOURS))
    assert seen.suspicious == {}
    for _ in range(21):
        seen.begins(ANA, "GB", NOON, office(HOURS))

    assert seen.suspicious == {WHO: "toll.burst"}


def test_s10_as_many_calls_over_a_whole_night_are_nobody_s_business() -> None:
    seconds = Seconds()
    seen = Anomalies(seconds=seconds)
    for _ in range(60):
        seen.begins(ANA, "GB", NIGHT, office())
        seconds.now += 31

    assert seen.suspicious == {}


def test_s10_many_short_calls_are_suspicious_and_long_ones_are_not() -> None:
    seen = Anomalies()
    for _ in range(31):
        seen.ended(Payer("gsm-1", "102"), 10, office())
        seen.ended(ANA, 9, office())

    assert seen.suspicious == {WHO: "toll.short-calls"}


def test_s10_at_midnight_all_is_forgotten_but_the_countries() -> None:
    seen = Anomalies()
    seen.turn_the_page(date(2026, 11, 23))
    seen.begins(ANA, "ES", NOON, office())
    for _ in range(31):
        seen.ended(ANA, 1, office())
    seen.turn_the_page(date(2026, 11, 24))

    assert (seen.first_calls, seen.suspicious) == ({}, {})
    assert not seen.begins(ANA, "ES", NOON, office())
