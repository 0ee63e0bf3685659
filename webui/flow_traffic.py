"""How many callers took each exit, counted from the stories of their calls."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Final, TypeAlias

from pydantic import BaseModel

from firmware.config.flows import GoTo
from firmware.config.model import Config
from firmware.contract.texts import Text

Spot: TypeAlias = tuple[str, str]
TOLD_BY: Final[Mapping[str, str]] = {
    "ivr.no-key": "timeout",
    "ivr.value-holds": "yes",
    "ivr.value-differs": "no",
    "ivr.human": "next",
    "ivr.not-human": "failed",
    "ivr.asks-web": "failed",
    "ivr.web-answered": "next",
}
"""Step -> the exit it speaks for, where several lead to the same node; the last one counts."""


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
    told = "timeout"
    for step in story:
        if step.code == "ivr.keys":
            told = f"keys.{step.args.get('keys', '')}"
        elif step.code in TOLD_BY:
            told = TOLD_BY[step.code]
        elif step.code == "ivr.node":
            to = (str(step.args.get("flow")), str(step.args.get("node")))
            exit_name = _exit_between(here, to, told, config) if here else None
            if here is not None and exit_name is not None:
                taken.add((*here, exit_name))
            here, told = to, "timeout"
    return taken


def _exit_between(here: Spot, to: Spot, told: str, config: Config) -> str | None:
    """Return the exit that leads from one node to the other; `told` where several do."""
    flow = config.flows.get(here[0])
    node = flow.nodes.get(here[1]) if flow else None
    if node is None:
        return None
    if isinstance(node, GoTo):
        return "flow"
    leading = [name for name, target in node.exits().items() if (here[0], target) == to]
    return told if told in leading else next(iter(leading), None)
