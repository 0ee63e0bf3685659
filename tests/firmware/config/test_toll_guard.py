"""Chapters [toll_guard] and [[dial_classes]]: defaults, and what contradicts itself."""

from decimal import Decimal

import pytest

from firmware.config.load import check, load
from firmware.config.routes_out import LineOut
from firmware.config.toll_guard import STANDARD, STANDARD_OF_FLOWS
from tests.firmware.calls.offices import OFFICE

FLOW = '[flows.main]\nstart = "out"\n[flows.main.nodes.out]\ntype = "connect"\n'
PRICED = '[[routes_out.lines]]\nline = "gsm-1"\n'


def test_with_nothing_configured_there_are_two_narrow_classes() -> None:
    config = load(OFFICE)

    assert config.dial_class_of("101") is STANDARD
    assert config.dial_class_of(None) is STANDARD_OF_FLOWS
    assert config.toll_guard.countries == ()


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ('[toll_guard]\ncountries = ["uk"]\n', "config.not-a-country", "toll_guard.countries.1"),
        (PRICED + "cost_per_minute_to = { 34 = 0.1 }\n", "config.not-a-beginning", None),
        ('[toll_guard]\ncountries = ["UK"]\n', "config.no-such-country", "toll_guard.countries"),
        (
            '[toll_guard]\ndefault_class = "boss"\n',
            "config.no-such-dial-class",
            "toll_guard.default_class",
        ),
        (
            '[toll_guard]\nblock = ["+44843*"]\nallow = ["+44843*"]\n',
            "config.blocked-and-allowed",
            "toll_guard.allow",
        ),
        (
            '[toll_guard]\nflow_class = "a"\n[[dial_classes]]\nid = "a"\npin = "4711"\n',
            "config.flow-class-with-pin",
            "toll_guard.flow_class",
        ),
        (
            '[[dial_classes]]\nid = "a"\ncountries = ["ES"]\n',
            "config.country-not-opened",
            "dial_classes.a.countries",
        ),
        (
            '[[dial_classes]]\nid = "a"\nkinds = ["premium"]\n',
            "config.premium-not-opened",
            "dial_classes.a.kinds",
        ),
        (
            '[[dial_classes]]\nid = "a"\nminutes_per_day = 61\nminutes_per_month = 60\n',
            "config.day-above-month",
            "dial_classes.a.minutes_per_day",
        ),
        (
            '[[extensions]]\nid = "103"\nname = "Away"\nmobile = "+34612345678"\n',
            "config.number-closed",
            "extensions.103.mobile",
        ),
        (
            FLOW + 'number = "+88216123456"\n',
            "config.number-closed",
            "flows.main.nodes.out.number",
        ),
        (
            FLOW + 'number = "+441174960123"\n[toll_guard]\nblock = ["+44117*"]\n',
            "config.number-closed",
            "flows.main.nodes.out.number",
        ),
        (PRICED + "money_per_day = 5\n", "config.money-without-price", None),
        (
            '[[dial_classes]]\nid = "a"\ntimetable = "never"\n',
            "config.no-such-timetable",
            "dial_classes.a.timetable",
        ),
        ('[[dial_classes]]\nid = "a"\npin = "12"\n', "config.not-a-dial-pin", "dial_classes.a.pin"),
        (
            '[[dial_classes]]\nid = "a"\n[[dial_classes]]\nid = "a"\n',
            "config.id-twice",
            "dial_classes.a.id",
        ),
    ],
)
def test_a_contradiction_is_one_sentence_with_its_key(
    text: str, code: str, key: str | None
) -> None:
    faults = check(OFFICE + text)

    assert [fault.code for fault in faults] == [code]
    assert key is None or faults[0].args["key"] == key


def test_a_pin_is_not_shown_in_the_fault_about_it() -> None:
    (fault,) = check(OFFICE + '[[dial_classes]]\nid = "a"\npin = "12x"\n')

    assert "12x" not in str(fault)


def test_the_longest_beginning_of_a_number_decides_its_price() -> None:
    out = LineOut.model_validate(
        {
            "line": "gsm-1",
            "cost_per_minute": "0.02",
            "cost_per_minute_of": {"mobile": "0.10"},
            "cost_per_minute_abroad": "0.50",
            "cost_per_minute_to": {"+34": "0.08", "+346": "0.30"},
        }
    )
    fixed, mobile = (
        load(OFFICE).dial_class_of("101").kinds[0],
        load(OFFICE).dial_class_of("101").kinds[1],
    )

    assert out.cost_of_minute("+441174960123", fixed, abroad=False) == Decimal("0.02")
    assert out.cost_of_minute("+447400123456", mobile, abroad=False) == Decimal("0.10")
    assert out.cost_of_minute("+493023125001", fixed, abroad=True) == Decimal("0.50")
    assert out.cost_of_minute("+34910123456", fixed, abroad=True) == Decimal("0.08")
    assert out.cost_of_minute("+34612345678", mobile, abroad=True) == Decimal("0.30")


@pytest.mark.parametrize(
    "text",
    [
        FLOW + 'number = "+441174960123"\n',
        FLOW + 'number = "+441632960123"\n',  # of no plan: the call itself will tell
        FLOW + 'number = "+448431234567"\n[toll_guard]\nallow = ["+448431*"]\n',
    ],
)
def test_a_number_that_may_be_reached_is_no_fault(text: str) -> None:
    assert check(OFFICE + text) == ()
