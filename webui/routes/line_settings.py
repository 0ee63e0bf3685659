"""What a line is told by its owner: name, number, loudness, and what its kind needs besides."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from firmware.config.chapter import Country
from firmware.config.entries import Value, put_entry, remove_entry
from firmware.config.model import Config
from firmware.contract.control import TakeSnapshot
from firmware.contract.errors import NotFound
from firmware.contract.line_care import ForgetLearnedTone, ReadLevels, SoundLevels
from firmware.contract.message import LineId
from firmware.contract.settings import (
    AnyLineSettings,
    FxoLineSettings,
    GsmLineSettings,
    LearnedTone,
)
from firmware.contract.texts import Text
from firmware.contract.views import Snapshot
from firmware.store.rows import LearnedToneRow
from webui.chapter_edit import Based, unchanged
from webui.deps import DESK_STAFF, OWNER_ONLY, Desk, DeskDep, SessionDep
from webui.extension_edit import in_e164
from webui.office_edit import change_office, live_office
from webui.sip_account import free_name, line_ids

router = APIRouter(prefix="/lines", tags=["lines"], dependencies=[DESK_STAFF])

Typed = Annotated[str | None, Field(max_length=80)]


class LineFields(BaseModel):
    """What all lines have, then what some have; the configuration's own rules judge it."""

    label: Annotated[str, Field(max_length=60)] = ""
    number: Annotated[str | None, Field(max_length=40)] = None
    enabled: bool = True
    record: bool = False
    max_call_s: int = 14_400
    receive_db: float = 0.0
    send_db: float = 0.0
    imei: Typed = None
    iccid: Typed = None
    sound_device: Typed = None
    serial: Typed = None
    country: Country | None = None
    caller_id: bool = True
    answer_after_rings: int = 2
    echo_canceller: bool = True


class Learned(BaseModel):
    """The tone by which the line's hang-up is told."""

    tone: LearnedTone
    learned_at: datetime | None
    """None: it stands in the configuration."""


class LineForm(LineFields, Based):
    sim_pin: Annotated[str | None, Field(max_length=8)] = None
    """None leaves the one that is kept."""


class LineSettingsView(LineFields):
    id: str
    driver: str
    version: int
    sim_pin_set: bool = False
    hangup_tone: Learned | None = None


class NewLine(BaseModel):
    """A device that is plugged in becomes a line of the office."""

    driver: Literal["gsm", "fxo"]
    device: Annotated[str, Field(min_length=1, max_length=64)]
    """The modem's IMEI, or the serial number of an analogue one."""
    label: Annotated[str, Field(max_length=60)] = ""
    number: Annotated[str | None, Field(max_length=40)] = None


class MadeLine(BaseModel):
    id: str


@router.get("/{line_id}/settings")
async def read_line(line_id: LineId, desk: DeskDep) -> LineSettingsView:
    config = await live_office(desk)
    line = _line(config, line_id)
    snapshot = Snapshot.model_validate(await desk.link.ask(TakeSnapshot()))
    fields = line.model_dump(include=set(LineFields.model_fields))
    return LineSettingsView(
        id=line.id,
        driver=line.driver,
        version=snapshot.config_version,
        sim_pin_set=isinstance(line, GsmLineSettings) and line.sim_pin is not None,
        hangup_tone=await _tone(desk, line),
        **fields,
    )


@router.put("/{line_id}/settings", status_code=204, dependencies=[OWNER_ONLY])
async def change_line(line_id: LineId, asked: LineForm, desk: DeskDep, session: SessionDep) -> None:
    """A call on the line goes on. 409 when somebody else changed it since `based_on`."""

    def work(text: str, live: Config) -> str:
        return put_entry(text, "lines", line_id, _values(_line(live, line_id), asked, live))

    edit = unchanged(desk, asked.based_on, lambda config: config.line(line_id), work)
    note = Text(code="web.note-line-changed", args={"line": asked.label or line_id})
    await change_office(desk, session, note, edit)


