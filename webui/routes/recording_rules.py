"""Which calls are recorded, what callers hear before, how long it is kept, and the space."""

import asyncio
from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field

from firmware.config.entries import put_entry, put_table
from firmware.config.extensions import Extension
from firmware.config.model import Config
from firmware.contract.settings import LineSettings, VirtualLineSettings
from firmware.contract.texts import Text
from firmware.store.database import FILE
from firmware.store.space import space_of
from webui.deps import DESK_STAFF, OWNER_ONLY, DeskDep, SessionDep
from webui.https import now_utc
from webui.office_edit import change_office, live_office
from webui.own_prompts import Said, built_in, put_prompt, said_of
from webui.table_edit import to_write

router = APIRouter(prefix="/recording-rules", tags=["recording"], dependencies=[DESK_STAFF])

Ids = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=200)]


class RuleFields(BaseModel):
    lines: Ids = []
    """Every call over these is recorded."""
    extensions: Ids = []
    """So is every call with these."""
    announcement: Said = {}
    """The office's own words before the recording; empty is the built-in sentence."""
    retention_days: int = 30
    min_days_left: int | None = None


class Recordable(BaseModel):
    id: str
    name: str


class Room(BaseModel):
    """What recordings take, and for how many days like the last seven there is room."""

    free_bytes: int
    recorded_bytes: int
    days_left: int | None


class RecordingRules(RuleFields):
    all_lines: list[Recordable]
    people: list[Recordable]
    languages: tuple[str, ...]
    built_in: dict[str, str]
    """What callers hear where the office says nothing of its own."""
    room: Room

    @classmethod
    def of(cls, config: Config, room: Room) -> Self:
        rules = config.recording
        lines = [line for line in config.lines if _is_outside(line)]
        return cls(
            lines=[line.id for line in lines if line.record],
            extensions=[one.id for one in config.extensions if one.record],
            announcement=said_of(config, rules.announcement),
            retention_days=rules.retention_days,
            min_days_left=rules.min_days_left,
            all_lines=[Recordable(id=line.id, name=line.label or line.id) for line in lines],
            people=[Recordable(id=one.id, name=one.name) for one in config.extensions],
            languages=config.office.languages,
            built_in=built_in(config, rules.announcement),
            room=room,
        )


@router.get("")
async def read_rules(desk: DeskDep) -> RecordingRules:
    config = await live_office(desk)
    space = await asyncio.to_thread(space_of, desk.state, desk.state / FILE, now_utc())
    room = Room(
        free_bytes=space.free_bytes,
        recorded_bytes=space.recorded_bytes,
        days_left=space.days_left,
    )
    return RecordingRules.of(config, room)


@router.put("", status_code=204, dependencies=[OWNER_ONLY])
async def change_rules(asked: RuleFields, desk: DeskDep, session: SessionDep) -> None:
    """Live with the next call. Shorter keeping deletes what is older within the hour."""

    def work(text: str, live: Config) -> str:
        kept = {"retention_days": asked.retention_days, "min_days_left": asked.min_days_left}
        text = put_table(text, "recording", to_write(kept, live.recording))
        for line in live.lines:
            if _is_outside(line):
                text = _with_record(text, "lines", line, line.id in asked.lines)
        for one in live.extensions:
            text = _with_record(text, "extensions", one, one.id in asked.extensions)
        prompt = live.recording.announcement
        return put_prompt(text, prompt, asked.announcement, built_in(live, prompt))

    await change_office(desk, session, Text(code="web.note-recording-changed"), work)


def _is_outside(line: LineSettings) -> bool:
    """A phone's line is no rule of its own: its extension is."""
    return not (isinstance(line, VirtualLineSettings) or getattr(line, "account", "") == "phone")


def _with_record(text: str, chapter: str, one: LineSettings | Extension, record: bool) -> str:
    if one.record == record:
        return text
    return put_entry(text, chapter, one.id, {"record": True if record else None})
