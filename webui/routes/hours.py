"""Opening hours: weeks, single days, public holidays, and closures for once."""

import asyncio
from datetime import UTC, date, datetime
from typing import Annotated, get_args
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, NaiveDatetime

from firmware.config.chapter import Label, Name
from firmware.config.closures import Closure
from firmware.config.entries import put_entry, remove_entry
from firmware.config.model import Config
from firmware.config.office import Language
from firmware.config.opening import moved_working_days, opening, public_holidays, regions
from firmware.config.plain import plain
from firmware.config.prompts import built_in_text
from firmware.config.routes_in import Destination
from firmware.config.tables import put_deep, remove_deep
from firmware.config.timetables import Timetable
from firmware.contract.control import TakeSnapshot
from firmware.contract.errors import NotFound
from firmware.contract.texts import Text
from firmware.contract.views import Snapshot
from webui.chapter_edit import Based, unchanged
from webui.deps import DESK_STAFF, OWNER_ONLY, DeskDep, LanguageDep, SessionDep
from webui.office_edit import change_office, live_office
from webui.sip_account import free_name

router = APIRouter(prefix="/hours", tags=["hours"], dependencies=[DESK_STAFF])

STANDARD_PROMPT = "closed"
Year = Annotated[int, Query(ge=2000, le=2100)]
Region = Annotated[str | None, Query(max_length=40)]


class TimetableView(BaseModel):
    name: str
    hours: Timetable
    is_open: bool
    why: Text
    """By the hours at this moment, whatever is switched."""


class ClosureFields(BaseModel):
    """A closure as the form has it: the announcement is typed, or the box's own sentence."""

    name: Label = ""
    begins: NaiveDatetime
    ends: NaiveDatetime
    announced: bool = True
    """Say something to every caller first."""
    texts: dict[Language, Annotated[str, Field(max_length=2000)]] = {}
    """What is said, by language; empty is the box's own sentence."""
    to: Destination | None = None
    """None: where calls go while the office is closed."""


class ClosureView(ClosureFields):
    id: str
    is_over: bool


class Hours(BaseModel):
    version: int
    country: str
    regions: dict[str, str]
    languages: list[str]
    """That callers are spoken to in."""
    timetables: list[TimetableView]
    closures: list[ClosureView]
    mailboxes: dict[str, str]


class Holiday(BaseModel):
    day: date
    name: str


class Holidays(BaseModel):
    holidays: list[Holiday]
    worked: list[date]
    """Days of the weekend that are worked for a bridge given elsewhere."""


class HoursForm(Based):
    hours: Timetable


class ClosureForm(ClosureFields, Based):
    pass


class Made(BaseModel):
    id: str


@router.get("")
async def read_hours(desk: DeskDep) -> Hours:
    config = await live_office(desk)
    snapshot = Snapshot.model_validate(await desk.link.ask(TakeSnapshot()))
    views = await asyncio.to_thread(_views, config)
    return Hours(
        version=snapshot.config_version,
        country=config.office.country,
        regions=dict(await asyncio.to_thread(regions, config.office.country)),
        languages=list(config.office.languages),
        timetables=views,
        closures=[_closure_view(config, one) for one in config.closures],
        mailboxes={box.id: box.name or box.id for box in config.mailboxes},
    )


@router.get("/holidays")
async def read_holidays(
    desk: DeskDep, language: LanguageDep, year: Year, region: Region = None
) -> Holidays:
    """The public holidays of the office's country, named in the reader's language if known."""
    config = await live_office(desk)
    country, known = config.office.country, await asyncio.to_thread(_regions_of, config)
    if region is not None and region not in known:
        raise NotFound("web.no-such-region", region=region)
    found = await asyncio.to_thread(public_holidays, country, region, year, language)
    worked = await asyncio.to_thread(moved_working_days, country, region, year)
    listed = [Holiday(day=day, name=name) for day, name in sorted(found.items())]
    return Holidays(holidays=listed, worked=list(worked))


@router.put("/timetables/{name}", status_code=204)
async def put_timetable(name: Name, asked: HoursForm, desk: DeskDep, session: SessionDep) -> None:
    """Make or change opening hours. 409 when somebody else changed them since `based_on`."""

    def work(text: str, _live: Config) -> str:
        return put_deep(text, ("timetables", name), plain(asked.hours))

    edit = unchanged(desk, asked.based_on, lambda config: config.timetables.get(name), work)
    note = Text(code="web.note-hours-changed", args={"timetable": name})
    await change_office(desk, session, note, edit)


