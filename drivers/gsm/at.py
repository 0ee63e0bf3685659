"""AT command text in and out, with no port attached (ITU-T V.250, 3GPP TS 27.007).

Nothing here raises: text that makes no sense is None, or a line nobody knows.
"""

import re
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final

MAX_LINE_BYTES: Final = 4_096
"""No modem answer is longer; what comes without a line end is garbage."""
PROMPT: Final = ">"
"""The SMS prompt: the one thing a modem says without a line end."""


class Lines:
    """Cuts what a modem sends into lines; half lines wait for their end."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """Return the lines that `data` completed, without line ends and empty lines.

        Some firmware doubles the CR before LF, so every CR or LF ends a line.
        """
        *whole, self._rest = re.split(rb"[\r\n]", self._rest + data)
        if self._rest.strip() == PROMPT.encode():
            whole.append(self._rest)
            self._rest = b""
        if len(self._rest) > MAX_LINE_BYTES:
            self._rest = b""
        texts = (line.replace(b"\0", b"").decode("latin-1").strip() for line in whole)
        return [text for text in texts if text]


def fields(text: str) -> list[str]:
    """Return the comma-separated values of `text`, quotes removed; commas in quotes stay."""
    parts = text.split('"')
    parts[::2] = [outside.replace(",", "\0") for outside in parts[::2]]
    return [value.strip() for value in "".join(parts).split("\0")]


def number(text: str) -> int | None:
    """Return `text` as a small non-negative number, None when it is none."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def value_of(line: str, name: str) -> str | None:
    """Return what stands behind `name:`; None for another line."""
    if not line.upper().startswith(name + ":"):
        return None
    return line[len(name) + 1 :].strip()


# ---- final results


class ResultKind(Enum):
    OK = "OK"
    ERROR = "ERROR"
    NO_CARRIER = "NO CARRIER"
    BUSY = "BUSY"
    NO_ANSWER = "NO ANSWER"
    NO_DIALTONE = "NO DIALTONE"


@dataclass(frozen=True, slots=True)
class Result:
    kind: ResultKind
    text: str
    cme: int | None = None
    """The number of +CME ERROR."""

    @property
    def is_ok(self) -> bool:
        return self.kind is ResultKind.OK


_RESULTS: Final = {kind.value: kind for kind in ResultKind} | {
    "NO DIAL TONE": ResultKind.NO_DIALTONE,
    "CONNECT": ResultKind.OK,
    "COMMAND NOT SUPPORT": ResultKind.ERROR,
    "TOO MANY PARAMETERS": ResultKind.ERROR,
}
_NUMBERED: Final = re.compile(r"\+(CM[ES]) ERROR: ?(.*)", re.IGNORECASE)
CALL_ENDS: Final = frozenset(
    {ResultKind.NO_CARRIER, ResultKind.BUSY, ResultKind.NO_ANSWER, ResultKind.NO_DIALTONE}
)
"""Results that also come unasked, when a call ends."""


def parse_result(line: str) -> Result | None:
    """Return the final result that `line` is, None for any other line."""
    numbered = _NUMBERED.match(line)
    if numbered is not None:
        cme = number(numbered[2]) if numbered[1].upper() == "CME" else None
        return Result(ResultKind.ERROR, line, cme)
    # Some Huawei firmware glues the error to what should have been the answer.
    kind = ResultKind.ERROR if line.startswith("ERROR+") else _RESULTS.get(line.upper())
    return None if kind is None else Result(kind, line)


# ---- calls


class ClccStatus(IntEnum):
    """<stat> of +CLCC, TS 27.007 clause 7.18; SIMCom adds 6 in its own reports."""

    ACTIVE = 0
    HELD = 1
    DIALING = 2
    ALERTING = 3
    INCOMING = 4
    WAITING = 5
    ENDED = 6


@dataclass(frozen=True, slots=True)
class ListedCall:
    """One voice call as the modem lists it."""

    index: int
    incoming: bool
    status: ClccStatus
    number: str | None


_VOICE_MODES: Final = frozenset({0, 3, 4, 5})


