"""Routing in: line, called number, caller and hours decide; the first rule that fits wins."""

from datetime import UTC, datetime

from firmware.calls.routing_in import Arrival, normalised, route_in
from firmware.config.callers import CallerClass
from tests.firmware.calls.offices import office

MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MONDAY_NIGHT = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
RULES = """
[callers]
blocked = ["+447700900666"]
vip = ["+447700900007"]

[timetables.day]
public_holidays = false
weekly = [{ days = ["mon", "tue", "wed", "thu", "fri"], opens = "09:00", closes = "17:00" }]

[[routes_in]]
callers = ["vip"]
to = { extension = "101" }

[[routes_in]]
called = ["01632960011"]
timetable = "day"
to = { extension = "102" }

[[routes_in]]
lines = ["gsm-1"]
to = { hang_up = true }

[[routes_in]]
to = { voicemail = "office" }
"""


def arrival(
    line: str = "gsm-2", calling: str | None = "+447700900123", at: datetime = MONDAY_NOON
) -> Arrival:
    return Arrival(line, calling, None, at)


def test_a_blocked_caller_gets_nowhere_whatever_the_rules_say() -> None:
    routed = route_in(arrival(calling="+447700900666"), office(RULES))

    assert routed.caller is CallerClass.BLOCKED
    assert routed.to is None


def test_a_vip_goes_past_every_other_rule() -> None:
    routed = route_in(arrival("gsm-1", "+447700900007", MONDAY_NIGHT), office(RULES))

    assert routed.to is not None
    assert (routed.to.extension, routed.rule) == ("101", 1)


def test_the_lines_own_number_counts_as_called_within_opening_hours_only() -> None:
    config = office(RULES)

    by_day = route_in(arrival("fxo-1"), config)
    by_night = route_in(arrival("fxo-1", at=MONDAY_NIGHT), config)

    assert (by_day.rule, by_night.rule) == (2, 4)


def test_a_withheld_number_is_nobody_in_particular() -> None:
    routed = route_in(arrival("gsm-1", None), office(RULES))

    assert routed.caller is CallerClass.WITHHELD
    assert routed.to is not None
    assert routed.to.hang_up


def test_without_a_rule_that_fits_there_is_no_destination() -> None:
    assert route_in(arrival(), office()).to is None


def test_a_callers_national_number_becomes_e164_and_an_odd_one_stays() -> None:
    config = office()

    assert normalised("07700 900123", config) == "+447700900123"
    assert normalised("12", config) == "12"
    assert normalised("", config) is None


CLOSED_TODAY = """
[[closures]]
id = "today"
begins = 2026-11-23T11:00:00
ends = 2026-11-23T18:00:00
"""


def test_a_closure_with_a_destination_goes_before_every_rule() -> None:
    config = office(RULES + CLOSED_TODAY + "to = { hang_up = true }\n")

    routed = route_in(arrival("fxo-1", "+447700900007"), config)
    later = route_in(arrival("fxo-1", "+447700900007", MONDAY_NIGHT), config)

    assert routed.to is not None
    assert routed.to.hang_up
    assert routed.rule is None
    assert later.rule == 1


def test_a_closure_without_one_closes_the_hours_and_the_rules_decide() -> None:
    config = office(RULES + CLOSED_TODAY)

    routed = route_in(arrival("fxo-1"), config)

    assert routed.rule == 4
    assert routed.closure is not None


def test_an_office_switched_open_knows_no_closure() -> None:
    config = office(RULES + CLOSED_TODAY + "to = { hang_up = true }\n")

    routed = route_in(arrival(), config, lambda *_: True, closures=False)

    assert routed.closure is None
    assert routed.rule == 4


def test_a_blocked_caller_is_refused_during_a_closure_too() -> None:
    config = office(RULES + CLOSED_TODAY)

    assert route_in(arrival(calling="+447700900666"), config).caller is CallerClass.BLOCKED