@router.delete("/timetables/{name}", status_code=204, dependencies=[OWNER_ONLY])
async def remove_timetable(name: Name, desk: DeskDep, session: SessionDep) -> None:
    """Refused while a rule, a flow or a dial class goes by it."""

    def work(text: str, live: Config) -> str:
        if name not in live.timetables:
            raise NotFound("web.no-such-timetable", timetable=name)
        return remove_deep(text, ("timetables", name))

    note = Text(code="web.note-hours-removed", args={"timetable": name})
    await change_office(desk, session, note, work)


@router.post("/closures", status_code=201)
async def add_closure(asked: ClosureForm, desk: DeskDep, session: SessionDep) -> Made:
    config = await live_office(desk)
    wished = f"closed-{asked.begins:%Y-%m-%d}"
    closure_id = free_name(wished, [one.id for one in config.closures])
    note = Text(code="web.note-closure-put", args={"name": asked.name or closure_id})
    await change_office(desk, session, note, lambda text, live: _put(text, live, closure_id, asked))
    return Made(id=closure_id)


@router.put("/closures/{closure_id}", status_code=204)
async def change_closure(
    closure_id: Name, asked: ClosureForm, desk: DeskDep, session: SessionDep
) -> None:
    """409 when somebody else changed it since `based_on`."""

    def work(text: str, live: Config) -> str:
        _closure(live, closure_id)
        return _put(text, live, closure_id, asked)

    edit = unchanged(desk, asked.based_on, lambda config: _found(config, closure_id), work)
    note = Text(code="web.note-closure-put", args={"name": asked.name or closure_id})
    await change_office(desk, session, note, edit)


@router.delete("/closures/{closure_id}", status_code=204)
async def remove_closure(closure_id: Name, desk: DeskDep, session: SessionDep) -> None:
    """Open again as usual; its announcement goes with it."""

    def work(text: str, live: Config) -> str:
        closure = _closure(live, closure_id)
        text = remove_entry(text, "closures", closure_id)
        if closure.prompt == closure_id and closure_id in live.prompts:
            text = remove_deep(text, ("prompts", closure_id))
        return text

    note = Text(code="web.note-closure-removed", args={"name": closure_id})
    await change_office(desk, session, note, work)


def _put(text: str, live: Config, closure_id: str, asked: ClosureFields) -> str:
    """Return the text with the closure, and its announcement as a prompt of the same name."""
    said = {language: typed.strip() for language, typed in asked.texts.items() if typed.strip()}
    prompt = None
    if asked.announced:
        prompt = closure_id if said else STANDARD_PROMPT
    if asked.announced and said:
        spoken: dict[str, dict[str, str]] = {
            language: {"text": said.get(language) or built_in_text(STANDARD_PROMPT, language) or ""}
            for language in live.spoken_languages()
        }
        text = put_deep(text, ("prompts", closure_id), spoken)
    values = {
        "name": asked.name or None,
        "begins": asked.begins,
        "ends": asked.ends,
        "prompt": prompt,
        "to": plain(asked.to) if asked.to is not None else None,
    }
    return put_entry(text, "closures", closure_id, values)


def _views(config: Config) -> list[TimetableView]:
    now = datetime.now(UTC)
    found = [(name, opening(config, name, now)) for name in sorted(config.timetables)]
    return [
        TimetableView(name=name, hours=config.timetables[name], is_open=one.is_open, why=one.why)
        for name, one in found
    ]


def _regions_of(config: Config) -> frozenset[str]:
    return frozenset(regions(config.office.country))


def _found(config: Config, closure_id: str) -> Closure | None:
    return next((one for one in config.closures if one.id == closure_id), None)


def _closure(config: Config, closure_id: str) -> Closure:
    found = _found(config, closure_id)
    if found is None:
        raise NotFound("web.no-such-closure", name=closure_id)
    return found


def _closure_view(config: Config, one: Closure) -> ClosureView:
    own = config.prompts.get(one.prompt or "", {}) if one.prompt != STANDARD_PROMPT else {}
    texts = {
        language: own[language].text or ""
        for language in get_args(Language)
        if language in own and own[language].text
    }
    local = datetime.now(UTC).astimezone(_zone(config)).replace(tzinfo=None)
    return ClosureView(
        id=one.id,
        name=one.name,
        begins=one.begins,
        ends=one.ends,
        announced=one.prompt is not None,
        texts=texts,
        to=one.to,
        is_over=one.ends <= local,
    )


def _zone(config: Config) -> ZoneInfo:
    return ZoneInfo(config.office.timezone)
