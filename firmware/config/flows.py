"""Chapter [flows.NAME]: IVR flows as data, one small model per node type.

A node's exits name nodes of the same flow. `flow_check.py` decides whether a
flow may go live; `exits` is what it and the page's editor walk along.
"""

from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from firmware.config.chapter import Chapter, ExtensionId, Name, OutsideNumber
from firmware.config.flow_callback import CallBack
from firmware.config.flow_email import SendEmail
from firmware.config.flow_form import Form
from firmware.config.flow_node import Exit, Key, NodeBase, Retries, Seconds, Variable
from firmware.config.flow_values import CompareValue, ProveHuman, SetValue
from firmware.config.flow_web import AskWeb
from firmware.config.office import Language

MAX_STEPS: Final = 250
"""Nodes of one call; a flow that only goes in circles would never let the caller go."""


class Play(NodeBase):
    """Say something, then go on."""

    exit_fields = ("next",)
    type: Literal["play"]
    prompt: Name
    interruptible: bool = True
    """A key ends the prompt; it is not lost when the next node waits for keys."""
    next: Exit


class Menu(NodeBase):
    """Ask for one key. Silence and wrong keys ask again `retries` times, then leave."""

    type: Literal["menu"]
    prompt: Name
    keys: Annotated[dict[Key, Exit], Field(min_length=1)]
    timeout_s: Seconds = 5.0
    """Silence after the prompt."""
    retries: Retries = 2
    interruptible: bool = True
    invalid_prompt: Name = "invalid"
    dial_extension: bool = False
    """Several keys that make an extension's number connect to it, too."""
    timeout: Exit
    invalid: Exit

    def exits(self) -> dict[str, str]:
        keys = {f"keys.{key}": node for key, node in self.keys.items()}
        return keys | {"timeout": self.timeout, "invalid": self.invalid}


class Collect(NodeBase):
    """Ask for digits and keep them in a variable of the call."""

    exit_fields = ("next", "timeout", "invalid")
    type: Literal["collect"]
    prompt: Name
    variable: Variable
    min_digits: Annotated[int, Field(ge=1, le=32)] = 1
    max_digits: Annotated[int, Field(ge=1, le=32)] = 16
    terminator: Literal["#", "*", ""] = "#"
    timeout_s: Seconds = 5.0
    """Silence after the prompt or the last digit."""
    retries: Retries = 2
    invalid_prompt: Name = "invalid"
    secret: bool = False
    """The digits stand in no log, event or record, and the recording pauses."""
    next: Exit
    timeout: Exit
    invalid: Exit

    @model_validator(mode="after")
    def room_for_digits(self) -> Self:
        if self.min_digits > self.max_digits:
            raise PydanticCustomError("config.min-over-max", "min_digits is above max_digits")
        return self

    def keeps(self) -> tuple[str, ...]:
        return (self.variable,)


class Hours(NodeBase):
    exit_fields = ("open", "closed")
    type: Literal["hours"]
    timetable: Name
    open: Exit
    closed: Exit


class ChooseLanguage(NodeBase):
    """The rest of the call is in this language."""

    exit_fields = ("next",)
    type: Literal["language"]
    language: Language
    next: Exit


class Connect(NodeBase):
    """Ring somebody: extensions, a group or an outside number; the first to answer has the call."""

    exit_fields = ("no_answer", "busy")
    type: Literal["connect"]
    extensions: tuple[ExtensionId, ...] = ()
    group: Name | None = None
    number: OutsideNumber | None = None
    ring_s: Annotated[int | None, Field(ge=5, le=180)] = None
    """None takes the extension's, the group's or 30 s."""
    music: Name | None = None
    """Prompt the caller hears meanwhile, again and again; None is the country's ringback."""
    no_answer: Exit | None = None
    """None goes to the voicemail of the extension or group, or says nobody-available."""
    busy: Exit | None = None
    """All busy, out of order or not allowed; None does as `no_answer`."""

    @model_validator(mode="after")
    def exactly_one(self) -> Self:
        if sum((bool(self.extensions), self.group is not None, self.number is not None)) != 1:
            raise PydanticCustomError("config.one-to-connect", "exactly one to connect to")
        return self


class TakeMessage(NodeBase):
    exit_fields = ("next",)
    type: Literal["voicemail"]
    mailbox: Name
    greeting: Name | None = None
    """None is the mailbox's own."""
    max_s: Annotated[int | None, Field(ge=5, le=900)] = None
    """None is the mailbox's own."""
    end_silence_s: Annotated[int, Field(ge=2, le=30)] = 5
    end_key: Literal["#", "*", ""] = "#"
    notify: bool = True
    next: Exit | None = None
    """None says goodbye and clears."""


class GoTo(NodeBase):
    """Go on at the start of another flow, or at one of its nodes."""

    type: Literal["goto"]
    flow: Name
    node: Name | None = None


class HangUp(NodeBase):
    type: Literal["hangup"]
    prompt: Name | None = None
    """Said before."""


Node: TypeAlias = Annotated[
    Play
    | Menu
    | Collect
    | Form
    | Hours
    | ChooseLanguage
    | SetValue
    | CompareValue
    | AskWeb
    | ProveHuman
    | Connect
    | TakeMessage
    | CallBack
    | SendEmail
    | GoTo
    | HangUp,
    Field(discriminator="type"),
]


class Flow(Chapter):
    start: Exit
    extension: ExtensionId | None = None
    """The number our own phones dial to hear this flow."""
    nodes: Annotated[dict[Name, Node], Field(min_length=1, max_length=500)]
