"""Flows and prompts changed in the text of tipring.toml; nodes nobody touched keep their lines.

Comments survive, also those inside a flow that changed. A flow that somebody wrote in a
form of their own (all in braces) is written anew, under headers, when it changes.
"""

import tomllib
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from firmware.config.tables import TablePath, put_deep, remove_deep
from firmware.contract.errors import ConfigurationRefused, RequestRefused
from firmware.contract.texts import Text

Tables: TypeAlias = Mapping[str, Mapping[str, Any]]
Put: TypeAlias = Callable[[str, TablePath, Mapping[str, Any]], str]
NODES: Final = "nodes"


def with_flows(text: str, flows: Tables, prompts: Tables) -> str:
    """Return `text` with exactly these flows and prompts.

    `text` must be valid TOML. Raises ConfigurationRefused when a node is no table, and
    RequestRefused when either chapter has no lines of its own to change.
    """
    _refuse_other_than_tables(flows)
    text = _chapter(text, "flows", flows, _put_flow)
    return _chapter(text, "prompts", prompts, put_deep)


def _refuse_other_than_tables(flows: Tables) -> None:
    for name, flow in flows.items():
        nodes = flow.get(NODES, {})
        tables = {f"flows.{name}.{NODES}": nodes}
        if isinstance(nodes, Mapping):
            tables |= {f"flows.{name}.{NODES}.{one}": node for one, node in nodes.items()}
        for key, table in tables.items():
            if not isinstance(table, Mapping):
                raise ConfigurationRefused((Text(code="config.not-a-table", args={"key": key}),))


def _chapter(text: str, chapter: str, wanted: Tables, put: Put) -> str:
    there = tomllib.loads(text).get(chapter, {})
    for name in there.keys() - wanted.keys():
        text = remove_deep(text, (chapter, name))
    for name, table in wanted.items():
        if there.get(name) != table:
            text = _exactly(text, (chapter, name), table, put)
    if tomllib.loads(text).get(chapter, {}) != wanted:
        raise RequestRefused("config.chapter-in-one-value", chapter=chapter)
    return text


def _exactly(text: str, path: TablePath, table: Mapping[str, Any], put: Put) -> str:
    """Return `text` with the table; written anew where changing its lines does not do."""
    try:
        changed = put(text, path, table)
        if _at(tomllib.loads(changed), path) == table:
            return changed
    except tomllib.TOMLDecodeError:
        pass  # two forms of one table in one file: only writing it anew helps
    return put(remove_deep(text, path), path, table)


def _put_flow(text: str, path: TablePath, flow: Mapping[str, Any]) -> str:
    own = {key: value for key, value in flow.items() if key != NODES}
    text = put_deep(text, path, own, leave=frozenset({NODES}))
    before, nodes = _at(tomllib.loads(text), (*path, NODES)) or {}, flow.get(NODES) or {}
    for name in before.keys() - nodes.keys():
        text = remove_deep(text, (*path, NODES, name))
    for name, node in nodes.items():
        if before.get(name) != node:
            text = put_deep(text, (*path, NODES, name), node)
    return text


def _at(data: Any, path: TablePath) -> Any:
    for part in path:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data
