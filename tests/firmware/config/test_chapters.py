"""What single chapters decide: classes of callers, kinds of numbers, costs; and the example."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from firmware.config.callers import CallerClass, Callers, Withheld
from firmware.config.model import Config
from firmware.config.number_kind import NumberKind, number_country, number_kind
from firmware.config.office import Language
from firmware.contract.settings import FxoLineSettings, GsmLineSettings, VirtualLineSettings
from firmware.contract.texts import LANGUAGES
from tests.firmware.config.office_text import EXAMPLE

CALLERS = Callers(blocked=("+441632960099", "+4477009008*"), vip=("+447700900801", "+4930*"))


@pytest.mark.parametrize(
    ("calling", "caller_class"),
    [
        ("+441632960099", CallerClass.BLOCKED),
        ("+4416329600991", CallerClass.OTHER),
        ("+447700900801", CallerClass.BLOCKED),  # in both lists
        ("+493023125014", CallerClass.VIP),
        ("+441632960001", CallerClass.OTHER),
        (None, CallerClass.WITHHELD),
    ],
)
def test_a_caller_is_known_by_number_or_its_beginning(
    calling: str | None, caller_class: CallerClass
) -> None:
    assert CALLERS.classify(calling) is caller_class


def test_the_longer_pattern_decides_between_blocked_and_allowed() -> None:
    callers = Callers(
        blocked=("+4416329*", "+441632960155"), allowed=("+44163296015*", "+441632960199")
    )

    assert callers.classify("+441632960151") is CallerClass.OTHER
    assert callers.classify("+441632960155") is CallerClass.BLOCKED
    assert callers.classify("+441632960199") is CallerClass.OTHER
    assert callers.classify("+441632970199") is CallerClass.BLOCKED


def test_withheld_numbers_can_be_blocked() -> None:
    assert Callers(withheld=Withheld.REFUSE).classify(None) is CallerClass.BLOCKED


@pytest.mark.parametrize(
    ("number", "kind", "country"),
    [
        ("+493023125014", NumberKind.FIXED, "DE"),
        ("+447700900001", NumberKind.OTHER, "GB"),  # fiction, so of no kind
        ("+449098790000", NumberKind.PREMIUM, "GB"),
        ("+448081570000", NumberKind.TOLL_FREE, "GB"),
        ("+16135550100", NumberKind.FIXED, "CA"),  # not the United States
        ("+18761000000", NumberKind.OTHER, "JM"),  # assigned to nobody, Jamaica all the same
        ("+88216123456", NumberKind.SATELLITE, None),
        ("nonsense", NumberKind.OTHER, None),
    ],
)
def test_the_number_plan_tells_kind_and_country(
    number: str, kind: NumberKind, country: str | None
) -> None:
    assert number_kind(number) is kind
    assert number_country(number) == country


def test_the_languages_are_those_of_the_texts() -> None:
    assert get_args(Language) == LANGUAGES


def models_below(annotation: Any, seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    if is_model and annotation not in seen:
        seen.add(annotation)
        yield annotation
        for field in annotation.model_fields.values():
            yield from models_below(field.annotation, seen)
    for part in get_args(annotation):
        yield from models_below(part, seen)


def test_the_example_shows_every_key_there_is() -> None:
    models: set[type[BaseModel]] = {*models_below(Config, set())}
    models |= {GsmLineSettings, FxoLineSettings, VirtualLineSettings}
    keys = {(model.__name__, key) for model in models for key in model.model_fields}
    unmentioned = {key for key in keys if key[1] not in EXAMPLE}

    assert unmentioned == set()
