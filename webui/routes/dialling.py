"""What may be dialled: countries that are open, classes of extensions, and caps."""

from decimal import Decimal
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field

from firmware.config.chapter import Country, Name
from firmware.config.entries import Value, put_entry, put_table, remove_entry
from firmware.config.model import Config
from firmware.config.number_kind import NumberKind, countries
from firmware.config.toll_guard import DEAR, STANDARD, DialClass, TollGuard
from firmware.contract.control import TakeSnapshot
from firmware.contract.errors import NotFound
from firmware.contract.texts import Text
from firmware.contract.views import CapView, Snapshot
from webui.deps import DESK_STAFF, OWNER_ONLY, DeskDep, SessionDep
from webui.extension_edit import pattern_in_e164
from webui.office_edit import change_office, live_office

router = APIRouter(prefix="/dialling", tags=["dialling"], dependencies=[DESK_STAFF])

MONEY: Final = frozenset({"money_per_day", "money_per_month"})


Patterns = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=1000)]


class CapFields(BaseModel):
    """How much may be dialled; None is no limit."""

    calls_at_once: int | None = None
    calls_per_minute: int | None = None
    minutes_per_day: int | None = None
    money_per_day: Decimal | None = None
    minutes_per_month: int | None = None
    money_per_month: Decimal | None = None


class GuardFields(CapFields):
    """The whole box."""

    countries: list[Country] = []
    premium_countries: list[Country] = []
    default_class: str | None = None
    flow_class: str | None = None
    max_abroad_minutes: int | None = None
    block: Patterns = []
    allow: Patterns = []
    office_hours: str | None = None
    calls_while_closed: int | None = None
    short_calls_per_hour: int | None = None


class DialClassFields(CapFields):
    """What the extensions of a class may dial; the caps are for each extension by itself."""

    name: Annotated[str, Field(max_length=60)] = ""
    kinds: list[NumberKind] = []
    countries: list[Country] | None = None
    """None is every country that is open; empty is none but the own one."""
    timetable: str | None = None
    """Calls out go only while it is open."""


class DialClassForm(DialClassFields):
    pin: Annotated[str | None, Field(max_length=12)] = None
    """Asked for after dialling; None leaves the one that is kept."""


class ClassView(DialClassFields):
    id: str
    extensions: list[str]
    """Who has it."""
    pin_set: bool


class Dialling(BaseModel):
    country: str
    countries: list[str]
    """All there are."""
    currency: str
    guard: GuardFields
    classes: list[ClassView]
    """With the built-in one where the office has none of its own."""
    caps: tuple[CapView, ...]
    """How much of each limit is used now."""
    timetables: list[str]
    dear: list[NumberKind]
    """Kinds that stay closed unless their country is opened for them."""


@router.get("")
async def read_dialling(desk: DeskDep) -> Dialling:
    config = await live_office(desk)
    snapshot = Snapshot.model_validate(await desk.link.ask(TakeSnapshot()))
    guard = config.toll_guard.model_dump(include=set(GuardFields.model_fields))
    return Dialling(
        country=config.office.country,
        countries=sorted(countries()),
        currency=config.office.currency,
        guard=GuardFields.model_validate(guard),
        classes=[_class_view(config, one) for one in config.dial_classes or (STANDARD,)],
        caps=snapshot.caps,
        timetables=sorted(config.timetables),
        dear=sorted(DEAR),
    )


@router.put("", status_code=204, dependencies=[OWNER_ONLY])
async def change_guard(asked: GuardFields, desk: DeskDep, session: SessionDep) -> None:
    """Change countries and caps of the box; opening a country wants the password once more."""

    def work(text: str, live: Config) -> str:
        country = live.office.country
        wanted = asked.model_dump() | {
            "block": [pattern_in_e164(one, country) for one in asked.block if one.strip()],
            "allow": [pattern_in_e164(one, country) for one in asked.allow if one.strip()],
        }
        return put_table(text, "toll_guard", _changed(wanted, live.toll_guard, TollGuard()))

    await change_office(desk, session, Text(code="web.note-dialling-changed"), work)


@router.put("/classes/{class_id}", status_code=204, dependencies=[OWNER_ONLY])
async def put_class(
    class_id: Name, asked: DialClassForm, desk: DeskDep, session: SessionDep
) -> None:
    """Make or change a class; allowing it dear kinds of numbers wants the password once more."""

    def work(text: str, live: Config) -> str:
        old = _class(live, class_id) or DialClass(id=class_id)
        values = _changed(asked.model_dump(exclude={"pin"}), old, DialClass(id=class_id))
        if asked.pin:
            values["pin"] = asked.pin
        return put_entry(text, "dial_classes", class_id, values)

    note = Text(code="web.note-class-changed", args={"class": asked.name or class_id})
    await change_office(desk, session, note, work)


@router.delete("/classes/{class_id}", status_code=204, dependencies=[OWNER_ONLY])
async def remove_class(class_id: Name, desk: DeskDep, session: SessionDep) -> None:
    def work(text: str, live: Config) -> str:
        if _class(live, class_id) is None:
            raise NotFound("web.no-such-class", **{"class": class_id})
        return remove_entry(text, "dial_classes", class_id)

    note = Text(code="web.note-class-removed", args={"class": class_id})
    await change_office(desk, session, note, work)


def _class(config: Config, class_id: str) -> DialClass | None:
    return next((one for one in config.dial_classes if one.id == class_id), None)


def _class_view(config: Config, one: DialClass) -> ClassView:
    default = config.toll_guard.default_class or STANDARD.id
    fields = one.model_dump(include=set(DialClassFields.model_fields))
    having = [ext.id for ext in config.extensions if (ext.may_dial or default) == one.id]
    return ClassView(id=one.id, extensions=having, pin_set=one.pin is not None, **fields)


def _changed(
    wanted: dict[str, object], before: TollGuard | DialClass, usual: TollGuard | DialClass
) -> dict[str, Value]:
    """A default that the file does not state stays unstated; None is written as no limit."""
    values = dict[str, Value]()
    for key, value in wanted.items():
        plain = float(str(value)) if key in MONEY and value is not None else value
        default = getattr(usual, key)
        is_usual = value == (list(default) if isinstance(default, tuple) else default)
        stated = key in before.model_fields_set
        keep = isinstance(plain, str | int | float | list) and (stated or not is_usual)
        values[key] = plain if keep else None  # type: ignore[assignment]
    return values
