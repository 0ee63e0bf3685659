"""Forms of the flow editor, made from the JSON schema of the node models.

A new kind of node gets its form by having a model; only what a name refers to (a prompt,
a timetable …) the schema cannot say, so the field's own name says it.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, Final, get_args

from pydantic import BaseModel, JsonValue

from firmware.config.flows import Node


class FieldKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    YES_NO = "yes-no"
    CHOICE = "choice"
    KEYS = "keys"
    """Keys of the phone, each with the node it leads to."""
    NODE = "node"
    PROMPT = "prompt"
    TIMETABLE = "timetable"
    MAILBOX = "mailbox"
    GROUP = "group"
    EXTENSIONS = "extensions"
    FLOW = "flow"
    QUESTIONS = "questions"
    """A list of questions, each with a name, a prompt and how it is answered."""
    TEXTS = "texts"
    """Anything else that is a list or a table of texts."""


class FieldForm(BaseModel):
    """How one field of a node is asked for."""

    name: str
    kind: FieldKind
    required: bool
    default: JsonValue = None
    least: float | None = None
    most: float | None = None
    choices: list[str] = []


class NodeForm(BaseModel):
    type: str
    fields: list[FieldForm]
    exits: list[str]
    """Fields that lead on, those named by keys left out."""


REFERS: Final[Mapping[str, FieldKind]] = {
    "prompt": FieldKind.PROMPT,
    "invalid_prompt": FieldKind.PROMPT,
    "greeting": FieldKind.PROMPT,
    "music": FieldKind.PROMPT,
    "timetable": FieldKind.TIMETABLE,
    "mailbox": FieldKind.MAILBOX,
    "group": FieldKind.GROUP,
    "extensions": FieldKind.EXTENSIONS,
    "flow": FieldKind.FLOW,
    "questions": FieldKind.QUESTIONS,
}
PLAIN: Final[Mapping[str, FieldKind]] = {
    "boolean": FieldKind.YES_NO,
    "integer": FieldKind.WHOLE,
    "number": FieldKind.NUMBER,
    "array": FieldKind.TEXTS,
    "object": FieldKind.TEXTS,
}


@cache
def node_forms() -> tuple[NodeForm, ...]:
    """Return a form per kind of node, in the order of the models."""
    return tuple(_form(model) for model in get_args(get_args(Node)[0]))


def _form(model: type[BaseModel]) -> NodeForm:
    schema = model.model_json_schema()
    fields = list(_fields(schema))
    # A node named in another flow (goto) is no exit of this one.
    exits = [
        one.name
        for one in fields
        if one.kind is FieldKind.NODE and "flow" not in schema["properties"]
    ]
    return NodeForm(type=schema["properties"]["type"]["const"], fields=fields, exits=exits)


def _fields(schema: Mapping[str, Any]) -> Iterator[FieldForm]:
    required = schema.get("required", ())
    for name, stated in schema["properties"].items():
        if name == "type":
            continue
        said = _resolved(stated, schema.get("$defs", {}))
        yield FieldForm(
            name=name,
            kind=_kind(name, said),
            required=name in required,
            default=stated.get("default"),
            least=said.get("minimum"),
            most=said.get("maximum", said.get("maxLength")),
            choices=said.get("enum", []),
        )


def _resolved(stated: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a field's schema says apart from that it may be left out."""
    if "$ref" in stated:
        return _resolved(definitions[stated["$ref"].rpartition("/")[2]], definitions)
    some = [one for one in stated.get("anyOf", ()) if one.get("type") != "null"]
    return _resolved(some[0], definitions) if some else stated


def _kind(name: str, said: Mapping[str, Any]) -> FieldKind:
    if said.get("names") == "node" or name == "node":
        return FieldKind.NODE
    if _leads_on(said):
        return FieldKind.KEYS
    if name in REFERS:
        return REFERS[name]
    if "enum" in said:
        return FieldKind.CHOICE
    return PLAIN.get(said.get("type", ""), FieldKind.TEXT)


def _leads_on(said: Mapping[str, Any]) -> bool:
    """Whether this is a table whose values name nodes."""
    return any(one.get("names") == "node" for one in said.get("patternProperties", {}).values())
