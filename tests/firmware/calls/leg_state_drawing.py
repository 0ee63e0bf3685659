"""Draws docs/leg-states.md from the leg's table.

`python -m tests.firmware.calls.leg_state_drawing` writes the page; a test fails
when it is not current.
"""

from itertools import groupby
from pathlib import Path
from typing import Final

from firmware.calls.leg_state import TRANSITIONS
from firmware.contract.leg_state import LegState
from firmware.contract.message import LegMessage

PAGE: Final = Path(__file__).parents[3] / "docs" / "leg-states.md"
_HEAD: Final = """# The states of a leg

Drawn from `firmware/calls/leg_state.py` by `python -m tests.firmware.calls.leg_state_drawing`.
A test fails when it is not current.
States have their Q.931 names (user side).
What is neither drawn nor listed is refused, and nothing has changed.

"""
_STAYS: Final = """
## What leaves the state as it is

| in | messages |
| --- | --- |
"""


def drawing() -> str:
    """Return the page: a picture of the steps from state to state, and a table of the others."""
    picture = ["```mermaid", "stateDiagram-v2"]
    picture += [f"    {_name(state)} : {state.value}" for state in LegState]
    picture += [arrow for state in LegState for arrow in _arrows(state)]
    stays = [f"| {state.value} | {_staying(state)} |" for state in LegState if _staying(state)]
    return _HEAD + "\n".join([*picture, "```"]) + "\n" + _STAYS + "\n".join(stays) + "\n"


def _arrows(state: LegState) -> list[str]:
    steps = [(after, _kind(what)) for what, after in TRANSITIONS[state].items() if after != state]
    steps.sort()
    return [
        f"    {_name(state)} --> {_name(after)} : {', '.join(kind for _, kind in same)}"
        for after, same in groupby(steps, key=lambda step: step[0])
    ]


def _staying(state: LegState) -> str:
    return ", ".join(_kind(what) for what, after in TRANSITIONS[state].items() if after == state)


def _name(state: LegState) -> str:
    return state.value.replace("-", "_")


def _kind(message: type[LegMessage]) -> str:
    return str(message.model_fields["kind"].default)


if __name__ == "__main__":
    PAGE.write_text(drawing(), "utf-8")
