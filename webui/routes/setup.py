"""The first set-up: what is there, what each answer means, and one change that does it all."""

import asyncio
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter
from pydantic import BaseModel, Field

from firmware.config.chapter import COUNTRY
from firmware.contract.control import TakeSnapshot
from firmware.contract.errors import NotFound
from firmware.contract.texts import LANGUAGES, Text
from firmware.contract.views import Snapshot
from webui.deps import OWNER_ONLY, Desk, DeskDep, LanguageDep, SessionDep
from webui.office_edit import change_office, live_office
from webui.report_card import ReportCard
from webui.setup_answers import (
    FLOW,
    Answers,
    PhoneChoice,
    Step,
    greeting,
    phones_of,
    usual_answers,
)
from webui.setup_edit import with_setup
from webui.setup_facts import CountryFacts, countries, country_of, facts_of
from webui.setup_place import Place

router = APIRouter(prefix="/setup", tags=["setup"], dependencies=[OWNER_ONLY])

CountryCode = Annotated[str, Field(pattern=COUNTRY)]
FIRST_VERSION = 1
"""What the box began with; nobody has settled anything yet."""


class SetupView(BaseModel):
    step: Step
    open: bool
    """Begun and not yet ended: whoever logs in as the owner is led here."""
    answers: Answers | None
    """What was answered here before."""
    usual: Answers
    """What the office has, or what suits most."""
    untouched: bool
    """Nobody has changed the configuration yet."""
    country_found: str | None
    """From the numbers and SIM cards of the lines."""
    practice: bool
    """There is a practice network to be called from."""
    countries: list[str]
    zones: list[str]
    flow_now: str | None
    """Where calls go that no other rule takes, if that is a flow of the owner's own."""


class PluggedIn(BaseModel):
    cards: list[ReportCard]
    phones: list[PhoneChoice]


class Greetings(BaseModel):
    """The usual first sentence by language, with `{office}` where its name belongs."""

    sentences: dict[str, str]


class SetupPlace(BaseModel):
    step: Step
    answers: Answers | None = None


class SetUp(BaseModel):
    version: int


@router.get("")
async def read_setup(desk: DeskDep) -> SetupView:
    snapshot, config = await _snapshot(desk), await live_office(desk)
    place = await asyncio.to_thread(desk.setup.read)
    practice = (desk.state / "practice" / "control").exists()
    untouched = snapshot.config_version <= FIRST_VERSION
    catch_all = next(
        (one.to.flow for one in config.routes_in if one.model_fields_set == {"to"}), None
    )
    return SetupView(
        step=place.step if place else "language",
        open=place is not None and not place.ended,
        answers=place.answers if place else None,
        usual=usual_answers(config, snapshot.lines, practice=practice, untouched=untouched),
        untouched=untouched,
        country_found=country_of(snapshot.lines),
        practice=practice,
        countries=countries(),
        zones=sorted(available_timezones()),
        flow_now=catch_all if catch_all != FLOW else None,
    )


@router.get("/devices")
async def read_devices(desk: DeskDep, language: LanguageDep) -> PluggedIn:
    """What is plugged in as of now, and the phones among it."""
    snapshot, config = await _snapshot(desk), await live_office(desk)
    return PluggedIn(
        cards=[ReportCard.of(view) for view in snapshot.lines],
        phones=phones_of(config, snapshot.lines, language),
    )


@router.get("/countries/{country}")
async def read_country(country: CountryCode, desk: DeskDep, language: LanguageDep) -> CountryFacts:
    """What choosing this country settles; names of holidays in the reader's language if known."""
    if country not in countries():
        raise NotFound("setup.no-such-country", country=country)
    today = datetime.now(ZoneInfo((await live_office(desk)).office.timezone)).date()
    return await asyncio.to_thread(facts_of, country, today, language)


@router.post("/greetings")
async def read_greetings(answers: Answers) -> Greetings:
    """The sentence callers would be welcomed with; it depends on which keys ring somebody."""
    return Greetings(sentences={one: greeting(answers, one) for one in LANGUAGES})


@router.put("/place", status_code=204)
async def keep_place(place: SetupPlace, desk: DeskDep) -> None:
    """Remember the step and the answers; nothing is live yet."""
    before = await asyncio.to_thread(desk.setup.read)
    ended = before is None or before.ended
    await asyncio.to_thread(desk.setup.keep, Place(place.step, place.answers, ended))


@router.post("")
async def set_up(answers: Answers, desk: DeskDep, session: SessionDep) -> SetUp:
    """Make it all live at once, as one version that can be taken back."""
    lines = (await _snapshot(desk)).lines
    note = Text(code="web.note-setup")
    await change_office(
        desk, session, note, lambda text, live: with_setup(text, live, answers, lines)
    )
    before = await asyncio.to_thread(desk.setup.read)
    ended = before is None or before.ended
    await asyncio.to_thread(desk.setup.keep, Place("test", None, ended))
    return SetUp(version=(await _snapshot(desk)).config_version)


@router.post("/end", status_code=204)
async def end_setup(desk: DeskDep) -> None:
    """Gone through, or left for good: nobody is led here by itself any more."""
    await asyncio.to_thread(desk.setup.keep, Place("language", None, ended=True))


async def _snapshot(desk: Desk) -> Snapshot:
    return Snapshot.model_validate(await desk.link.ask(TakeSnapshot()))