def parse_clcc(line: str) -> ListedCall | None:
    """Return the voice call of one +CLCC line; data and fax calls are None."""
    values = fields(value_of(line, "+CLCC") or "")
    if len(values) < 4:
        return None
    index, direction, status, mode = (number(value) for value in values[:4])
    if index is None or direction not in (0, 1) or mode not in _VOICE_MODES:
        return None
    if status is None or status not in set(ClccStatus):
        return None
    calling = _with_plus(values[5], values[6]) if len(values) > 6 else None
    return ListedCall(index, direction == 1, ClccStatus(status), calling)


def _with_plus(digits: str, kind: str) -> str | None:
    """Return a number with the + that its type of address (145) implies; None for no number."""
    if not re.fullmatch(r"\+?[0-9*#]{1,32}", digits):
        return None
    return "+" + digits if kind == "145" and not digits.startswith("+") else digits


# ---- SIM, registration, signal


def parse_pin_status(line: str) -> str | None:
    """Return the word of +CPIN: READY, SIM PIN, SIM PUK …; None for another line."""
    return value_of(line, "+CPIN")


def parse_registration(line: str) -> int | None:
    """Return <stat> of a +CREG line, asked or unasked; they differ by a first field <n>."""
    text = value_of(line, "+CREG")
    if text is None:
        return None
    raw = [value.strip() for value in text.split(",")]
    second_is_area = len(raw) > 1 and (raw[1].startswith('"') or len(raw[1]) > 2)
    unasked = len(raw) in (1, 3) or second_is_area
    return number(raw[0]) if unasked else number(raw[1])


def parse_signal_dbm(line: str) -> int | None:
    """Return the level of a +CSQ (or Huawei ^RSSI) line; None when the modem does not know."""
    text = value_of(line, "+CSQ") or value_of(line, "^RSSI")
    level = number(fields(text)[0]) if text else None
    return -113 + 2 * level if level is not None and level <= 31 else None


def parse_operator(line: str) -> str | None:
    """Return the network's name of a +COPS line; firmware that adds junk after it is cut."""
    named = re.match(r'\+COPS: ?\d,\d,"([^"]*)"', line)
    if named is None or not named[1]:
        return None
    name = named[1]
    if re.fullmatch(r"(00[0-9A-Fa-f]{2})+", name):
        name = bytes.fromhex(name).decode("utf-16-be", "replace")
    return name[:32]


def parse_iccid(line: str) -> str | None:
    """Return the ICCID in an answer of any family; it always begins with 89 (ITU-T E.118).

    EF_ICCID as +CRSM reads it has its digits swapped in pairs.
    """
    found = re.search(r"(?<![0-9A-F])((?:89|98)[0-9]{15,16}[0-9F]{1,4})(?![0-9A-F])", line.upper())
    if found is None:
        return None
    digits = found[1]
    if digits.startswith("98"):
        digits = "".join(digits[i + 1 : i + 2] + digits[i] for i in range(0, len(digits), 2))
    digits = digits.rstrip("F")
    return digits if digits.isdigit() and 18 <= len(digits) <= 20 else None


def parse_own_number(line: str) -> str | None:
    """Return the SIM's number in E.164 form from +CNUM; None where it is not that whole."""
    text = value_of(line, "+CNUM")
    values = fields(text) if text is not None else []
    if len(values) < 3:
        return None
    found = _with_plus(values[1], values[2])
    whole = found is not None and re.fullmatch(r"\+[1-9][0-9]{5,14}", found)
    return found if whole else None


def parse_imei(line: str) -> str | None:
    found = re.search(r"(?<!\d)(\d{15})(?!\d)", line)
    return found[1] if found else None


def parse_attempts(line: str) -> int | None:
    """Return how many PIN attempts are left: +CPINR, SIMCom +SPIC, Quectel +QPINC, Huawei ^CPIN."""
    for name, place in (("+CPINR", 1), ("+SPIC", 0), ("+QPINC", 1), ("^CPIN", 3)):
        text = value_of(line, name)
        if text is not None:
            values = fields(text)
            return number(values[place]) if len(values) > place else None
    return None
