"""Every message of the contract goes over the wire as one line and comes back the same."""

import typing
from functools import cache
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from firmware.contract.control import REQUESTS, Answer, AnyRequest
from firmware.contract.events import AnyEvent, NumberedEvent
from firmware.contract.message import MAX_LINE_BYTES, Message
from firmware.contract.messages import COMMANDS, REPORTS, Command, Report
from firmware.contract.switching import NOTICES, ORDERS, Notice, Order
from firmware.contract.views import Snapshot
from tests.firmware.contract.from_schema import values

SAYS: Final[dict[str, tuple[Any, TypeAdapter[Any]]]] = {
    "exchange to card": (Command, COMMANDS),
    "card to exchange": (Report, REPORTS),
    "exchange to switch": (Order, ORDERS),
    "switch to exchange": (Notice, NOTICES),
    "page to exchange": (AnyRequest, REQUESTS),
}


def members(union: Any) -> tuple[type[Message], ...]:
    """Return the messages of Annotated[A | B | …, Field(discriminator=…)]."""
    return typing.get_args(typing.get_args(union)[0])


TAGGED: Final = [
    pytest.param(adapter, kind, id=f"{way}: {kind.__name__}")
    for way, (union, adapter) in SAYS.items()
    for kind in members(union)
]
SEEDED: Final = settings(
    derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
UNTAGGED: Final = [
    pytest.param(kind, id=kind.__name__) for kind in (NumberedEvent, Answer, Snapshot)
]


@cache
def fields_of(kind: Any) -> st.SearchStrategy[Any]:
    """Return what `kind` may look like on the wire; made once, for that takes long."""
    schema = TypeAdapter(kind).json_schema()
    return values(schema, schema.get("$defs", {}))


def comes_back(adapter: TypeAdapter[Any], fields: Any) -> None:
    message = adapter.validate_json(TypeAdapter(Any).dump_json(fields))
    line = message.to_line()

    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert len(line) <= MAX_LINE_BYTES
    again = adapter.validate_json(line)
    assert type(again) is type(message)
    assert again == message


@pytest.mark.parametrize(("adapter", "kind"), TAGGED)
@given(data=st.data())
@settings(SEEDED, max_examples=25)
def test_a_tagged_message_comes_back_as_its_own_kind(
    adapter: TypeAdapter[Any], kind: type[Message], data: st.DataObject
) -> None:
    comes_back(adapter, data.draw(fields_of(kind)))


@pytest.mark.parametrize("kind", UNTAGGED)
@given(data=st.data())
@settings(SEEDED, max_examples=50)
def test_an_event_an_answer_and_a_snapshot_come_back(
    kind: type[Message], data: st.DataObject
) -> None:
    comes_back(TypeAdapter(kind), data.draw(fields_of(kind)))


@pytest.mark.parametrize("union", [union for union, _ in SAYS.values()], ids=SAYS)
def test_no_two_messages_of_one_way_have_the_same_tag(union: Any) -> None:
    tags = [
        kind.model_fields[name].default
        for kind in members(union)
        for name in ("kind", "do")
        if name in kind.model_fields
    ]

    assert len(tags) == len(set(tags)) == len(members(union)) > 5


def test_every_event_has_a_tag_of_its_own() -> None:
    tags = [kind.model_fields["what"].default for kind in members(AnyEvent)]

    assert len(tags) == len(set(tags)) > 5


@pytest.mark.parametrize("adapter", [one for _, one in SAYS.values()], ids=SAYS)
@pytest.mark.parametrize("line", [b"", b"{", b"[]", b'"x"', b"{}", b'{"kind":"no-such"}', b"\xff"])
def test_nonsense_is_refused(adapter: TypeAdapter[Any], line: bytes) -> None:
    with pytest.raises(ValidationError):
        adapter.validate_json(line)


def test_a_field_nobody_knows_is_refused() -> None:
    with pytest.raises(ValidationError):
        COMMANDS.validate_json(b'{"kind":"answer-call","leg_id":"a","hurry":true}')


@pytest.mark.parametrize(
    "called", ["", "+", "112;ATD0900", "01632960011\r\nATH", "01632 960011", "1\n", "9" * 34]
)
def test_a_dial_string_smuggles_no_command_into_a_modem(called: str) -> None:
    with pytest.raises(ValidationError):
        COMMANDS.validate_python(
            {"kind": "place-call", "leg_id": "a", "line_id": "gsm-1", "called": called}
        )
