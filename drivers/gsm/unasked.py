"""What a modem says without being asked: parsed, family by family, into few kinds of events."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from drivers.gsm.at import (
    CALL_ENDS,
    ClccStatus,
    ResultKind,
    fields,
    number,
    parse_clcc,
    parse_registration,
    parse_result,
    parse_signal_dbm,
    value_of,
)


@dataclass(frozen=True, slots=True)
class Ring:
    """One ring indication."""


@dataclass(frozen=True, slots=True)
class CallerId:
    number: str | None
    """None: withheld or not available."""


@dataclass(frozen=True, slots=True)
class CallChanged:
    """Some call moved on; the call list knows how."""


@dataclass(frozen=True, slots=True)
class CallOver:
    """A call has ended; `value` is a Q.850 / 24.008 cause where the modem told it."""

    value: int | None = None
    result: ResultKind | None = None


@dataclass(frozen=True, slots=True)
class DigitReported:
    digit: str


@dataclass(frozen=True, slots=True)
class MaySend:
    """The modem's own flow control of its PCM port."""

    allowed: bool


@dataclass(frozen=True, slots=True)
class ServiceChanged:
    """SIM, registration or signal changed."""


@dataclass(frozen=True, slots=True)
class Restarted:
    """The modem booted or is about to go off; its settings are gone."""


@dataclass(frozen=True, slots=True)
class Unknown:
    line: str


Event: TypeAlias = (
    Ring
    | CallerId
    | CallChanged
    | CallOver
    | DigitReported
    | MaySend
    | ServiceChanged
    | Restarted
    | Unknown
)

_DIGIT: Final = re.compile(r"[0-9A-D*#]")
END_STATUS_CAUSE: Final[Mapping[int, int]] = {21: 38, 22: 41, 23: 31, 24: 42, 25: 16, 29: 16}
"""Huawei <end_status> where no network cause follows: no service, fade, intercept, reorder …"""
DSCI_RELEASED: Final = "6"


def _caller_id(text: str) -> Event:
    values = fields(text)
    digits = values[0] if values else ""
    if not re.fullmatch(r"\+?[0-9*#]{1,32}", digits):
        return CallerId(None)
    international = len(values) > 1 and values[1] == "145" and not digits.startswith("+")
    return CallerId("+" + digits if international else digits)


def _call_ended(text: str) -> Event:
    """^CEND:<idx>,<duration>,<end_status>[,<cc_cause>]"""
    values = [number(value) for value in fields(text)]
    if len(values) > 3 and values[3] is not None:
        return CallOver(values[3])
    status = values[2] if len(values) > 2 else None
    return CallOver(END_STATUS_CAUSE.get(status) if status is not None else None)


def _dsci(text: str) -> Event:
    values = fields(text)
    released = len(values) > 2 and values[2] == DSCI_RELEASED
    return CallOver() if released else CallChanged()


def _indication(text: str) -> Event:
    """Quectel +QIND carries many things."""
    values = fields(text)
    if values[:1] == ["ccinfo"]:
        return CallOver() if values[3:4] == ["-1"] else CallChanged()
    return ServiceChanged() if values[:1] in (["csq"], ["act"]) else Unknown(text)


def _voice_call(text: str) -> Event:
    return CallOver() if text.upper().startswith("END") else CallChanged()


def _digit(text: str) -> Event:
    key = text.strip('" ').upper()
    return DigitReported(key) if _DIGIT.fullmatch(key) else Unknown(text)


def _digit_by_code(text: str) -> Event:
    code = number(text)
    return _digit(chr(code)) if code is not None and code < 128 else Unknown(text)


def _flow(text: str) -> Event:
    values = fields(text)
    return MaySend(values[0] == "1") if values and values[0] in ("0", "1") else Unknown(text)


def _always(event: Event) -> Callable[[str], Event]:
    return lambda _text: event


NAMED: Final[Mapping[str, Callable[[str], Event]]] = {
    "+CRING": _always(Ring()),
    "+CLIP": _caller_id,
    "+CCWA": _always(CallChanged()),
    "^ORIG": _always(CallChanged()),
    "^CONF": _always(CallChanged()),
    "^CONN": _always(CallChanged()),
    "^CEND": _call_ended,
    "^DSCI": _dsci,
    "+QIND": _indication,
    "VOICE CALL": _voice_call,
    "MISSED_CALL": _always(CallOver()),
    "+RXDTMF": _digit,
    "+DTMF": _digit,
    "^DDTMF": _digit,
    "+QTONEDET": _digit_by_code,
    "+QPCMV": _flow,
    "+CPIN": _always(ServiceChanged()),
    "+CMTI": _always(ServiceChanged()),
    "^SMMEMFULL": _always(ServiceChanged()),
}
"""Name before the colon -> what it means."""
BARE: Final[Mapping[str, Event]] = {
    "RING": Ring(),
    "RDY": Restarted(),
    "POWERED DOWN": Restarted(),
    "NORMAL POWER DOWN": Restarted(),
    "START": Restarted(),
}


def parse_unasked(line: str) -> Event:
    """Return what an unsolicited line means; Unknown for what nobody knows."""
    bare = BARE.get(line.upper())
    if bare is not None:
        return bare
    result = parse_result(line)
    if result is not None and result.kind in CALL_ENDS:
        return CallOver(result=result.kind)
    name = line.partition(":")[0].upper()
    if name in NAMED:
        return NAMED[name](value_of(line, name) or "")
    return _by_content(line)


def _by_content(line: str) -> Event:
    call = parse_clcc(line)
    if call is not None:
        return CallOver() if call.status is ClccStatus.ENDED else CallChanged()
    if parse_registration(line) is not None or parse_signal_dbm(line) is not None:
        return ServiceChanged()
    return Unknown(line)