@router.post("", status_code=201, dependencies=[OWNER_ONLY])
async def add_line(asked: NewLine, desk: DeskDep, session: SessionDep) -> MadeLine:
    """Take a device that is plugged in into use."""
    config = await live_office(desk)
    line_id = free_name(f"{asked.driver}-1", await asyncio.to_thread(line_ids, desk, config))
    identity = {"imei": asked.device} if asked.driver == "gsm" else {"serial": asked.device}

    def work(text: str, live: Config) -> str:
        number = in_e164(asked.number, live.office.country)
        values: dict[str, Value] = {"driver": asked.driver, "label": asked.label or None}
        return put_entry(text, "lines", line_id, {**values, "number": number, **identity})

    note = Text(code="web.note-line-added", args={"line": asked.label or line_id})
    await change_office(desk, session, note, work)
    return MadeLine(id=line_id)


@router.delete("/{line_id}", status_code=204, dependencies=[OWNER_ONLY])
async def remove_line(line_id: LineId, desk: DeskDep, session: SessionDep) -> None:
    """The office has it no more; refused while a rule or an extension names it."""

    def work(text: str, live: Config) -> str:
        _line(live, line_id)
        return remove_entry(text, "lines", line_id)

    note = Text(code="web.note-line-removed", args={"line": line_id})
    await change_office(desk, session, note, work)


@router.get("/{line_id}/levels")
async def read_levels(line_id: LineId, desk: DeskDep) -> SoundLevels:
    """How loud the line's call is, both ways; ask every second as long as somebody looks."""
    return SoundLevels.model_validate(await desk.link.ask(ReadLevels(line_id=line_id)))


@router.delete("/{line_id}/hangup-tone", status_code=204, dependencies=[OWNER_ONLY])
async def forget_tone(line_id: LineId, desk: DeskDep, session: SessionDep) -> None:
    """Forget the tone that was learned, and the one in the configuration."""
    config = await live_office(desk)
    line = _line(config, line_id)
    if isinstance(line, FxoLineSettings) and line.hangup_tone is not None:
        note = Text(code="web.note-line-changed", args={"line": line.label or line_id})
        await change_office(desk, session, note, lambda text, _: _without_tone(text, line_id))
    await desk.link.ask(ForgetLearnedTone(line_id=line_id, who=session.user.name))


def _without_tone(text: str, line_id: str) -> str:
    return put_entry(text, "lines", line_id, {"hangup_tone": None})


def _line(config: Config, line_id: str) -> AnyLineSettings:
    line = next((one for one in config.lines if one.id == line_id), None)
    if line is None:
        raise NotFound("web.no-such-line", line=line_id)
    return line


async def _tone(desk: Desk, line: AnyLineSettings) -> Learned | None:
    if not isinstance(line, FxoLineSettings):
        return None
    if line.hangup_tone is not None:
        return Learned(tone=line.hangup_tone, learned_at=None)
    rows = await asyncio.to_thread(desk.archive.learned_tones)
    return next((_learned(row) for row in rows if row.line_id == line.id), None)


def _learned(row: LearnedToneRow) -> Learned:
    tone = LearnedTone(frequency_hz=row.frequency_hz, on_ms=row.on_ms, off_ms=row.off_ms)
    return Learned(tone=tone, learned_at=row.learned_at)


def _values(line: AnyLineSettings, asked: LineForm, live: Config) -> dict[str, Any]:
    """A default that the file does not state stays unstated; only keys of the line's kind."""
    known, stated = type(line).model_fields, line.model_fields_set
    number = in_e164(asked.number, live.office.country)
    wanted = asked.model_dump(include=set(LineFields.model_fields)) | {"number": number}
    values = {
        key: value if key in stated or value != known[key].default else None
        for key, value in wanted.items()
        if key in known and not (key == "serial" and value is None)
    }
    values = {key: value if value != "" or key in stated else None for key, value in values.items()}
    if asked.sim_pin and isinstance(line, GsmLineSettings):
        values["sim_pin"] = asked.sim_pin
    return values
