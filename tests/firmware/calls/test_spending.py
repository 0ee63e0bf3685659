"""The ledger: what calls out have used up, by account, on the days and months of the office."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from firmware.calls.charge import Account, Payer, Scope, micros_of
from firmware.calls.spending import Ledger, Used

LONDON = "Europe/London"
GSM_OF_101 = Payer("gsm-1", "101")
BOX = Account(Scope.BOX)
LINE = Account(Scope.LINE, "gsm-1")


class Calendar:
    """A clock the test turns."""

    def __init__(self, day: str) -> None:
        self.day = day

    def __call__(self, zone: ZoneInfo) -> datetime:
        return datetime.fromisoformat(f"{self.day}T12:00").replace(tzinfo=zone)


def test_a_call_counts_for_the_box_who_called_and_the_line() -> None:
    ledger = Ledger(LONDON)
    row = ledger.spend(GSM_OF_101, 90, Decimal("0.10"))
    ledger.spend(Payer("gsm-1", None), 30, Decimal("0.10"))

    assert (row.calls, row.seconds, row.cost_micros) == (1, 90, 150_000)
    assert ledger.used(Account(Scope.EXTENSION, "101")) == Used(90, 150_000, 90, 150_000)
    assert ledger.used(Account(Scope.FLOWS)) == Used(30, 50_000, 30, 50_000)
    assert ledger.used(LINE) == ledger.used(BOX) == Used(120, 200_000, 120, 200_000)
    assert ledger.used(Account(Scope.LINE, "gsm-2")) == Used()


def test_after_a_restart_the_store_s_rows_count() -> None:
    row = Ledger(LONDON).spend(GSM_OF_101, 60, Decimal(1))

    after = Ledger(LONDON, [row])
    after.spend(GSM_OF_101, 60, Decimal(1))

    assert after.used(LINE).day_s == 120


def test_a_new_day_begins_with_nothing_and_the_month_goes_on() -> None:
    calendar = Calendar("2026-11-29")
    ledger = Ledger(LONDON, now=calendar)
    ledger.spend(GSM_OF_101, 60, Decimal(1))
    calendar.day = "2026-11-30"
    ledger.spend(GSM_OF_101, 30, Decimal(1))

    assert ledger.used(BOX) == Used(30, 500_000, 90, 1_500_000)
    calendar.day = "2026-12-01"
    assert ledger.used(BOX) == Used()


def test_what_was_paid_yesterday_is_given_back_to_yesterday() -> None:
    calendar = Calendar("2026-11-29")
    ledger = Ledger(LONDON, now=calendar)
    paid = ledger.spend(GSM_OF_101, 60, Decimal(1))
    calendar.day = "2026-11-30"
    back = ledger.spend(GSM_OF_101, -50, Decimal(1), calls=0, on=paid.day)

    assert back.day == date(2026, 11, 29)
    assert ledger.used(LINE) == Used(
        0, 0, 10, micros_of(60, Decimal(1)) - micros_of(50, Decimal(1))
    )


def test_rows_of_last_month_count_for_nothing() -> None:
    calendar = Calendar("2026-10-31")
    row = Ledger(LONDON, now=calendar).spend(GSM_OF_101, 60, Decimal(1))
    calendar.day = "2026-11-01"

    assert Ledger(LONDON, [row], now=calendar).used(BOX) == Used()
