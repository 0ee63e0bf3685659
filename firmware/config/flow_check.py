"""Decides whether the flows may go live: a caller must never be lost in one.

Every exit leads somewhere, every prompt exists in every language in use, every
node can be reached, and no loop holds a caller for ever. That a menu has its
timeout and invalid paths is demanded by its model already.
"""

from collections.abc import Iterator
from typing import Final, TypeAlias

from firmware.config.fault import Fault
from firmware.config.flow_callback import CallBack
from firmware.config.flow_email import SendEmail
from firmware.config.flow_node import GIVEN
from firmware.config.flow_values import CompareValue, SetValue
from firmware.config.flow_web import AskWeb
from firmware.config.flows import (
    ChooseLanguage,
    Connect,
    Flow,
    GoTo,
    HangUp,
    Hours,
    Node,
    Play,
    TakeMessage,
)
from firmware.config.model import Config
from firmware.config.references import missing, prompt_faults
from firmware.config.toml_places import Path

Spot: TypeAlias = tuple[str, str]
"""A flow and a node in it."""
PASSES_BY_ITSELF: Final = (
    *(Play, Hours, ChooseLanguage, GoTo),
    *(SetValue, CompareValue, AskWeb, CallBack, SendEmail),
)
"""Nodes that go on without the caller doing anything; a loop of only these never ends."""

_TORN: Final = ("config.no-such-node", "config.no-such-flow")


def flow_faults(config: Config) -> Iterator[Fault]:
    torn = False
    for name, flow in config.flows.items():
        here: Path = ("flows", name)
        faults = [*missing("node", (flow.start,), flow.nodes, (*here, "start"))]
        for node_name, node in flow.nodes.items():
            faults += _node(config, flow, node, (*here, "nodes", node_name))
        torn = torn or any(fault.code in _TORN for fault in faults)
        yield from faults
    yield from _values(config)
    if not torn:  # with exits that lead nowhere the rest would be consequences, not faults
        ways = {spot: tuple(_ways(config, spot)) for spot in _spots(config)}
        yield from _unreachable(config, ways)
        yield from _endless(config, ways)


def _spots(config: Config) -> Iterator[Spot]:
    return ((name, node) for name, flow in config.flows.items() for node in flow.nodes)


def _node(config: Config, flow: Flow, node: Node, here: Path) -> Iterator[Fault]:
    for exit_name, to in node.exits().items():
        yield from missing("node", (to,), flow.nodes, (*here, *exit_name.split(".")))
    for key, prompt in node.prompts().items():
        yield from prompt_faults(config, (*here, *_path(key)), prompt)
    if isinstance(node, Hours | CallBack):
        names = config.timetables
        yield from missing("timetable", (node.timetable,), names, (*here, "timetable"))
    if isinstance(node, Connect | CallBack):
        yield from _people(config, node, here)
    yield from _targets(config, node, here)


def _targets(config: Config, node: Node, here: Path) -> Iterator[Fault]:
    match node:
        case TakeMessage():
            boxes = {box.id for box in config.mailboxes}
            yield from missing("mailbox", (node.mailbox,), boxes, (*here, "mailbox"))
        case GoTo():
            yield from _goto(config, node, here)
        case ChooseLanguage() if node.language not in config.office.languages:
            allowed = ", ".join(config.office.languages)
            args = {"value": node.language, "allowed": allowed}
            yield Fault("config.language-not-in-use", (*here, "language"), args)
        case _:
            pass


def _path(key: str) -> Path:
    """Return the path of a key such as questions.0.prompt."""
    return tuple(int(part) if part.isdecimal() else part for part in key.split("."))


def _values(config: Config) -> Iterator[Fault]:
    """Yield what is used as a value of the call but given by no step of any flow."""
    spots = [(spot, config.flows[spot[0]].nodes[spot[1]]) for spot in _spots(config)]
    known = {*GIVEN, *(name for _, node in spots for name in node.keeps())}
    for (flow, name), node in spots:
        for key, used in node.uses().items():
            yield from missing("value", used, known, ("flows", flow, "nodes", name, key))


def _people(config: Config, node: Connect | CallBack, here: Path) -> Iterator[Fault]:
    extensions = {extension.id for extension in config.extensions}
    groups = {group.id for group in config.groups}
    yield from missing("extension", node.extensions, extensions, (*here, "extensions"))
    if node.group is not None:
        yield from missing("group", (node.group,), groups, (*here, "group"))


def _goto(config: Config, node: GoTo, here: Path) -> Iterator[Fault]:
    yield from missing("flow", (node.flow,), config.flows, (*here, "flow"))
    flow = config.flows.get(node.flow)
    if flow is not None and node.node is not None:
        yield from missing("node", (node.node,), flow.nodes, (*here, "node"))


def _ways(config: Config, spot: Spot) -> Iterator[Spot]:
    """Yield where a call may go from here."""
    flow_name, node_name = spot
    node = config.flows[flow_name].nodes[node_name]
    if isinstance(node, GoTo):
        yield node.flow, node.node or config.flows[node.flow].start
    for to in node.exits().values():
        yield flow_name, to


def _unreachable(config: Config, ways: dict[Spot, tuple[Spot, ...]]) -> Iterator[Fault]:
    reached: set[Spot] = set()
    open_spots = [(name, flow.start) for name, flow in config.flows.items()]
    while open_spots:
        spot = open_spots.pop()
        if spot not in reached:
            reached.add(spot)
            open_spots.extend(ways[spot])
    for flow, node in ways:
        if (flow, node) not in reached:
            yield Fault("config.node-unreachable", ("flows", flow, "nodes", node), {"value": node})


def _endless(config: Config, ways: dict[Spot, tuple[Spot, ...]]) -> Iterator[Fault]:
    """Yield nodes from which no path reaches an end, and loops that turn by themselves."""
    ending = {spot for spot in ways if _can_end(config.flows[spot[0]].nodes[spot[1]])}
    grew = True
    while grew:
        more = {spot for spot, to in ways.items() if spot not in ending and ending & set(to)}
        grew = bool(more)
        ending |= more
    for flow, node in ways:
        path: Path = ("flows", flow, "nodes", node)
        if (flow, node) not in ending:
            yield Fault("config.no-way-out", path, {"value": node})
        elif _turns_by_itself(config, ways, (flow, node)):
            yield Fault("config.loop-without-caller", path, {"value": node})


def _can_end(node: Node) -> bool:
    """Whether a call may be over here: cleared, connected, or a message left."""
    return isinstance(node, HangUp | Connect | TakeMessage)


def _turns_by_itself(config: Config, ways: dict[Spot, tuple[Spot, ...]], start: Spot) -> bool:
    """Whether the call comes back to `start` through nodes that ask nobody anything."""
    seen: set[Spot] = set()
    open_spots = [start]
    while open_spots:
        spot = open_spots.pop()
        if spot in seen or not isinstance(config.flows[spot[0]].nodes[spot[1]], PASSES_BY_ITSELF):
            continue
        seen.add(spot)
        if start in ways[spot]:
            return True
        open_spots.extend(ways[spot])
    return False
