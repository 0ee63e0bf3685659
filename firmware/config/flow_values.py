"""Nodes about values of the call: set one, test one, and prove that the caller is human."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from pydantic import Field

from firmware.config.chapter import Name
from firmware.config.flow_node import Exit, Filled, NodeBase, Retries, Seconds, Variable, places


class SetValue(NodeBase):
    """Keep a value under a name, for later steps of the call."""

    exit_fields = ("next",)
    type: Literal["set"]
    variable: Variable
    value: Filled = ""
    next: Exit

    def keeps(self) -> tuple[str, ...]:
        return (self.variable,)

    def uses(self) -> dict[str, tuple[str, ...]]:
        return {"value": places(self.value)}


class CompareValue(NodeBase):
    """One way when a value is as stated, another when not."""

    exit_fields = ("yes", "no")
    type: Literal["test"]
    variable: Variable
    compare: Literal["equals", "begins", "contains", "at-least", "at-most", "empty"] = "equals"
    value: Annotated[str, Field(max_length=100)] = ""
    yes: Exit
    no: Exit

    def uses(self) -> dict[str, tuple[str, ...]]:
        return {"variable": (self.variable,)}

    def holds(self, found: str) -> bool:
        """Whether the value of the call is as stated; capital letters and spaces around count not.

        What is no number is neither at least nor at most another.
        """
        found, wanted = found.strip().casefold(), self.value.strip().casefold()
        match self.compare:
            case "equals":
                return found == wanted
            case "begins":
                return found.startswith(wanted)
            case "contains":
                return wanted in found
            case "empty":
                return not found
            case "at-least" | "at-most":
                return _in_order(found, wanted, up=self.compare == "at-most")


class ProveHuman(NodeBase):
    """Say a key the caller is to press, another one each time: a machine presses none."""

    exit_fields = ("next", "failed")
    type: Literal["human"]
    prompt: Name = "press-this-key"
    """Said before the key."""
    timeout_s: Seconds = 5.0
    """Silence after the key was said."""
    retries: Retries = 2
    next: Exit
    failed: Exit


def _in_order(found: str, wanted: str, *, up: bool) -> bool:
    try:
        one, other = Decimal(found), Decimal(wanted)
    except InvalidOperation:
        return False
    if one.is_nan() or other.is_nan():
        return False
    return one <= other if up else one >= other
