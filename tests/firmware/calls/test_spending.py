"""What a line has spent today, counted by the started second."""

from decimal import Decimal

from firmware.calls.routing_out import UsedToday
from firmware.calls.spending import SpentToday


def test_a_call_costs_its_minutes_to_the_started_second() -> None:
    spent = SpentToday("Europe/London")

    row = spent.spend("gsm-1", 89.2, Decimal("0.10"))

    assert (row.calls, row.seconds, row.cost_micros) == (1, 90, 150_000)
    assert spent.used("gsm-1") == UsedToday(90, Decimal("0.15"))
    assert spent.used("gsm-2") == UsedToday()


def test_what_the_database_knows_of_today_is_counted_on() -> None:
    before = SpentToday("Europe/London")
    row = before.spend("gsm-1", 60, Decimal(1))

    after = SpentToday("Europe/London", [row])
    after.spend("gsm-1", 60, Decimal(1))

    assert after.used("gsm-1") == UsedToday(120, Decimal(2))


def test_yesterdays_spending_does_not_count() -> None:
    row = SpentToday("Pacific/Kiritimati").spend("gsm-1", 60, Decimal(1))

    later = SpentToday(
        "Pacific/Kiritimati", [row.model_copy(update={"day": row.day.replace(year=2001)})]
    )

    assert later.used("gsm-1") == UsedToday()
