"""Call flows as the editor sees them: read, checked as one edits, tried out, published."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Self
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BaseModel, Field, JsonValue, NaiveDatetime

from firmware.apps.ivr.trial import Passed, People, Trial, try_out
from firmware.config.flow_edit import with_flows
from firmware.config.load import refuse_too_long
from firmware.config.model import Config
from firmware.config.prompts import built_in_prompts, built_in_text, spoken
from firmware.contract.control import ApplyConfig, TakeSnapshot
from firmware.contract.errors import ConfigurationRefused, NotFound, RequestRefused
from firmware.contract.message import LineId
from firmware.contract.texts import Text, word
from firmware.contract.views import Opening, Snapshot
from webui.dear_dialling import want_proof
from webui.deps import DESK_STAFF, OWNER_ONLY, Desk, DeskDep, LanguageDep, SessionDep
from webui.flow_forms import NodeForm, node_forms
from webui.flow_templates import Template, templates
from webui.flow_traffic import ExitCount, exit_counts
from webui.office_edit import live_office
from webui.problems import Fault

router = APIRouter(prefix="/flows", tags=["flows"], dependencies=[DESK_STAFF])

WEEK: Final = timedelta(days=7)
_PARTS: Final = 4
"""Of the key of something at a node: flows, the flow, nodes, the node."""


class Draft(BaseModel):
    """All flows and all prompts of the office, as they shall be."""

    flows: Annotated[dict[str, dict[str, JsonValue]], Field(max_length=100)]
    prompts: Annotated[dict[str, dict[str, JsonValue]], Field(max_length=500)]


class Choice(BaseModel):
    id: str
    label: str


class FlowsView(Draft):
    """What is live, and all that a flow may name."""

    version: int
    languages: list[str]
    """In use for callers, the first is what a call begins with."""
    built_in: dict[str, dict[str, str]]
    """Prompt -> language -> what it says; the office's own go before them."""
    timetables: list[str]
    mailboxes: list[Choice]
    groups: list[Choice]
    extensions: list[Choice]
    lines: list[Choice]
    forms: tuple[NodeForm, ...]
    templates: list[Template]
    now: datetime
    """By the office's clock."""
    opening: Opening


class FlowFault(Fault):
    """A fault with the place on the canvas it belongs to, where it has one."""

    flow: str | None = None
    node: str | None = None
    field: str | None = None

    @classmethod
    def at_its_place(cls, text: Text, language: str) -> Self:
        fault = Fault.of(text, language)
        parts = str(text.args.get("key", "")).split(".")
        place = dict[str, str]()
        if parts[0] == "flows" and len(parts) > 1:
            place["flow"] = parts[1]
            if len(parts) >= _PARTS and parts[2] == "nodes":
                place["node"] = parts[3]
                place["field"] = ".".join(parts[4:])
        return cls(code=fault.code, args=fault.args, sentence=fault.sentence, **place)


class FlowCheck(BaseModel):
    faults: list[FlowFault]


class ToTry(Draft):
    """A call to think through; `at` is by the office's clock."""

    line: LineId
    calling: Annotated[str | None, Field(max_length=40)] = None
    called: Annotated[str | None, Field(max_length=40)] = None
    at: NaiveDatetime
    keys: Annotated[list[Annotated[str, Field(pattern=r"^[0-9*#]{0,32}$")]], Field(max_length=50)]
    people: People = People.ANSWER
    flow: str | None = None
    web: Annotated[str | None, Field(max_length=300)] = None
    """What web addresses answer in the field that is asked for; None: nothing."""


class HeardView(BaseModel):
    """Text to be spoken or the hash of a sound; neither when the prompt has nothing to say."""

    prompt: str
    language: str
    text: str | None = None
    sound: str | None = None


class StepView(BaseModel):
    sentence: str
    flow: str | None = None
    node: str | None = None
    exit: str | None = None
    heard: list[HeardView] = []


class TriedOut(BaseModel):
    steps: list[StepView]


class ToPublish(Draft):
    based_on: int
    comment: Annotated[str, Field(max_length=200)] = ""


class Published(BaseModel):
    version: int


@router.get("")
async def read_flows(desk: DeskDep) -> FlowsView:
    snapshot = Snapshot.model_validate(await desk.link.ask(TakeSnapshot()))
    version = await asyncio.to_thread(desk.history.current)
    config = await live_office(desk)
    return FlowsView(
        version=version,
        opening=snapshot.opening,
        now=datetime.now(ZoneInfo(config.office.timezone)),
        forms=node_forms(),
        templates=templates(config),
        **_named(config),
    )


