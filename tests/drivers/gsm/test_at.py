"""What modems say, as text: every shape the fact sheet lists, and any garbage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.gsm import at, unasked
from drivers.gsm.at import ClccStatus, Lines, ListedCall, ResultKind
from drivers.gsm.cause import cause_of, parse_ceer
from drivers.gsm.unasked import parse_unasked
from firmware.contract.causes import Cause


@pytest.mark.parametrize(
    ("sent", "lines"),
    [
        (b"\r\nOK\r\n", ["OK"]),
        (b"\r\r\n+RXDTMF: 5\r\r\n", ["+RXDTMF: 5"]),
        (b"AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n", ["AT+CSQ", "+CSQ: 20,99", "OK"]),
        (b"\r\n> ", [">"]),
        (b"\r\nRIN", []),
    ],
)
def test_bytes_become_lines(sent: bytes, lines: list[str]) -> None:
    assert Lines().feed(sent) == lines


def test_half_lines_wait_for_their_end() -> None:
    lines = Lines()
    assert [lines.feed(bytes([b])) for b in b"\r\nRING\r\n+CL"][-4:] == [[], [], [], []]
    assert lines.feed(b'IP: "1",129\r\n') == ['+CLIP: "1",129']


def test_a_flood_without_line_ends_is_forgotten() -> None:
    lines = Lines()
    assert lines.feed(b"x" * 10_000) == []
    assert lines.feed(b"\r\nOK\r\n") == ["OK"]


@pytest.mark.parametrize(
    ("line", "kind", "cme"),
    [
        ("OK", ResultKind.OK, None),
        ("ERROR", ResultKind.ERROR, None),
        ("+CME ERROR: 10", ResultKind.ERROR, 10),
        ("+CME ERROR: SIM not inserted", ResultKind.ERROR, None),
        ("+CMS ERROR: 321", ResultKind.ERROR, None),
        ("COMMAND NOT SUPPORT", ResultKind.ERROR, None),
        ('ERROR+CNUM: "","+447700900001",145', ResultKind.ERROR, None),
        ("NO CARRIER", ResultKind.NO_CARRIER, None),
        ("BUSY", ResultKind.BUSY, None),
        ("NO ANSWER", ResultKind.NO_ANSWER, None),
    ],
)
def test_final_results_are_told_apart(line: str, kind: ResultKind, cme: int | None) -> None:
    result = at.parse_result(line)
    assert result is not None
    assert (result.kind, result.cme) == (kind, cme)


@pytest.mark.parametrize("line", ["RING", "OKAY", "+CSQ: 20,99", "VOICE CALL: BEGIN", ""])
def test_other_lines_are_no_result(line: str) -> None:
    assert at.parse_result(line) is None


@pytest.mark.parametrize(
    ("line", "call"),
    [
        (
            '+CLCC: 1,1,4,0,0,"+441632960100",145',
            ListedCall(1, True, ClccStatus.INCOMING, "+441632960100"),
        ),
        (
            '+CLCC: 1,1,4,0,0,"441632960100",145,"",0,0',
            ListedCall(1, True, ClccStatus.INCOMING, "+441632960100"),
        ),
        ('+CLCC: 2,0,0,0,0,"",128', ListedCall(2, False, ClccStatus.ACTIVE, None)),
        ("+CLCC: 1,0,6,0,0", ListedCall(1, False, ClccStatus.ENDED, None)),
        ('+CLCC: 1,1,4,1,0,"01632960100",129', None),  # a data call
        ("+CLCC: 1,1", None),
        ("+CLCC: a,b,c,d", None),
        ("+CLCC: 1,1,9,0,0", None),
        ("OK", None),
    ],
)
def test_the_call_list_names_voice_calls(line: str, call: ListedCall | None) -> None:
    assert at.parse_clcc(line) == call


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("+CREG: 0,1", 1),
        ("+CREG: 5", 5),
        ('+CREG: 1,"00C3","0001A2B3",7', 1),
        ("+CREG: 1,00C3,0001A2B3", 1),
        ('+CREG: 2,1,"00C3","0001A2B3",7', 1),
        ('+CREG: 2,3,"00C3","0001A2B3"', 3),
        ("+CREG: x", None),
        ("+CEREG: 0,1", None),
    ],
)
def test_registration_is_read_asked_and_unasked(line: str, status: int | None) -> None:
    assert at.parse_registration(line) == status


@pytest.mark.parametrize(
    ("line", "dbm"),
    [("+CSQ: 20,99", -73), ("+CSQ: 99,99", None), ("^RSSI:31", -51), ("+CSQ: ", None)],
)
def test_signal_is_in_dbm(line: str, dbm: int | None) -> None:
    assert at.parse_signal_dbm(line) == dbm


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('+COPS: 0,0,"Practice Mobile",7', "Practice Mobile"),
        ('+COPS: 0,0,"Practice"@@\x02,2', "Practice"),
        ('+COPS: 0,0,"004F0032",2', "O2"),
        ("+COPS: 0", None),
    ],
)
def test_the_operator_is_cut_from_what_firmware_adds(line: str, name: str | None) -> None:
    assert at.parse_operator(line) == name


@pytest.mark.parametrize(
    ("line", "iccid"),
    [
        ("+ICCID: 8944000000000000011", "8944000000000000011"),
        ("+QCCID: 8944000000000000011F", "8944000000000000011"),
        ("^ICCID: 98440000000000000011", "89440000000000000011"),
        ("8944000000000000011", "8944000000000000011"),
        ('+CRSM: 144,0,"984400000000000010F1"', "8944000000000000011"),
        ("+ICCID: 1234", None),
    ],
)
def test_the_iccid_is_read_in_every_shape(line: str, iccid: str | None) -> None:
    assert at.parse_iccid(line) == iccid


@pytest.mark.parametrize(
    ("line", "attempts"),
    [
        ("+CPINR: SIM PIN,2,3", 2),
        ("+SPIC: 3,10,0,10", 3),
        ('+QPINC: "SC",1,10', 1),
        ("^CPIN: SIM PIN,3,10,2,10,3", 2),
        ("+CPINR: ", None),
    ],
)
def test_the_pin_attempts_left_are_read(line: str, attempts: int | None) -> None:
    assert at.parse_attempts(line) == attempts


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("RING", unasked.Ring()),
        ("+CRING: VOICE", unasked.Ring()),
        ('+CLIP: "+441632960100",145,"",0,"",0', unasked.CallerId("+441632960100")),
        ('+CLIP: "441632960100",145', unasked.CallerId("+441632960100")),
        ('+CLIP: "01632960100",129', unasked.CallerId("01632960100")),
        ('+CLIP: "",128,"",0,"",1', unasked.CallerId(None)),
        ("^ORIG:1,0", unasked.CallChanged()),
        ("^CONF:1", unasked.CallChanged()),
        ("^CONN:1,0", unasked.CallChanged()),
        ("^CEND:1,41,25,17", unasked.CallOver(17)),
        ("^CEND:1,0,24", unasked.CallOver(42)),
        ("^CEND:1,0,104", unasked.CallOver(None)),
        ("^DSCI: 1,1,4,0,01632960100,129", unasked.CallChanged()),
        ("^DSCI: 1,1,6,0,01632960100,129", unasked.CallOver()),
        ('+QIND: "ccinfo",1,0,-1,0,0,"01632960100",129', unasked.CallOver()),
        ('+QIND: "ccinfo",1,0,3,0,0,"01632960100",129', unasked.CallChanged()),
        ('+QIND: "csq",20,99', unasked.ServiceChanged()),
        ("VOICE CALL: BEGIN", unasked.CallChanged()),
        ("VOICE CALL: END: 000041", unasked.CallOver()),
        ("MISSED_CALL: 11:01AM 07700900123", unasked.CallOver()),
        ("+CLCC: 1,0,6,0,0", unasked.CallOver()),
        ('+CCWA: "+447700900123",145,1', unasked.CallChanged()),
        ("NO CARRIER", unasked.CallOver(result=ResultKind.NO_CARRIER)),
        ("BUSY", unasked.CallOver(result=ResultKind.BUSY)),
        ("+RXDTMF: 5", unasked.DigitReported("5")),
        ("+DTMF: #", unasked.DigitReported("#")),
        ("^DDTMF: *", unasked.DigitReported("*")),
        ("+QTONEDET: 56", unasked.DigitReported("8")),
        ("+QTONEDET: 999", unasked.Unknown("999")),
        ("+RXDTMF: ??", unasked.Unknown("??")),
        ("+QPCMV: 0,0", unasked.MaySend(False)),
        ("+QPCMV: 1,0", unasked.MaySend(True)),
        ("+CREG: 1", unasked.ServiceChanged()),
        ("RDY", unasked.Restarted()),
        ('+CMTI: "SM",-1', unasked.ServiceChanged()),
        ("^RSSI:20", unasked.ServiceChanged()),
        ("whatever", unasked.Unknown("whatever")),
    ],
)
def test_what_a_modem_says_unasked_is_understood(line: str, event: unasked.Event) -> None:
    assert parse_unasked(line) == event


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("+CEER: User busy", Cause.USER_BUSY),
        ("+CEER: User alerting, no answer", Cause.NO_ANSWER_FROM_USER),
        ("+CEER: CC,17", Cause.USER_BUSY),
        ("+CEER: Call rejected", Cause.CALL_REJECTED),
        ("+CEER: No cause information available", None),
        ("+CEER: 0", None),
    ],
)
def test_the_extended_error_report_gives_a_cause(line: str, cause: Cause | None) -> None:
    assert parse_ceer(line) is cause


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        (16, Cause.NORMAL_CALL_CLEARING),
        (24, Cause.NORMAL_UNSPECIFIED),
        (43, Cause.RESOURCE_UNAVAILABLE),
        (90, Cause.INVALID_MESSAGE),
        (0, None),
        (128, None),
    ],
)
def test_a_cause_nobody_knows_falls_back_to_its_class(value: int, cause: Cause | None) -> None:
    assert cause_of(value) is cause


WIRE = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [b"\r\n", b"RING", b"+CLCC: ", b"+CLIP: ", b'"', b",", b"^CEND:", b"+CREG: ", b"1", b"> "]
    ),
)


@given(st.lists(WIRE, max_size=30))
def test_no_bytes_whatever_make_a_parser_raise(pieces: list[bytes]) -> None:
    lines = Lines()
    for piece in pieces:
        for line in lines.feed(piece):
            parse_everything(line)


@given(st.text(max_size=80), st.sampled_from(sorted(unasked.NAMED)))
def test_no_text_behind_a_known_name_makes_a_parser_raise(text: str, name: str) -> None:
    parse_everything(f"{name}: {text}")


@given(st.binary(max_size=200), st.lists(st.integers(1, 20), max_size=30))
def test_lines_do_not_depend_on_how_the_bytes_arrive(data: bytes, cuts: list[int]) -> None:
    data = data.replace(b">", b"")  # the prompt is the one thing that may come in halves
    lines, split, rest = Lines(), [], data
    for cut in cuts:
        split += lines.feed(rest[:cut])
        rest = rest[cut:]
    split += lines.feed(rest + b"\r\n")
    assert split == Lines().feed(data + b"\r\n")


def parse_everything(line: str) -> None:
    event = parse_unasked(line)
    assert isinstance(event, unasked.Event)
    for parse in (
        at.parse_result,
        at.parse_clcc,
        at.parse_registration,
        at.parse_signal_dbm,
        at.parse_operator,
        at.parse_iccid,
        at.parse_imei,
        at.parse_attempts,
        at.parse_pin_status,
        parse_ceer,
    ):
        parse(line)


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ('+CNUM: "","+447700900001",145', "+447700900001"),
        ('+CNUM: "own, mine","447700900001",145,7,4', "+447700900001"),
        ('+CNUM: "","07700900001",129', None),
        ('+CNUM: "","",255', None),
        ("+CNUM: ,,", None),
        ("+CSQ: 20,99", None),
    ],
)
def test_a_sims_own_number_counts_only_when_it_is_whole(line: str, number: str | None) -> None:
    assert at.parse_own_number(line) == number
