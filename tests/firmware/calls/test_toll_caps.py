"""Caps of calls out: each refuses by itself, and no sequence of calls gets past one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.calls.charge import MICROS, Payer
from firmware.calls.spending import Ledger
from firmware.calls.toll_caps import LiveCalls, affordable_s, is_metered, no_room
from firmware.config.model import Config
from tests.firmware.calls.offices import office

ANA = Payer("gsm-1", "101")
SAM = Payer("gsm-1", "102")
FREE = Decimal(0)
LINE = '[[routes_out.lines]]\nline = "gsm-1"\ncost_per_minute = 0.60\n'
CLASS = '[toll_guard]\ndefault_class = "all"\n[[dial_classes]]\nid = "all"\n'


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def refused(config: Config, ledger: Ledger, live: LiveCalls, payer: Payer = ANA) -> str | None:
    text = no_room(payer, Decimal("0.60"), config, ledger, live)
    return text.code if text else None


def test_a_small_office_is_not_held_up_by_the_defaults() -> None:
    config, ledger, live = office(), Ledger("Europe/London"), LiveCalls()
    for number, payer in enumerate((ANA, ANA, SAM, SAM)):
        assert refused(config, ledger, live, payer) is None
        live.begin(f"leg-{number}", payer)

    assert refused(config, ledger, live) is None


def test_s7_calls_at_once_are_limited_for_each_extension() -> None:
    config, ledger, live = office(), Ledger("Europe/London"), LiveCalls()
    for number in range(3):
        live.begin(f"leg-{number}", ANA)

    assert refused(config, ledger, live) == "toll.calls-at-once"
    assert refused(config, ledger, live, SAM) is None
    live.end("leg-0")
    assert refused(config, ledger, live) is None


@pytest.mark.parametrize(
    "text", [LINE + "calls_at_once = 1\n", "[toll_guard]\ncalls_at_once = 1\n"]
)
def test_s7_calls_at_once_are_limited_for_a_line_and_the_box(text: str) -> None:
    config, ledger, live = office(text), Ledger("Europe/London"), LiveCalls()
    live.begin("leg-1", ANA)

    assert refused(config, ledger, live, SAM) == "toll.calls-at-once"


def test_s7_new_calls_within_a_minute_are_limited() -> None:
    clock = Clock()
    config, ledger, live = office(), Ledger("Europe/London"), LiveCalls(clock)
    for number in range(12):
        live.begin(f"leg-{number}", ANA)
        live.end(f"leg-{number}")
        clock.now += 1

    assert refused(config, ledger, live) == "toll.call-rate"
    assert refused(config, ledger, live, SAM) is None
    clock.now += 49
    assert refused(config, ledger, live) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (LINE + "minutes_per_day = 1\n", "toll.minutes-of-day"),
        (LINE + "minutes_per_month = 1\n", "toll.minutes-of-month"),
        (LINE + "money_per_day = 0.60\n", "toll.money-of-day"),
        (LINE + "money_per_month = 0.60\n", "toll.money-of-month"),
        ("[toll_guard]\nminutes_per_day = 1\n", "toll.minutes-of-day"),
        ("[toll_guard]\nmoney_per_month = 0.60\n", "toll.money-of-month"),
        (CLASS + "minutes_per_month = 1\n", "toll.minutes-of-month"),
        (CLASS + "money_per_day = 0.60\n", "toll.money-of-day"),
    ],
)
def test_s7_every_cap_stops_at_its_limit_and_not_before(text: str, code: str) -> None:
    config, ledger, live = office(text), Ledger("Europe/London"), LiveCalls()
    ledger.spend(ANA, 59, Decimal("0.60"))
    assert refused(config, ledger, live) is None
    ledger.spend(ANA, 1, Decimal("0.60"))

    assert refused(config, ledger, live) == code
    assert is_metered(ANA, config)


def test_s7_an_extension_that_has_used_up_its_own_leaves_the_others_theirs() -> None:
    config, live = office(CLASS + "minutes_per_day = 1\n"), LiveCalls()
    ledger = Ledger("Europe/London")
    ledger.spend(ANA, 60, FREE)

    assert refused(config, ledger, live) == "toll.minutes-of-day"
    assert refused(config, ledger, live, SAM) is None


def test_with_nothing_configured_no_minute_is_paid_ahead() -> None:
    assert not is_metered(ANA, office())
    assert not is_metered(Payer("fxo-1", None), office())


@st.composite
def capped(draw: st.DrawFn) -> Config:
    """Return an office with caps of minutes and money at random places."""

    def caps() -> str:
        minutes = draw(st.none() | st.integers(1, 20))
        money = draw(st.none() | st.decimals("0.01", 12, places=2))
        return (f"minutes_per_day = {minutes}\n" if minutes else "") + (
            f"money_per_day = {money}\n" if money else ""
        )

    line = '[[routes_out.lines]]\nline = "gsm-1"\ncost_per_minute = 0.60\n' + caps()
    guard = f'[toll_guard]\ndefault_class = "all"\n{caps()}'
    return office(f'{guard}[[dial_classes]]\nid = "all"\n{caps()}{line}')


PAYERS = st.sampled_from([ANA, SAM, Payer("gsm-1", None)])
PRICES = st.sampled_from([Decimal("0.07"), Decimal("0.60"), Decimal("3.999999")])


@given(capped(), st.lists(st.tuples(PAYERS, PRICES, st.integers(1, 400)), max_size=30))
def test_no_sequence_of_allowed_calls_exceeds_a_cap(
    config: Config, calls: list[tuple[Payer, Decimal, int]]
) -> None:
    """Each minute is paid before it is talked, and never more than the caps have left."""
    ledger = Ledger("Europe/London")
    for payer, price, wants_s in calls:
        if no_room(payer, price, config, ledger, LiveCalls()) is None:
            talk(payer, price, wants_s, config, ledger)
    for payer, _price, _wants in calls:
        caps_kept(payer, config, ledger)


def talk(payer: Payer, price: Decimal, wants_s: int, config: Config, ledger: Ledger) -> None:
    """Pay for each minute ahead until there is no more to be had, or the party hangs up."""
    talked_s = 0
    while talked_s < wants_s and (paid := min(60, affordable_s(payer, price, config, ledger))):
        ledger.spend(payer, paid, price)
        if talked_s + paid > wants_s:
            ledger.spend(payer, wants_s - talked_s - paid, price, calls=0)
        talked_s += paid


def caps_kept(payer: Payer, config: Config, ledger: Ledger) -> None:
    box, who, line = payer.accounts
    limits = {
        box: config.toll_guard,
        who: config.dial_class_of(payer.extension),
        line: config.routes_out.lines[0],
    }
    for account, caps in limits.items():
        used = ledger.used(account)
        if caps.minutes_per_day is not None:
            assert used.day_s <= caps.minutes_per_day * 60
        if caps.money_per_day is not None:
            # Each payment is cut to whole millionths, so giving back may leave one too many.
            assert Decimal(used.day_micros) / MICROS <= caps.money_per_day + Decimal("0.001")
