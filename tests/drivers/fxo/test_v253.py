"""What voice modems print, in every spelling met."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.fxo.chips import CONEXANT, USR, chip_of, format_commands
from drivers.fxo.countries import T35, gci_code
from drivers.fxo.v253 import (
    CallerIdField,
    CallerIdLabel,
    Coding,
    Result,
    best_format,
    parse_caller_id,
    parse_classes,
    parse_formats,
    parse_result,
    parse_volts,
)

CX93001 = [
    '0,"SIGNED PCM",8,0,8000,0,0',
    '1,"UNSIGNED PCM",8,0,8000,0,0',
    '129,"IMA ADPCM",4,0,8000,0,0',
    '131,"Mu-Law",8,0,8000,0,0',
    '132,"A-Law",8,0,8000,0,0',
]
USR5637 = [
    '128,"8-BIT LINEAR",(7200,8000,11025)',
    '130,"8-BIT ALAW",(8000)',
    '131,"8-BIT ULAW",(8000)',
    '132,"IMA ADPCM",(8000)',
]


@pytest.mark.parametrize(
    ("line", "result"),
    [
        ("OK", Result.OK),
        (" VCON ", Result.VCON),
        ("CONNECT", Result.CONNECT),
        ("NO DIAL TONE", Result.NO_DIALTONE),
        ("NO DIALTONE", Result.NO_DIALTONE),
        ("BLACKLISTED", Result.BLACKLISTED),
        ("DELAYED", Result.DELAYED),
        ("RING", None),
        ("56000", None),
        ("OKAY", None),
        ("", None),
    ],
)
def test_a_result_code_is_told_from_information(line: str, result: Result | None) -> None:
    assert parse_result(line) is result


@pytest.mark.parametrize(
    ("line", "label", "value"),
    [
        ("NMBR = 01632960100", CallerIdLabel.NUMBER, "01632960100"),
        ("NMBR=01632960100", CallerIdLabel.NUMBER, "01632960100"),
        ("NBR=01632960100", CallerIdLabel.NUMBER, "01632960100"),
        ("NDID = 01632960100", CallerIdLabel.NUMBER, "01632960100"),
        ("CALLER NUMBER: 01632 960-100", CallerIdLabel.NUMBER, "01632960100"),
        ("NMBR = +441632960100", CallerIdLabel.NUMBER, "+441632960100"),
        ("NMBR = P", CallerIdLabel.NUMBER, None),
        ("NMBR = O", CallerIdLabel.NUMBER, None),
        ("NMBR =", CallerIdLabel.NUMBER, None),
        ("NAME = SMITH J", CallerIdLabel.NAME, "SMITH J"),
        ("CALLER NAME: SMITH J", CallerIdLabel.NAME, "SMITH J"),
        ("NAME=O", CallerIdLabel.NAME, None),
        ("DATE = 0315", CallerIdLabel.OTHER, "0315"),
        ("TIME=1042", CallerIdLabel.OTHER, "1042"),
        ("DDN_NMBR = 960011", CallerIdLabel.OTHER, "960011"),
    ],
)
def test_every_spelling_of_caller_id_is_understood(
    line: str, label: CallerIdLabel, value: str | None
) -> None:
    assert parse_caller_id(line) == CallerIdField(label, value)


@pytest.mark.parametrize("line", ["RING", "OK", "+GCI: B4", "DRON=20", "x = y", ""])
def test_other_lines_are_no_caller_id(line: str) -> None:
    assert parse_caller_id(line) is None


def test_the_law_is_chosen_by_name_since_131_is_no_makers_promise() -> None:
    for answer in (CX93001, USR5637, [f"+VSM: {line}" for line in CX93001]):
        chosen = best_format(parse_formats(answer))
        assert chosen is not None
        assert chosen.coding is Coding.A_LAW
    swapped = ['131,"A-Law",8,0,8000,0,0', '132,"Mu-Law",8,0,8000,0,0']
    assert [f.coding for f in parse_formats(swapped)] == [Coding.A_LAW, Coding.MU_LAW]


def test_mu_law_will_do_and_linear_or_another_rate_will_not() -> None:
    only_mu = best_format(parse_formats([line for line in CX93001 if "A-Law" not in line]))
    assert only_mu is not None
    assert (only_mu.number, only_mu.coding) == (131, Coding.MU_LAW)
    assert best_format(parse_formats(CX93001[:3])) is None
    assert best_format(parse_formats(['5,"A-LAW",8,0,11025,0,0'])) is None


def test_each_maker_gets_as_many_format_values_as_it_takes() -> None:
    chosen = best_format(parse_formats(CX93001))
    assert chosen is not None
    assert format_commands(CONEXANT, chosen)[0] == "AT+VSM=132,8000,0,0"
    assert format_commands(USR, chosen)[0] == "AT+VSM=132,8000"


def test_a_chip_is_known_by_what_it_says_of_itself() -> None:
    assert chip_of(["CX93001-EIS_V0.2013-V92", "CONEXANT"]) is CONEXANT
    assert chip_of(["U.S. Robotics 56K FAX USB V1.2.23"]) is USR
    assert chip_of(["something else"]) is CONEXANT


def test_countries_go_by_t35_except_where_a_maker_differs() -> None:
    assert gci_code(CONEXANT, "GB") == "B4"
    assert gci_code(CONEXANT, "HR") == "FA"
    assert gci_code(USR, "HR") == "F5"
    assert gci_code(CONEXANT, "XX") is None
    assert all(len(code) == 2 and int(code, 16) >= 0 for code in T35.values())


def test_the_voltage_is_the_first_number() -> None:
    assert parse_volts(["48.0"]) == 48.0
    assert parse_volts(["-TRV: -47.5 V"]) == 47.5
    assert parse_volts(["ERROR?"]) is None


def test_voice_is_one_of_the_classes() -> None:
    assert "8" in parse_classes(["0,1,1.0,8"])
    assert "8" not in parse_classes(["0,1,2.0"])


@given(st.text(max_size=120))
def test_no_line_of_garbage_upsets_a_parser(line: str) -> None:
    parse_result(line)
    parse_caller_id(line)
    best_format(parse_formats([line]))
    parse_volts([line])
    parse_classes([line])
