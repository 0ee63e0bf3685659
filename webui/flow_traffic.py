"""How many callers took each exit, counted from the stories of their calls."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

from pydantic import BaseModel

from firmware.config.flows import GoTo
from firmware.config.model import Config
from firmware.contract.texts import Text

Spot: TypeAlias = tuple[str, str]


class ExitCount(BaseModel):
    flow: str
    node: str
    exit: str
    callers: int


def exit_counts(steps: Iterable[tuple[str, Text]], config: Config) -> list[ExitCount]:
    """Return the counts of exits as they are now; `steps` are (call, step) in order."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for _, of_call in groupby(steps, key=itemgetter(0)):
        counted.update(_exits_taken([step for _, step in of_call], config))
    return [
        ExitCount(flow=flow, node=node, exit=taken, callers=callers)
        for (flow, node, taken), callers in sorted(counted.items())
    ]


def _exits_taken(story: list[Text], config: Config) -> set[tuple[str, str, str]]:
    """Return each exit once, however often the caller came by."""
    taken: set[tuple[str, str, str]] = set()
    here: Spot | None = None
    pressed = ""
    for step in story:
        if step.code == "ivr.keys":
            pressed = str(step.args.get("keys", ""))
        elif step.code == "ivr.no-key":
            pressed = ""
        elif step.code == "ivr.node":
            to = (str(step.args.get("flow")), str(step.args.get("node")))
            exit_name = _exit_between(here, to, pressed, config) if here else None
            if here is not None and exit_name is not None:
                taken.add((*here, exit_name))
            here, pressed = to, ""
    return taken


def _exit_between(here: Spot, to: Spot, pressed: str, config: Config) -> str | None:
    """Return the exit that leads from one node to the other; where several do, the key tells."""
    flow = config.flows.get(here[0])
    node = flow.nodes.get(here[1]) if flow else None
    if node is None:
        return None
    if isinstance(node, GoTo):
        return "flow"
    leading = [name for name, target in node.exits().items() if (here[0], target) == to]
    wanted = f"keys.{pressed}" if pressed else "timeout"
    return wanted if wanted in leading else next(iter(leading), None)
