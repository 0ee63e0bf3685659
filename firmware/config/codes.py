"""Chapter [codes]: what people key in on a phone to switch something, take a call or ask the box.

Every code may be changed, or switched off with "". What a code does is one
sentence, `code.NAME` with dashes in the place of underscores.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, TypeAlias

from pydantic import Field

from firmware.config.chapter import Chapter

Keys: TypeAlias = Annotated[str, Field(pattern=r"^([0-9*#]{2,8})?$", examples=["*78"])]
PARKING_PLACES: Final = 9
"""One key names a place."""


class Code(StrEnum):
    """Each is a key of [codes]."""

    OWN_MAILBOX = "own_mailbox"
    ANY_MAILBOX = "any_mailbox"
    DO_NOT_DISTURB_ON = "do_not_disturb_on"
    DO_NOT_DISTURB_OFF = "do_not_disturb_off"
    FORWARD_ALWAYS = "forward_always"
    FORWARD_ALWAYS_OFF = "forward_always_off"
    FORWARD_BUSY = "forward_busy"
    FORWARD_BUSY_OFF = "forward_busy_off"
    FORWARD_NO_ANSWER = "forward_no_answer"
    FORWARD_NO_ANSWER_OFF = "forward_no_answer_off"
    CALL_WAITING_ON = "call_waiting_on"
    CALL_WAITING_OFF = "call_waiting_off"
    PICK_UP = "pick_up"
    PICK_UP_GROUP = "pick_up_group"
    PARK = "park"
    TAKE_PARKED = "take_parked"
    INTERCOM = "intercom"
    PAGE = "page"
    REDIAL = "redial"
    CALL_BACK = "call_back"
    OFFICE_OPEN = "office_open"
    OFFICE_CLOSED = "office_closed"
    OFFICE_BY_HOURS = "office_by_hours"
    CLAIM_CODE = "claim_code"
    BOX_ADDRESS = "box_address"
    BOX_STATE = "box_state"
    OWN_NUMBER = "own_number"
    ECHO_TEST = "echo_test"
    RECORD = "record"
    PAUSE_RECORDING = "pause_recording"
    BUNDLE_TAKE = "bundle_take"
    BUNDLE_RESULT = "bundle_result"


class Takes(StrEnum):
    """What is keyed in behind a code."""

    NOTHING = "nothing"
    INSIDE_NUMBER = "inside-number"
    """An extension's number or a group's."""
    ANY_NUMBER = "any-number"
    """Also one outside, or the code of one's own mailbox."""
    PLACE = "place"
    """A parking place, one key."""


TAKES: Final[Mapping[Code, Takes]] = {
    Code.FORWARD_ALWAYS: Takes.ANY_NUMBER,
    Code.FORWARD_BUSY: Takes.ANY_NUMBER,
    Code.FORWARD_NO_ANSWER: Takes.ANY_NUMBER,
    Code.PICK_UP: Takes.INSIDE_NUMBER,
    Code.TAKE_PARKED: Takes.PLACE,
    Code.INTERCOM: Takes.INSIDE_NUMBER,
    Code.PAGE: Takes.INSIDE_NUMBER,
}
"""Codes that are not here take nothing."""
IN_A_CALL: Final = frozenset({Code.RECORD, Code.PAUSE_RECORDING})
"""Keyed in while talking, never dialled, so they clash with nothing but each other."""


class Codes(Chapter):
    own_mailbox: Keys = "*97"
    any_mailbox: Keys = "*98"
    do_not_disturb_on: Keys = "*78"
    do_not_disturb_off: Keys = "*79"
    forward_always: Keys = "*72"
    forward_always_off: Keys = "*73"
    forward_busy: Keys = "*90"
    forward_busy_off: Keys = "*91"
    forward_no_answer: Keys = "*52"
    forward_no_answer_off: Keys = "*53"
    call_waiting_on: Keys = "*70"
    call_waiting_off: Keys = "*71"
    pick_up: Keys = "**"
    pick_up_group: Keys = "*88"
    park: Keys = "*68"
    take_parked: Keys = "*85"
    intercom: Keys = "*80"
    page: Keys = "*81"
    redial: Keys = "*66"
    call_back: Keys = "*69"
    office_open: Keys = "*27"
    office_closed: Keys = "*28"
    office_by_hours: Keys = "*29"
    claim_code: Keys = "*#0"
    box_address: Keys = "*#1"
    box_state: Keys = "*#2"
    own_number: Keys = "*65"
    bundle_take: Keys = "*#3"
    bundle_result: Keys = "*#4"
    echo_test: Keys = "*43"
    record: Keys = "*1"
    pause_recording: Keys = "*2"
    parking_ring_back_s: Annotated[int, Field(ge=10, le=3600)] = 60
    """A parked call rings back where it was parked after so long."""

    def keys(self, code: Code) -> str:
        """Return what is keyed in for a code; "" when it is switched off."""
        keys: str = getattr(self, code.value)
        return keys

    def dialled(self) -> dict[str, Code]:
        """Return keys -> code, of all codes in use that are dialled."""
        named = ((self.keys(code), code) for code in Code if code not in IN_A_CALL)
        return {keys: code for keys, code in named if keys}


def takes(code: Code) -> Takes:
    return TAKES.get(code, Takes.NOTHING)


def sentence_of(code: Code) -> str:
    """Return the text's code that says what it does."""
    return f"code.{code.value.replace('_', '-')}"