@router.post("/check")
async def check_flows(asked: Draft, desk: DeskDep, language: LanguageDep) -> FlowCheck:
    """Nothing changes; each fault says which node it is at."""
    try:
        await asyncio.to_thread(_drafted, desk, asked)
    except ConfigurationRefused as refused:
        faults = [FlowFault.at_its_place(one, language) for one in refused.faults]
        return FlowCheck(faults=faults)
    return FlowCheck(faults=[])


@router.post("/try")
async def try_flows(asked: ToTry, desk: DeskDep, language: LanguageDep) -> TriedOut:
    """What would happen to a caller: no call is made. 422 while the draft has faults."""
    config = await asyncio.to_thread(_drafted, desk, asked)
    if config.line(asked.line) is None:
        raise NotFound("web.no-such-line", line=asked.line)
    if asked.flow is not None and asked.flow not in config.flows:
        raise NotFound("web.no-such-flow", flow=asked.flow)
    trial = Trial(
        line_id=asked.line,
        calling=asked.calling or None,
        called=asked.called or None,
        at=_office_time(asked.at, config),
        keys=tuple(asked.keys),
        people=asked.people,
        flow=asked.flow,
        web=asked.web,
    )
    steps = await asyncio.to_thread(try_out, trial, config)
    return TriedOut(steps=[_step(step, config, language) for step in steps])


@router.post("/publish", dependencies=[OWNER_ONLY])
async def publish_flows(asked: ToPublish, desk: DeskDep, session: SessionDep) -> Published:
    """Make the draft live at once, as a version. 409 when somebody else was faster."""
    snapshot = Snapshot.model_validate(await desk.link.ask(TakeSnapshot()))
    if snapshot.config_unconfirmed_until is not None:
        raise RequestRefused("web.settings-on-trial")
    toml = await asyncio.to_thread(_drafted_text, desk, asked)
    await want_proof(desk, session, toml)
    await desk.link.ask(
        ApplyConfig(
            toml=toml,
            who=session.user.name,
            comment=asked.comment or word(Text(code="web.note-flows-changed")),
            based_on=asked.based_on,
        )
    )
    return Published(version=await asyncio.to_thread(desk.history.current))


@router.get("/traffic")
async def read_traffic(desk: DeskDep) -> list[ExitCount]:
    """How many callers of the last seven days took each exit."""
    config = await live_office(desk)
    steps = await asyncio.to_thread(desk.archive.flow_steps, datetime.now(UTC) - WEEK)
    return exit_counts(steps, config)


def _drafted_text(desk: Desk, draft: Draft) -> str:
    flows, prompts = _without_none(draft.flows), _without_none(draft.prompts)
    text = with_flows(desk.history.live_text(), flows, prompts)
    refuse_too_long(text)
    return text


def _drafted(desk: Desk, draft: Draft) -> Config:
    """Return the configuration with the draft in it. Raises ConfigurationRefused."""
    return desk.history.check(_drafted_text(desk, draft))


def _without_none(value: Any) -> Any:
    """A field that is empty is a key that is not there."""
    if isinstance(value, dict):
        return {key: _without_none(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_without_none(one) for one in value if one is not None]
    return value


def _named(config: Config) -> dict[str, Any]:
    stated = config.model_dump(mode="json", exclude_unset=True, include={"flows", "prompts"})
    languages = config.office.languages
    return {
        "flows": stated.get("flows", {}),
        "prompts": stated.get("prompts", {}),
        "languages": list(languages),
        "built_in": {name: _said(name, languages) for name in built_in_prompts()},
        "timetables": list(config.timetables),
        "mailboxes": _choices(config.mailboxes, lambda one: one.name),
        "groups": _choices(config.groups, lambda one: one.name),
        "extensions": _choices(config.extensions, lambda one: one.name),
        "lines": _choices(config.lines, lambda one: one.label),
    }


def _said(prompt: str, languages: tuple[str, ...]) -> dict[str, str]:
    return {one: text for one in languages if (text := built_in_text(prompt, one)) is not None}


def _choices(entries: tuple[Any, ...], label: Callable[[Any], str]) -> list[Choice]:
    return [Choice(id=one.id, label=label(one) or one.id) for one in entries]


def _office_time(at: datetime, config: Config) -> datetime:
    return at.replace(tzinfo=ZoneInfo(config.office.timezone))


def _step(step: Passed, config: Config, language: str) -> StepView:
    heard = []
    for one in step.heard:
        said = spoken(one.prompt, one.language, config.prompts)
        text, sound = (said.text, said.sound) if said else (None, None)
        heard.append(HeardView(prompt=one.prompt, language=one.language, text=text, sound=sound))
    sentence = word(step.what, language)
    return StepView(sentence=sentence, flow=step.flow, node=step.node, exit=step.exit, heard=heard)
