"""What a line is and how it fares, as its card tells it."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from firmware.contract.message import LineId, Message
from firmware.contract.texts import Text


class Audio(StrEnum):
    """What the line's sound path can do; routing never bridges anything but FULL."""

    FULL = "full"
    HALF = "half"
    NONE = "none"


class Ability(StrEnum):
    PLACE = "place"  # calls out to the network
    RECEIVE = "receive"  # is called by the network
    PHONE = "phone"  # a phone of ours hangs on it: alert-call, off hook
    SMS = "sms"


class Health(StrEnum):
    STARTING = "starting"
    READY = "ready"
    NO_SERVICE = "no-service"  # the device is fine, the network is not there
    NEEDS_ATTENTION = "needs-attention"  # a person must act: PIN, no SIM, no voice
    RECOVERING = "recovering"  # the device stopped answering and is being reset
    ABSENT = "absent"  # configured, but not plugged in
    UNASSIGNED = "unassigned"  # plugged in, but no line of the configuration


class LineState(Message):
    """One line as of now. `why` words any health but READY."""

    line_id: LineId
    driver: str
    health: Health
    why: Text | None = None
    capacity: Annotated[int, Field(ge=1, le=64)] = 1
    audio: Audio = Audio.FULL
    abilities: frozenset[Ability] = frozenset()
    identity: dict[str, str] = {}
    """What names the device: imei, iccid, model, firmware, serial, port, operator, number."""
    signal_dbm: int | None = None
