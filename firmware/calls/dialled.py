"""What somebody meant by the keys they pressed: an emergency, an extension, an outside number."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import phonenumbers

from firmware.config.model import Config

_DIALLABLE: Final = re.compile(r"\+?[0-9*#]{1,32}")
MAILBOX_CODE: Final = "*97"
"""The phone's own messages."""
_UNSAID: Final = re.compile(r"[\s().\-/]")


class Meaning(StrEnum):
    EMERGENCY = "emergency"
    EXTENSION = "extension"
    GROUP = "group"
    FLOW = "flow"
    OUTSIDE = "outside"
    MAILBOX = "mailbox"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Dialled:
    meaning: Meaning
    number: str
    """E.164 for an outside number, otherwise what was dialled."""


def understand(keys: str, config: Config) -> Dialled:
    """Return what `keys` mean in this office; emergency numbers go before everything."""
    plain = _UNSAID.sub("", keys)
    if plain in config.emergency_numbers():
        return Dialled(Meaning.EMERGENCY, plain)
    if config.extension(plain) is not None:
        return Dialled(Meaning.EXTENSION, plain)
    if config.group_numbered(plain) is not None:
        return Dialled(Meaning.GROUP, plain)
    if config.flow_numbered(plain) is not None:
        return Dialled(Meaning.FLOW, plain)
    if plain == MAILBOX_CODE:
        return Dialled(Meaning.MAILBOX, plain)
    e164 = to_e164(plain, config.office.country)
    if e164 is None:
        return Dialled(Meaning.NOTHING, plain)
    return Dialled(Meaning.OUTSIDE, e164)


def is_complete(keys: str, config: Config) -> bool:
    """Whether dialling can stop waiting for more: nothing longer begins with these keys."""
    known = config.emergency_numbers() | config.inside_numbers() | {MAILBOX_CODE}
    return keys in known and not any(one.startswith(keys) and one != keys for one in known)


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
