"""What the first set-up asks: few answers, each with a default that does without the person."""

from collections.abc import Iterable
from itertools import count
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, Field

from firmware.config.chapter import Country
from firmware.config.flows import Connect, Flow
from firmware.config.model import Config
from firmware.config.office import Language
from firmware.config.timetables import Weekday
from firmware.contract.line_state import Ability, Health
from firmware.contract.texts import Text, word
from firmware.contract.views import LineView

Step: TypeAlias = Literal["language", "country", "office", "devices", "calls", "test"]
Clock: TypeAlias = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
PhoneRef: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
"""An extension's number, or the line of a phone that is no extension's yet."""

FLOW: Final = "reception"
"""How the ready-made flow is called; below, what belongs to it."""
PEOPLE: Final = "people"
DESK: Final = "desk"
TIMETABLE: Final = "opening-hours"
WELCOME: Final = "reception-welcome"
CLOSED: Final = "reception-closed"
FIRST_EXTENSION: Final = 101
ALL_DAY: Final = ("00:00", "24:00")
WORKDAYS: Final = (
    Weekday.MONDAY,
    Weekday.TUESDAY,
    Weekday.WEDNESDAY,
    Weekday.THURSDAY,
    Weekday.FRIDAY,
)


class Answers(BaseModel):
    """All answers; `key_1` and `key_0` say which phones ring for these keys."""

    language: Language
    country: Country
    office: Annotated[str, Field(min_length=1, max_length=60)]
    timezone: Annotated[str, Field(min_length=1, max_length=60)]
    ready_made: bool = True
    """Calls go to the ready-made flow; else they go where they went before."""
    always_open: bool = False
    days: Annotated[list[Weekday], Field(min_length=1, max_length=7)] = list(WORKDAYS)
    opens: Clock = "09:00"
    closes: Clock = "18:00"
    key_1: Annotated[list[PhoneRef], Field(max_length=20)] = []
    key_0: Annotated[list[PhoneRef], Field(max_length=20)] = []
    greeting: Annotated[str, Field(max_length=2000)] = ""
    """In the office's language; empty is the usual sentence."""
    record: bool = False


class PhoneChoice(BaseModel):
    """A phone that can be picked to ring."""

    id: str
    name: str
    line_id: str | None = None


def phones_of(config: Config, lines: tuple[LineView, ...], language: str) -> list[PhoneChoice]:
    """Return the extensions, then the phones that are plugged in and nobody's yet."""
    own = [
        PhoneChoice(id=one.id, name=one.name or one.id, line_id=next(iter(one.devices), None))
        for one in config.extensions
    ]
    new = phones_without_extension(config, lines)
    named = [(view.line, phone_name(number, language)) for view, number in numbered(config, new)]
    return [
        *own,
        *(PhoneChoice(id=one.line_id, name=name, line_id=one.line_id) for one, name in named),
    ]


def phones_without_extension(config: Config, lines: tuple[LineView, ...]) -> list[LineView]:
    return [
        view
        for view in sorted(lines, key=lambda one: one.line.line_id)
        if Ability.PHONE in view.line.abilities
        and config.extension_of_device(view.line.line_id) is None
    ]


def numbered(config: Config, phones: Iterable[LineView]) -> list[tuple[LineView, str]]:
    """Return each phone with the extension it gets: the first numbers nobody has."""
    taken = config.inside_numbers()
    free = (str(n) for n in count(FIRST_EXTENSION) if str(n) not in taken)
    return list(zip(phones, free, strict=False))


def phone_name(number: str, language: str) -> str:
    return word(Text(code="setup.label-phone", args={"n": number}), language)


def usual_answers(
    config: Config, lines: tuple[LineView, ...], *, practice: bool, untouched: bool
) -> Answers:
    """Return what the office has, and for the rest what suits most."""
    phones = [phone.id for phone in phones_of(config, lines, config.office.languages[0])]
    usual = Answers(
        language=config.office.languages[0],
        country=config.office.country,
        office=config.office.name,
        timezone=config.office.timezone,
        ready_made=untouched or not config.routes_in,
        always_open=practice,
        key_1=phones[:1],
        key_0=phones[1:2],
        record=practice or any(line.record for line in config.lines),
    )
    flow = config.flows.get(FLOW)
    if flow is None:
        return usual
    chosen = usual.model_copy(update=_chosen_before(config, flow))
    own_words = chosen.greeting != greeting(chosen, chosen.language, office=chosen.office)
    return chosen if own_words else chosen.model_copy(update={"greeting": ""})


def _chosen_before(config: Config, flow: Flow) -> dict[str, Any]:
    """Return what an earlier set-up chose, as far as nobody has built something else of it."""
    chosen: dict[str, Any] = {"ready_made": any(one.to.flow == FLOW for one in config.routes_in)}
    for key, node in (("key_1", PEOPLE), ("key_0", DESK)):
        ring = flow.nodes.get(node)
        chosen[key] = list(ring.extensions) if isinstance(ring, Connect) else []
    said = config.prompts.get(WELCOME, {}).get(config.office.languages[0])
    if said is not None and said.text is not None:
        chosen["greeting"] = said.text
    weekly = config.timetables[TIMETABLE].weekly if TIMETABLE in config.timetables else ()
    if len(weekly) == 1:
        span = weekly[0]
        always = (span.opens, span.closes) == ALL_DAY
        chosen["always_open"] = always
        if not always:
            chosen |= {"days": list(span.days), "opens": span.opens, "closes": span.closes}
    return chosen


def greeting(answers: Answers, language: str, *, office: str | None = None) -> str:
    """Return the usual first sentence for these phones, with `{office}` where none is given."""
    two = "setup.greeting-two" if answers.key_0 else "setup.greeting-one"
    code = two if answers.key_1 else "setup.greeting-nobody"
    args: dict[str, str | int | float] = {} if office is None else {"office": office}
    return word(Text(code=code, args=args), language)


def is_new(view: LineView) -> bool:
    """Whether it is plugged in and no line yet."""
    return view.line.health is Health.UNASSIGNED
