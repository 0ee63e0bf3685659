"""Chapters [[extensions]] and [[groups]]: whom a caller can reach inside the office.

An extension is not a line: it has devices, each on some line, or a mobile outside.
"""

from typing import Annotated

from pydantic import Field

from firmware.config.chapter import Chapter, ExtensionId, Label, Name, OutsideNumber
from firmware.contract.message import LineId


class Extension(Chapter):
    id: ExtensionId
    name: Label
    devices: tuple[LineId, ...] = ()
    """Lines with a phone; all of them ring."""
    mobile: OutsideNumber | None = None
    """Rung together with the devices, over a line of the office."""
    ring_s: Annotated[int, Field(ge=5, le=180)] = 20
    may_dial: Name | None = None
    """Its class of [[dial_classes]]; None is the default class of [toll_guard]."""
    dial_pin: Annotated[str | None, Field(pattern=r"^[0-9]{4,12}$")] = None
    """Asked for before a call out; kept in secrets.toml."""
    voicemail: Name | None = None
    """The mailbox that takes over when nobody answers."""
    record: bool = False
    """Record calls with this extension (the announcement is played first)."""


class RingGroup(Chapter):
    """Extensions that ring together; the first to answer has the call."""

    id: Name
    name: Label = ""
    extension: ExtensionId | None = None
    """The number our own phones dial to ring the group."""
    extensions: Annotated[tuple[ExtensionId, ...], Field(min_length=1, max_length=50)]
    ring_s: Annotated[int, Field(ge=5, le=180)] = 30
    voicemail: Name | None = None
