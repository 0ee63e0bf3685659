"""Requests that no page of ours would make, drawn from the API's own description with a seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]

HOSTILE: Final[tuple[Any, ...]] = (
    None, True, -1, 2**63, 1e308, "", "\x00", "\n", "../../etc/passwd", "=1+1", "%00", "'; --",
    "<script>", "😀" * 40, "é", "9" * 400, "\u202e", "1e9", [], [[]], {}, {"": ""}, {"a": None},
    "\ud800", "01JD0000000000000000000009", "gsm-1",
)  # fmt: skip
METHODS: Final = ("get", "post", "put", "delete", "patch")
DEEPEST: Final = 6
"""Of how many parts a drawn value is replaced by something hostile: one in this many."""
ONE_IN: Final = 4


@dataclass(frozen=True)
class Wrong:
    method: str
    path: str
    query: dict[str, str]
    body: Any


def wrong_requests(description: Json, seed: int, each: int) -> Iterator[Wrong]:
    """Yield `each` requests for every operation of the description."""
    rng = random.Random(seed)
    for path, operations in description["paths"].items():
        for method in METHODS:
            if method in operations:
                for _ in range(each):
                    yield _wrong(description, path, method, operations[method], rng)


def _wrong(description: Json, path: str, method: str, operation: Json, rng: random.Random) -> Wrong:
    query = {}
    for parameter in operation.get("parameters", []):
        value = _text(_value(description, parameter["schema"], rng, 0))
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", value)
        elif parameter["in"] == "query" and rng.random() < 0.7:
            query[parameter["name"]] = value
    contents = operation.get("requestBody", {}).get("content", {})
    schema = next((one["schema"] for one in contents.values()), None)
    body = None if schema is None else _value(description, schema, rng, 0)
    return Wrong(method.upper(), path, query, body)


def _value(description: Json, schema: Json, rng: random.Random, depth: int) -> Any:
    if rng.randrange(ONE_IN + depth) == 0 or depth > DEEPEST:
        return rng.choice(HOSTILE)
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _value(description, description["components"]["schemas"][name], rng, depth)
    choices = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if choices:
        return _value(description, rng.choice(choices), rng, depth)
    if "const" in schema or "enum" in schema:
        return rng.choice(schema.get("enum", [schema.get("const")]))
    return _plain(description, schema, rng, depth)


def _plain(description: Json, schema: Json, rng: random.Random, depth: int) -> Any:
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {}).items()
            return {
                name: _value(description, field, rng, depth + 1)
                for name, field in fields
                if rng.random() < 0.9
            }
        case "array":
            item = schema.get("items", {})
            return [_value(description, item, rng, depth + 1) for _ in range(rng.randrange(3))]
        case "integer" | "number":
            return rng.choice((0, 1, 2, 60, 10**12))
        case "boolean":
            return rng.random() < 0.5
        case _:
            return rng.choice(("101", "gsm-1", "welcome", "+441632960011", "a", "x" * 30))


def _text(value: Any) -> str:
    return str(value).replace("/", "%2F").replace("?", "%3F").replace("#", "%23")
