"""Chapters [[extensions]] and [[groups]]: whom a caller can reach inside the office.

An extension is not a line: it has devices, each on some line, or a mobile outside.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from firmware.config.chapter import Chapter, ExtensionId, Label, Name, OutsideNumber
from firmware.config.codes import Code
from firmware.config.office import Language
from firmware.contract.message import LineId


class Strategy(StrEnum):
    """How several are rung."""

    ALL = "all"
    IN_ORDER = "in-order"


class Extension(Chapter):
    id: ExtensionId
    name: Label
    devices: tuple[LineId, ...] = ()
    """Lines with a phone."""
    mobile: OutsideNumber | None = None
    """Rung with the devices (or, in order, after them), over a line of the office."""
    confirm: bool = True
    """Who answers the mobile presses 1 to take the call, so that its voicemail never has it."""
    confirm_s: Annotated[int, Field(ge=5, le=60)] = 15
    strategy: Strategy = Strategy.ALL
    ring_s: Annotated[int, Field(ge=5, le=180)] = 20
    """In order: each of them so long."""
    call_waiting: bool = True
    """Rings although it talks, where a device can; switched by code or page, too."""
    language: Language | None = None
    """What this extension is spoken to in; None is the office's first."""
    blocked_codes: tuple[Code, ...] = ()
    """Codes this extension may not use."""
    may_dial: Name | None = None
    """Its class of [[dial_classes]]; None is the default class of [toll_guard]."""
    dial_pin: Annotated[str | None, Field(pattern=r"^[0-9]{4,12}$")] = None
    """Asked for before a call out; kept in secrets.toml."""
    voicemail: Name | None = None
    """The mailbox that takes over when nobody answers."""
    record: bool = False
    """Record calls with this extension (the announcement is played first)."""


class RingGroup(Chapter):
    """Extensions that ring together or in order; the first to answer has the call."""

    id: Name
    name: Label = ""
    extension: ExtensionId | None = None
    """The number our own phones dial to ring the group."""
    extensions: Annotated[tuple[ExtensionId, ...], Field(min_length=1, max_length=50)]
    strategy: Strategy = Strategy.ALL
    ring_s: Annotated[int, Field(ge=5, le=180)] = 30
    """In order: each of them so long."""
    voicemail: Name | None = None
