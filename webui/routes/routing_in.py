"""Where calls go that come in: rules in their order, lists of callers, and a look ahead."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from firmware.config.callers import Callers, Withheld
from firmware.config.entries import put_table
from firmware.config.lists import put_list
from firmware.config.model import Config
from firmware.config.plain import plain
from firmware.config.routes_in import RouteIn
from firmware.contract.control import TakeSnapshot
from firmware.contract.message import LineId
from firmware.contract.texts import Text
from firmware.contract.views import Snapshot
from firmware.contract.whereabouts import OfficeTime, TryArrival, Whereabouts
from webui.chapter_edit import Based, unchanged
from webui.deps import DESK_STAFF, OWNER_ONLY, DeskDep, SessionDep
from webui.extension_edit import pattern_in_e164
from webui.office_edit import change_office, live_office

router = APIRouter(prefix="/routing-in", tags=["routing-in"], dependencies=[DESK_STAFF])

MOST_NUMBERS = 5_000
Number = Annotated[str, Field(max_length=40)]
Numbers = Annotated[list[Number], Field(max_length=MOST_NUMBERS)]


class Place(BaseModel):
    """Something a call can be sent to, or a line it can come in on."""

    id: str
    name: str


class RoutingIn(BaseModel):
    version: int
    rules: tuple[RouteIn, ...]
    callers: Callers
    lines: list[Place]
    timetables: list[str]
    flows: list[str]
    extensions: list[Place]
    groups: list[Place]
    mailboxes: list[Place]


class RulesForm(Based):
    rules: Annotated[tuple[RouteIn, ...], Field(max_length=200)]


class CallersForm(Based):
    """Numbers as people write them; a * at the end stands for any end."""

    blocked: Numbers = []
    allowed: Numbers = []
    vip: Numbers = []
    withheld: Withheld = Withheld.LET_IN


class Trial(BaseModel):
    """A call that might come; `calling` None hides its number, `at` is on the office's clock."""

    line_id: LineId
    calling: Number | None = None
    called: Number | None = None
    at: OfficeTime


@router.get("")
async def read_routing(desk: DeskDep) -> RoutingIn:
    config = await live_office(desk)
    snapshot = Snapshot.model_validate(await desk.link.ask(TakeSnapshot()))
    outside = [line for line in config.lines if config.extension_of_device(line.id) is None]
    return RoutingIn(
        version=snapshot.config_version,
        rules=config.routes_in,
        callers=config.callers,
        lines=[Place(id=one.id, name=one.label or one.id) for one in outside],
        timetables=sorted(config.timetables),
        flows=sorted(config.flows),
        extensions=[Place(id=one.id, name=one.name) for one in config.extensions],
        groups=[Place(id=one.id, name=one.name or one.id) for one in config.groups],
        mailboxes=[Place(id=one.id, name=one.name or one.id) for one in config.mailboxes],
    )


@router.put("/rules", status_code=204, dependencies=[OWNER_ONLY])
async def change_rules(asked: RulesForm, desk: DeskDep, session: SessionDep) -> None:
    """All rules in their order. 409 when somebody else changed them since `based_on`."""

    def work(text: str, _live: Config) -> str:
        return put_list(text, ("routes_in",), [_written(rule) for rule in asked.rules])

    edit = unchanged(desk, asked.based_on, lambda config: config.routes_in, work)
    await change_office(desk, session, Text(code="web.note-rules-changed"), edit)


@router.put("/callers", status_code=204)
async def change_callers(asked: CallersForm, desk: DeskDep, session: SessionDep) -> None:
    """The lists of callers. 409 when somebody else changed them since `based_on`."""

    def work(text: str, live: Config) -> str:
        country = live.office.country
        return put_table(
            text,
            "callers",
            {
                "blocked": _numbers(asked.blocked, country),
                "allowed": _numbers(asked.allowed, country),
                "vip": _numbers(asked.vip, country),
                "withheld": asked.withheld.value if asked.withheld is not usual else None,
            },
        )

    usual = Callers().withheld
    edit = unchanged(desk, asked.based_on, lambda config: config.callers, work)
    await change_office(desk, session, Text(code="web.note-callers-changed"), edit)


@router.post("/preview")
async def preview(asked: Trial, desk: DeskDep) -> Whereabouts:
    """What would happen to such a call; nobody rings."""
    request = TryArrival(
        line_id=asked.line_id, calling=asked.calling, called=asked.called, at=asked.at
    )
    return Whereabouts.model_validate(await desk.link.ask(request))


def _written(rule: RouteIn) -> dict[str, object]:
    return plain(rule) | {"to": plain(rule.to)}


def _numbers(typed: Iterable[str], country: str) -> list[str] | None:
    """Return each number once in E.164 form, None for an empty list; what is none stays."""
    known = dict.fromkeys(pattern_in_e164(one, country) for one in typed if one.strip())
    return list(known) or None
