"""Turns what pydantic found into our faults: our codes, our paths, and what is allowed instead."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from firmware.config.chapter import BEGINNING, COUNTRY, EXTENSION, KEY, NAME
from firmware.config.fault import Fault, Value, shown
from firmware.config.flow_node import FILLED, VARIABLE
from firmware.config.flow_web import FIELD
from firmware.config.secrets import SECRET_KEYS
from firmware.config.toml_places import Path

CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "missing": "config.missing",
        "extra_forbidden": "config.unknown-key",
        "literal_error": "config.not-one-of",
        "enum": "config.not-one-of",
        "union_tag_invalid": "config.not-one-of",
        "union_tag_not_found": "config.missing",
        "greater_than_equal": "config.too-small",
        "less_than_equal": "config.too-big",
        "string_too_short": "config.text-too-short",
        "string_too_long": "config.text-too-long",
        "too_short": "config.list-too-short",
        "too_long": "config.list-too-long",
        "string_type": "config.not-text",
        "int_type": "config.not-a-whole-number",
        "int_parsing": "config.not-a-whole-number",
        "int_from_float": "config.not-a-whole-number",
        "float_type": "config.not-a-number",
        "float_parsing": "config.not-a-number",
        "decimal_type": "config.not-a-number",
        "decimal_parsing": "config.not-a-number",
        "decimal_max_places": "config.not-a-number",
        "finite_number": "config.not-a-number",
        "bool_type": "config.not-true-or-false",
        "bool_parsing": "config.not-true-or-false",
        "tuple_type": "config.not-a-list",
        "dict_type": "config.not-a-table",
        "model_type": "config.not-a-table",
        "model_attributes_type": "config.not-a-table",
        "datetime_type": "config.not-a-date-and-time",
        "datetime_parsing": "config.not-a-date-and-time",
        "datetime_from_date_parsing": "config.not-a-date-and-time",
        "timezone_naive": "config.not-a-date-and-time",
        "date_type": "config.not-a-date",
        "date_parsing": "config.not-a-date",
        "date_from_datetime_parsing": "config.not-a-date",
        "date_from_datetime_inexact": "config.not-a-date",
    }
)
FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "imei": "config.not-an-imei",
        "iccid": "config.not-an-iccid",
        "sim_pin": "config.not-a-pin",
        "pin": "config.not-a-dial-pin",
        "dial_pin": "config.not-a-dial-pin",
        "number": "config.not-a-line-number",
        "sound": "config.not-a-sound-hash",
        "currency": "config.not-a-currency",
    }
)
"""Last key of the path -> the sentence that says what is allowed there."""
PATTERNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        NAME: "config.not-a-name",
        EXTENSION: "config.not-an-extension",
        KEY: "config.not-a-key",
        COUNTRY: "config.not-a-country",
        BEGINNING: "config.not-a-beginning",
        VARIABLE: "config.not-a-value-name",
        FILLED: "config.not-a-filled-text",
        FIELD: "config.not-an-answer-field",
    }
)
PASSWORD_FIELDS: Final = frozenset({"password", "old", "new"})
"""Of requests: what stands in them is never said back."""
_CONTEXT: Final = {"ge": "least", "le": "most", "min_length": "least", "max_length": "most"}


def model_faults(error: ValidationError, model: type[BaseModel], most: int) -> list[Fault]:
    """Return the first `most` faults."""
    return [_fault(detail, model) for detail in error.errors(include_url=False)[:most]]


def request_fault(detail: ErrorDetails) -> Fault:
    """Return the same for a field of a request; a form shows no patterns and no secrets."""
    path = tuple(detail["loc"][1:])
    fault = _fault_at(detail, path, None)
    if fault.code == "config.wrong-form":
        return Fault("config.not-allowed", path)
    private = bool(path) and path[-1] in SECRET_KEYS | PASSWORD_FIELDS
    told = {name: value for name, value in fault.args.items() if not (private and name == "value")}
    return Fault(fault.code, path, told)


def _fault(detail: ErrorDetails, model: type[BaseModel]) -> Fault:
    path, owner = _walk(detail["loc"], model)
    return _fault_at(detail, path, owner)


def _fault_at(detail: ErrorDetails, path: Path, owner: Any) -> Fault:
    code = detail["type"]
    args: dict[str, Value] = {} if path and path[-1] in SECRET_KEYS else _value(detail)
    context = detail.get("ctx", {})
    args |= {ours: context[theirs] for theirs, ours in _CONTEXT.items() if theirs in context}
    if code.startswith("config."):
        return Fault(code, path, args)
    if code == "extra_forbidden":
        return _unknown_key(path, owner)
    if code in ("union_tag_invalid", "union_tag_not_found"):
        path = (*path, str(context["discriminator"]).strip("'"))
        if code == "union_tag_invalid":
            args["value"] = shown(context["tag"])
    if "expected" in context or "expected_tags" in context:
        expected = context.get("expected") or context["expected_tags"]
        args["allowed"] = str(expected).replace("'", "").replace(" or ", ", ")
    if code == "string_pattern_mismatch":
        return _wrong_form(path, context["pattern"], args)
    return Fault(CODES.get(code, "config.not-allowed"), path, args)


def _wrong_form(path: Path, pattern: str, args: dict[str, Value]) -> Fault:
    code = PATTERNS.get(pattern) or FORMS.get(str(path[-1]))
    if code is None:
        return Fault("config.wrong-form", path, args | {"allowed": pattern})
    return Fault(code, path, args)


def _value(detail: ErrorDetails) -> dict[str, Value]:
    value = detail["input"]
    return {"value": shown(value)} if isinstance(value, str | int | float) else {}


def _unknown_key(path: Path, owner: Any) -> Fault:
    known = sorted(_keys(owner))
    close = get_close_matches(str(path[-1]), known, n=1, cutoff=0.6)
    if close:
        return Fault("config.unknown-key-near", path, {"near": close[0]})
    return Fault("config.unknown-key", path, {"allowed": ", ".join(known)})


def _keys(owner: Any) -> list[str]:
    is_model = isinstance(owner, type) and issubclass(owner, BaseModel)
    return list(owner.model_fields) if is_model else []


def _walk(loc: tuple[str | int, ...], model: type[BaseModel]) -> tuple[Path, Any]:
    """Return the path without union tags, and the model that holds its last key."""
    path: list[str | int] = []
    owner: Any = model
    here: Any = model
    for part in loc:
        here = _plain(here)
        if part == "[key]":
            break
        if get_origin(here) in (Union, UnionType):
            here = _by_tag(here, part)
            continue
        owner = here
        path.append(part)
        here = _inside(here, part)
    return tuple(path), owner


def _plain(annotation: Any) -> Any:
    """Return the annotation without Annotated and without `| None`."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, UnionType) and type(None) in get_args(annotation):
            rest = [one for one in get_args(annotation) if one is not type(None)]
            annotation = rest[0]
        else:
            return annotation


def _by_tag(union: Any, tag: str | int) -> Any:
    """Return the member that the tag names; it may be a union itself (SIP phones and trunks)."""
    for member in map(_plain, get_args(union)):
        if any(_has_tag(one, tag) for one in get_args(member) or (member,)):
            return member
    return None


def _has_tag(model: Any, tag: str | int) -> bool:
    fields = getattr(model, "model_fields", {})
    return any(
        name in fields and tag in get_args(fields[name].annotation)
        for name in ("type", "driver", "account")
    )


def _inside(annotation: Any, part: str | int) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(part))
        return None if field is None else field.annotation
    args = get_args(annotation)
    if get_origin(annotation) is tuple:
        return args[0]
    return args[1] if get_origin(annotation) is dict else None
