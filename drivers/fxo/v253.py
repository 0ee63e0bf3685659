"""The text a voice modem speaks in command state, with no port attached (V.250, V.253)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Result(StrEnum):
    """Result codes that end a command."""

    OK = "OK"
    VCON = "VCON"
    CONNECT = "CONNECT"
    ERROR = "ERROR"
    NO_CARRIER = "NO CARRIER"
    NO_DIALTONE = "NO DIALTONE"
    BUSY = "BUSY"
    NO_ANSWER = "NO ANSWER"
    DELAYED = "DELAYED"
    BLACKLISTED = "BLACKLISTED"
    LINE_IN_USE = "LINE IN USE"
    NO_LINE = "NO LINE"


RING: Final = "RING"
_SPELLINGS: Final = {
    "NO DIAL TONE": Result.NO_DIALTONE,
    "NODIALTONE": Result.NO_DIALTONE,
    "LINE-IN-USE": Result.LINE_IN_USE,
}


def parse_result(line: str) -> Result | None:
    """Return the result code a line is, or None for information and what comes unasked."""
    word = line.strip().upper()
    if word in _SPELLINGS:
        return _SPELLINGS[word]
    if word.startswith("CONNECT"):
        return Result.CONNECT
    return Result(word) if word in set(Result) else None


def is_ring(line: str) -> bool:
    return line.strip().upper() == RING


# ---- caller id


class CallerIdLabel(StrEnum):
    NUMBER = "number"
    NAME = "name"
    OTHER = "other"  # date, time, dialled number, raw message: not needed


@dataclass(frozen=True, slots=True)
class CallerIdField:
    """One line of formatted caller id; value None is withheld (P) or out of area (O)."""

    label: CallerIdLabel
    value: str | None


_LABELS: Final = {
    "NMBR": CallerIdLabel.NUMBER,
    "NBR": CallerIdLabel.NUMBER,
    "NDID": CallerIdLabel.NUMBER,
    "CALLER NUMBER": CallerIdLabel.NUMBER,
    "CALLER ID": CallerIdLabel.NUMBER,
    "CID": CallerIdLabel.NUMBER,
    "FM": CallerIdLabel.NUMBER,
    "NAME": CallerIdLabel.NAME,
    "CALLER NAME": CallerIdLabel.NAME,
    "NOM": CallerIdLabel.NAME,
    "DATE": CallerIdLabel.OTHER,
    "TIME": CallerIdLabel.OTHER,
    "MESG": CallerIdLabel.OTHER,
    "DDN_NMBR": CallerIdLabel.OTHER,
    "DDN": CallerIdLabel.OTHER,
}
_FIELD: Final = re.compile(r"\s*([A-Za-z_ ]+?)\s*[=:]\s*(.*?)\s*$")
_ABSENT: Final = frozenset({"", "P", "O", "PRIVATE", "OUT OF AREA", "OUT_OF_AREA", "UNAVAILABLE"})
_DIALLABLE: Final = re.compile(r"\+?[0-9*#]+")


def parse_caller_id(line: str) -> CallerIdField | None:
    """Return what one line says about the caller, or None when it is no caller id.

    Makers write `NMBR = 1`, `NMBR=1`, `CALLER NUMBER: 1` and the like.
    """
    field = _FIELD.match(line)
    label = _LABELS.get(field[1].upper()) if field else None
    if field is None or label is None:
        return None
    value = field[2].strip('"')
    if label is CallerIdLabel.NUMBER:
        value = re.sub(r"[\s()/.-]", "", value)
        return CallerIdField(label, value if _DIALLABLE.fullmatch(value) else None)
    return CallerIdField(label, None if value.upper() in _ABSENT else value)


# ---- sample formats


class Coding(StrEnum):
    A_LAW = "a-law"
    MU_LAW = "mu-law"


@dataclass(frozen=True, slots=True)
class Format:
    """One line of the answer to +VSM=?."""

    number: int
    name: str
    rates: str
    """As the chip words them: `8000`, `(7200,8000,11025)`."""

    @property
    def coding(self) -> Coding | None:
        plain = re.sub(r"[^a-zµμ]", "", self.name.lower())
        if re.search(r"(mu|u|µ|μ)law", plain):
            return Coding.MU_LAW
        return Coding.A_LAW if "alaw" in plain else None


_FORMAT: Final = re.compile(r'\s*(?:\+VSM:)?\s*(\d+)\s*,\s*"([^"]*)"\s*(.*)$', re.IGNORECASE)


def parse_formats(lines: list[str]) -> list[Format]:
    """Return the sample formats of an answer to +VSM=?; other lines are passed over."""
    matches = (_FORMAT.match(line) for line in lines)
    return [Format(int(m[1]), m[2], m[3].lstrip(", ")) for m in matches if m]


def best_format(formats: list[Format]) -> Format | None:
    """Return the A-law format, else mu-law, that runs at 8000 Hz; None when there is neither.

    Numbers from 128 on are each maker's own (131 is mu-law on one chip, something
    else on the next), so only the name decides.
    """
    fit = [f for f in formats if re.search(r"\b8000\b", f.rates)]
    for coding in (Coding.A_LAW, Coding.MU_LAW):
        for offered in fit:
            if offered.coding is coding:
                return offered
    return None


def parse_volts(lines: list[str]) -> float | None:
    """Return the line voltage of an answer to -TRV, or None when it has no number."""
    for line in lines:
        if number := re.search(r"-?\d+(?:\.\d+)?", line):
            return abs(float(number[0]))
    return None


def parse_classes(lines: list[str]) -> frozenset[str]:
    """Return the service classes of an answer to +FCLASS=?; 8 is voice."""
    return frozenset(re.findall(r"\d+(?:\.\d+)?", " ".join(lines)))
