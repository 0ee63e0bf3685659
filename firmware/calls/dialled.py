"""What somebody meant by the keys they pressed: an emergency, an extension, an outside number."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import phonenumbers

from firmware.config.codes import Code, Takes, takes
from firmware.config.model import Config

_DIALLABLE: Final = re.compile(r"\+?[0-9*#]{1,32}")
_UNSAID: Final = re.compile(r"[\s().\-/]")


class Meaning(StrEnum):
    EMERGENCY = "emergency"
    EXTENSION = "extension"
    GROUP = "group"
    FLOW = "flow"
    OUTSIDE = "outside"
    CODE = "code"
    UNKNOWN_CODE = "unknown-code"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Dialled:
    meaning: Meaning
    number: str
    """E.164 for an outside number, otherwise what was dialled."""
    code: Code | None = None
    behind: str = ""
    """What was keyed in behind the code."""


def understand(keys: str, config: Config) -> Dialled:
    """Return what `keys` mean in this office; emergency numbers go before everything."""
    plain = _UNSAID.sub("", keys)
    if plain in config.emergency_numbers():
        return Dialled(Meaning.EMERGENCY, plain)
    if plain in config.inside_numbers():
        return _inside(plain, config)
    if (coded := _code(plain, config)) is not None:
        return coded
    if plain.startswith(("*", "#")):
        return Dialled(Meaning.UNKNOWN_CODE, plain)
    e164 = to_e164(plain, config.office.country)
    if e164 is None:
        return Dialled(Meaning.NOTHING, plain)
    return Dialled(Meaning.OUTSIDE, e164)


def is_complete(keys: str, config: Config) -> bool:
    """Whether dialling can stop waiting for more: nothing longer begins with these keys."""
    codes = config.codes.dialled()
    known = config.emergency_numbers() | config.inside_numbers() | codes.keys()
    if any(one.startswith(keys) and one != keys for one in known):
        return False
    coded = _code(keys, config)
    if coded is None or coded.code is None:
        return keys in known
    match takes(coded.code):
        case Takes.NOTHING:
            return True
        case Takes.PLACE:
            return bool(coded.behind)
        case Takes.INSIDE_NUMBER | Takes.ANY_NUMBER:
            return _is_whole(coded.behind, config)


def is_within_code(keys: str, config: Config) -> bool:
    """Whether a code begins with these keys, so that a hash among them is part of it."""
    return any(code.startswith(keys) for code in config.codes.dialled())


def _inside(number: str, config: Config) -> Dialled:
    if config.extension(number) is not None:
        return Dialled(Meaning.EXTENSION, number)
    group = config.group_numbered(number) is not None
    return Dialled(Meaning.GROUP if group else Meaning.FLOW, number)


def _code(keys: str, config: Config) -> Dialled | None:
    """Return the code, the longest that fits, with what stands behind it."""
    for known, code in sorted(config.codes.dialled().items(), key=lambda one: -len(one[0])):
        more = keys.removeprefix(known)
        if keys == known or (keys.startswith(known) and takes(code) is not Takes.NOTHING):
            return Dialled(Meaning.CODE, keys, code, more)
    return None


def _is_whole(number: str, config: Config) -> bool:
    inside = config.inside_numbers() | {config.codes.own_mailbox}
    return (
        bool(number)
        and number in inside
        and not any(one.startswith(number) and one != number for one in inside)
    )


def to_e164(number: str, country: str) -> str | None:
    """Return a number in E.164 form; None for what no plan has."""
    number = _UNSAID.sub("", number)
    if not _DIALLABLE.fullmatch(number):
        return None
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def as_dialled(e164: str, country: str, *, national: bool) -> str:
    """Return an E.164 number as a line needs it: as it is, or as a national subscriber dials."""
    if not national:
        return e164
    parsed = phonenumbers.parse(e164, None)
    text: str = phonenumbers.format_out_of_country_calling_number(parsed, country)
    return re.sub(r"[^0-9*#]", "", text)
