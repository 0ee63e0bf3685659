"""Values that a JSON schema allows, for messages nobody would have thought of."""

from datetime import UTC, datetime
from typing import Any, Final

from hypothesis import strategies as st

Schema = dict[str, Any]
Values = st.SearchStrategy[Any]

_NAMES: Final = st.text(st.characters(codec="utf-8"), max_size=8)
_ANY_JSON: Final = st.none() | st.booleans() | st.integers() | _NAMES | st.lists(_NAMES, max_size=2)


def values(schema: Schema, definitions: Schema) -> Values:
    """Return a strategy for `schema`; its references stand in `definitions`."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        return _ANY_JSON if name == "JsonValue" else values(definitions[name], definitions)
    for any_of in ("anyOf", "oneOf"):
        if any_of in schema:
            return st.one_of([values(one, definitions) for one in schema[any_of]])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return _typed(schema, definitions)


def _typed(schema: Schema, definitions: Schema) -> Values:
    match schema.get("type"):
        case "string":
            return _strings(schema)
        case "integer":
            return _integers(schema)
        case "number":
            low, high = schema.get("minimum"), schema.get("maximum")
            return st.floats(low, high, allow_nan=False, allow_infinity=False)
        case "array":
            return _arrays(schema, definitions)
        case "object":
            return _objects(schema, definitions)
        case simple:
            return {"boolean": st.booleans(), "null": st.none(), None: _ANY_JSON}[simple]


def _integers(schema: Schema) -> Values:
    below = schema.get("exclusiveMaximum")
    most = schema.get("maximum") if below is None else below - 1
    return st.integers(schema.get("minimum"), most)


def _strings(schema: Schema) -> Values:
    if schema.get("format") == "date-time":
        return st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
    if schema.get("format") == "local-date-time":
        first, last = (datetime.fromisoformat(schema[f"format{end}imum"]) for end in ("Min", "Max"))
        return st.datetimes(first, last).map(datetime.isoformat)
    if "pattern" in schema:
        # Python's `$` would let a newline follow.
        pattern = schema["pattern"].removeprefix("^").removesuffix("$")
        least, most = schema.get("minLength", 0), schema.get("maxLength", 1000)
        ends_open = not schema["pattern"].endswith("$")
        made = st.from_regex(pattern + (".*" if ends_open else ""), fullmatch=True)
        return made.filter(lambda text: least <= len(text) <= most)
    at_most = min(schema.get("maxLength", 40), 40)
    return st.text(
        st.characters(codec="utf-8"), min_size=schema.get("minLength", 0), max_size=at_most
    )


def _arrays(schema: Schema, definitions: Schema) -> Values:
    one = values(schema.get("items", {}), definitions)
    unique = schema.get("uniqueItems", False)
    return st.lists(one, min_size=schema.get("minItems", 0), max_size=3, unique=unique)


def _objects(schema: Schema, definitions: Schema) -> Values:
    if "properties" not in schema:
        more = schema.get("additionalProperties", True)
        one = _ANY_JSON if more is True else values(more, definitions)
        return st.dictionaries(_NAMES, one, max_size=3)
    # A tag has a default in the model, yet tells what the message is.
    tags = {name for name, one in schema["properties"].items() if "const" in one}
    required = tags | set(schema.get("required", ()))
    fields = {name: values(one, definitions) for name, one in schema["properties"].items()}
    return st.fixed_dictionaries(
        {name: fields[name] for name in fields if name in required},
        optional={name: fields[name] for name in fields if name not in required},
    )
