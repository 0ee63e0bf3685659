"""How a leg speaks to its card and to the switch; the exchange lays these wires."""

from dataclasses import dataclass
from typing import Protocol

from firmware.contract.line_state import Audio
from firmware.contract.message import LineId
from firmware.contract.messages import Command
from firmware.contract.settings import LearnedTone
from firmware.contract.switching import Order


class Wires(Protocol):
    """Neither waits; what cannot be delivered is dropped, and the card's or switch's return
    (hello) sets things right."""

    def tell_card(self, line_id: LineId, command: Command) -> None: ...

    def tell_switch(self, order: Order) -> None: ...


@dataclass(frozen=True, slots=True)
class Terminal:
    """What a leg must know of the line it is on."""

    line_id: LineId
    span: str | None
    """The card's share of the highway; None for a line without sound."""
    audio: Audio
    country: str
    hangup_tone: LearnedTone | None = None
    listens_for_tones: bool = True
    """Whether the network tells the end of a call by tones only (an analogue line)."""
