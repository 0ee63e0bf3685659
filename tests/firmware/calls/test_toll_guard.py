"""The toll guard's ordered rules: each S rule by its name, and what may never happen."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.calls.dialled import Dialled, Meaning, understand
from firmware.calls.routing_out import route_out
from firmware.calls.toll_guard import Asked, is_abroad, refusal
from firmware.config.model import Config
from firmware.contract.texts import Text
from tests.firmware.calls.offices import book, office

BRISTOL = "+441174960123"
MADRID = "+34910123456"
BERLIN = "+493023125001"
PREMIUM = "+449098790000"
MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
SPAIN = '[toll_guard]\ncountries = ["ES"]\n'
HOURS = """
[timetables.shop]
weekly = [{ days = ["mon"], opens = "09:00", closes = "17:00" }]
public_holidays = false
"""


def why(
    number: str, config: Config, extension: str | None = "101", *, at: datetime = MONDAY_NOON
) -> str | None:
    """Return the code of the refusal; None when the number may be dialled."""
    refused = refusal(Asked(number, extension, at), config)
    return refused.code if refused else None


def in_class(body: str, guard: str = "") -> Config:
    """Return an office whose extensions and flows are all of one class."""
    return office(
        f'[toll_guard]\ndefault_class = "all"\nflow_class = "all"\n{guard}\n'
        f'{HOURS}\n[[dial_classes]]\nid = "all"\n{body}\n'
    )


# ---- S5: the dialled string is digits after normalising, everything else is refused


@pytest.mark.parametrize(
    "keys",
    [
        "300&Zap/g1/00882123456789",
        "01174960123@evil",
        "01174960123;AT+CFUN=0",
        "01174960123\r\nATD0088",
        "${CHANNEL}",
        "\uff10\uff11\uff11\uff17\uff14\uff19\uff16",
        "+44117%3496",
    ],
)
def test_s5_what_is_not_digits_is_no_number(keys: str) -> None:
    config = office()
    dialled = understand(keys, config)
    forced = Dialled(Meaning.OUTSIDE, keys)

    assert dialled.meaning is Meaning.NOTHING
    for one in (dialled, forced):
        route = route_out(one, "101", config, book(config), lambda *_: None)
        assert route.ways == ()
        assert route.refused is not None
        assert route.refused.code == "route.not-a-number"


@given(st.text(max_size=20))
def test_s5_no_string_reaches_a_line_unless_it_is_a_plus_and_digits(number: str) -> None:
    config = in_class('kinds = ["fixed", "mobile", "toll-free", "other"]')

    if refusal(Asked(number, "101", MONDAY_NOON), config) is None:
        assert number[0] == "+"
        assert set(number[1:]) <= set("0123456789")


# ---- S6: the order


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (BRISTOL, None),
        ("+443001234567", None),  # company numbers cost what others cost
        (PREMIUM, "toll.premium"),
        ("+449012999999", "toll.premium"),  # assigned to nobody, and dear all the same
        ("+44118500", "toll.premium"),
        ("+448431234567", "toll.shared-cost"),
        ("+447012345678", "toll.personal"),
        ("+870773111632", "toll.satellite"),
        ("+881612345678", "toll.satellite"),
        ("+88216123456", "toll.satellite"),
        ("+883510012345", "toll.satellite"),
        ("+878101234567", "toll.revenue-share"),
        ("+19005550100", "toll.premium"),
        ("+19001000000", "toll.premium"),
        ("+979123456789", "toll.premium"),
        (MADRID, "toll.country-closed"),
        ("+441534123456", "toll.country-closed"),  # Jersey has +44, too
        ("+80012345678", "toll.no-country"),
    ],
)
def test_s6_by_default_only_ordinary_numbers_of_the_own_country_go_out(
    number: str, code: str | None
) -> None:
    assert why(number, office()) == code
    assert why(number, office(), None) == code


def test_s6_the_first_rule_that_minds_is_the_one_that_is_told() -> None:
    closed = 'kinds = []\ntimetable = "shop"'
    config = office(
        f'[toll_guard]\ndefault_class = "all"\nblock = ["{MADRID}"]\n{HOURS}'
        f'[[dial_classes]]\nid = "all"\n{closed}\n'
    )

    assert why(MADRID, config, at=SUNDAY_NIGHT) == "toll.blocked"
    assert why(BERLIN, config, at=SUNDAY_NIGHT) == "toll.country-closed"
    assert why(BRISTOL, config, at=SUNDAY_NIGHT) == "toll.not-in-class"
    config = in_class('timetable = "shop"')
    assert why(BRISTOL, config, at=SUNDAY_NIGHT) == "toll.outside-hours"
    assert why(BRISTOL, config) is None


def test_s6_a_country_is_opened_for_everybody_but_flows() -> None:
    config = office(SPAIN)

    assert why(MADRID, config) is None
    assert why(MADRID, config, None) == "toll.not-in-class"
    assert why(BERLIN, config) == "toll.country-closed"


def test_s6_opening_the_united_states_opens_no_island_that_shares_their_code() -> None:
    config = in_class('kinds = ["fixed", "mobile", "other"]', 'countries = ["US"]')

    assert why("+12025550100", config) is None
    for number in ("+18765551234", "+18761000000", "+12425551234", "+16495550100"):
        assert why(number, config) == "toll.country-closed"


def test_s6_premium_numbers_need_their_country_opened_and_a_class_with_the_kind() -> None:
    guard = 'premium_countries = ["GB"]'

    assert why(PREMIUM, in_class('kinds = ["fixed"]', guard)) == "toll.not-in-class"
    assert why(PREMIUM, in_class('kinds = ["fixed", "premium"]', guard)) is None
    assert why("+19005550100", in_class('kinds = ["premium"]', guard)) == "toll.premium"


def test_s6_satellites_are_opened_by_the_list_of_exceptions_only() -> None:
    everything = 'kinds = ["fixed", "mobile", "satellite", "premium", "other"]'
    opened = 'countries = ["ES"]\npremium_countries = ["GB"]'

    assert why("+88216123456", in_class(everything, opened)) == "toll.satellite"
    assert why("+88216123456", in_class(everything, opened + '\nallow = ["+88216123456"]')) is None


def test_s6_of_block_and_exception_the_more_particular_decides() -> None:
    config = office('[toll_guard]\nblock = ["+44117*"]\nallow = ["+441174960123", "+448431*"]\n')

    assert why(BRISTOL, config) is None
    assert why("+441174960124", config) == "toll.blocked"
    assert why("+448431234567", config) is None
    assert why("+448441234567", config) == "toll.shared-cost"


def test_s6_a_class_of_no_kinds_dials_inside_only() -> None:
    config = in_class("kinds = []")

    assert why(BRISTOL, config) == "toll.not-in-class"


def test_s6_an_extension_has_its_own_class_before_the_default_one() -> None:
    text = '\n[[dial_classes]]\nid = "boss"\ncountries = ["ES"]\n'
    text += '\n[[dial_classes]]\nid = "all"\ncountries = []\n'
    text += '[toll_guard]\ncountries = ["ES"]\ndefault_class = "all"\n'
    text += '[[extensions]]\nid = "103"\nname = "Boss"\nmay_dial = "boss"\n'
    config = office(text + 'mobile = "+441174960188"\n')

    assert why(MADRID, config, "103") is None
    assert why(MADRID, config, "101") == "toll.not-in-class"


def test_s6_a_pin_is_asked_for_and_never_stands_in_the_refusal() -> None:
    config = office(
        '[toll_guard]\ndefault_class = "all"\n[[dial_classes]]\nid = "all"\npin = "4711"\n'
    )
    refused = refusal(Asked(BRISTOL, "101", MONDAY_NOON), config)

    assert refused is not None
    assert refused.code == "toll.pin-needed"
    assert "4711" not in str(refused)
    assert refusal(Asked(BRISTOL, "101", MONDAY_NOON, pin_given=True), config) is None


# ---- S8 and S11: flows, and callers who say they are somebody


def test_s8_a_flow_may_never_dial_a_satellite_or_abroad_by_default() -> None:
    config = office('[toll_guard]\ncountries = ["ES"]\nallow = ["+88216123456"]\n')

    assert why("+88216123457", config, None) == "toll.satellite"
    assert why("+88216123456", config, None) == "toll.not-in-class"
    assert why(MADRID, config, None) == "toll.not-in-class"


def test_s11_an_extension_nobody_configured_may_dial_what_flows_may() -> None:
    assert why(MADRID, office(SPAIN), "999999") == "toll.not-in-class"


def test_a_number_without_a_country_counts_as_abroad() -> None:
    assert is_abroad("+88216123456", office())
    assert not is_abroad(BRISTOL, office())


# ---- what may never happen

DIGITS = st.text("0123456789", min_size=4, max_size=11)
KINDS = ["fixed", "mobile", "toll-free", "voip", "personal", "company", "other"]


@given(st.sampled_from(["+1900", "+881", "+882", "+883", "+870", "+449"]), DIGITS)
def test_the_default_configuration_never_allows_a_dear_number(prefix: str, more: str) -> None:
    number = (prefix + more)[:16]

    assert why(number, office(), "101") is not None
    assert why(number, office(), None) is not None


@given(st.from_regex(r"\+[1-9][0-9]{5,14}", fullmatch=True))
def test_the_default_configuration_never_allows_another_country(number: str) -> None:
    if why(number, office()) is None:
        assert number.startswith("+44")
        assert not is_abroad(number, office())


@st.composite
def guards(draw: st.DrawFn) -> Config:
    """Return an office with any toll guard at all."""
    kinds = draw(st.lists(st.sampled_from(KINDS), unique=True))
    caps = draw(st.sampled_from(["", "minutes_per_day = 1", "money_per_day = 0"]))
    block = draw(st.lists(st.sampled_from(["+44*", "+1*", "+999", "+112000"]), unique=True))
    patterns = [one for one in block if one.endswith("*") or len(one) > 6]
    hours = draw(st.sampled_from(["", 'timetable = "shop"']))
    return office(
        f'{HOURS}[toll_guard]\ndefault_class = "all"\nblock = {patterns}\n{caps}\n'
        f'premium_countries = ["GB"]\n'
        f'[[dial_classes]]\nid = "all"\nkinds = {kinds}\n{hours}\n{caps}\npin = "4711"\n'
    )


@given(guards(), st.sampled_from(["999", "112"]), st.sampled_from(["101", "102", None, "77"]))
def test_emergency_passes_whatever_the_configuration(
    config: Config, number: str, extension: str | None
) -> None:
    dialled = understand(number, config)
    full = Text(code="toll.calls-at-once")

    route = route_out(dialled, extension, config, book(config), lambda *_: full, at=SUNDAY_NIGHT)

    assert dialled.meaning is Meaning.EMERGENCY
    assert route.refused is None
    assert {way.line_id for way in route.ways} == {"gsm-1", "gsm-2", "fxo-1"}
