"""The practice network, where there is one: who could call in, calls from outside, the phones."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field, JsonValue

from firmware.contract.message import DialString, LineId
from firmware.prompts.library import FOLDER
from firmware.store.call_filter import CallFilter
from webui import practice_link
from webui.deps import EVERYBODY, DeskDep

router = APIRouter(prefix="/practice", tags=["practice"], dependencies=[EVERYBODY])

SoundHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Seconds = Annotated[float, Field(ge=0, le=600)]


class PracticeLine(BaseModel):
    line_id: str
    number: str = ""
    label: str = ""
    phone: bool = False
    """A phone in the office; else a line that somebody outside can call."""
    state: str = ""
    """What the phone is doing; empty for a line."""


class CallIn(BaseModel):
    """What the outside party does; empty `number` withholds it."""

    line_id: LineId
    number: Annotated[str, Field(pattern=r"^(\+?[0-9]{2,20})?$")] = "+447700900123"
    press: Annotated[str, Field(pattern=r"^[0-9A-D*#]{0,32}$")] = ""
    press_after_s: Seconds = 2.0
    say: bool | SoundHash = True
    """A marker sound over and over, nothing, or once the sound uploaded as a prompt."""
    hang_up_after_s: Seconds | None = 30.0


class Happening(BaseModel):
    at_s: float
    what: str


class CallOutcome(BaseModel):
    """What the outside party met with."""

    answered: bool
    ring_s: float = 0.0
    talk_s: float = 0.0
    digits_heard: str = ""
    tones_heard: list[str] = []
    cause: int | None = None
    call_id: str = ""
    events: list[Happening] = []


class PhoneAction(BaseModel):
    do: Literal["answer", "dial", "press", "hangup"]
    digits: DialString | None = None


class PhoneView(BaseModel):
    state: str
    digits_heard: str = ""
    tones_heard: list[str] = []


@router.get("/lines")
async def list_lines(desk: DeskDep) -> list[PracticeLine]:
    """404 when the box runs without a practice network."""
    answer = await practice_link.ask(desk.state, {"do": "lines"})
    lines = answer.get("lines")
    return [PracticeLine.model_validate(line) for line in lines] if isinstance(lines, list) else []


@router.post("/calls")
async def call_in(asked: CallIn, desk: DeskDep) -> CallOutcome:
    """Somebody outside calls in over the line's real wire; answers when that call is over."""
    limit_s, began_at = 120.0 + (asked.hang_up_after_s or 600.0), datetime.now(UTC)
    request: dict[str, JsonValue] = {"do": "call", **asked.model_dump(mode="json")}
    if isinstance(asked.say, str):
        request["say"] = str((desk.state / FOLDER / f"{asked.say}.wav").absolute())
    outcome = await practice_link.ask(desk.state, request, limit_s)
    # The wire carries no id of ours: it is the first call on that line since then.
    since = CallFilter(line_id=asked.line_id, incoming=True, since=began_at)
    calls = await asyncio.to_thread(desk.archive.calls, since)
    return CallOutcome.model_validate({**outcome, "call_id": calls[-1].call_id if calls else ""})


@router.post("/phones/{line_id}")
async def use_phone(line_id: LineId, asked: PhoneAction, desk: DeskDep) -> PhoneView:
    """Lift, dial, press or hang up a virtual phone."""
    request: dict[str, JsonValue] = {
        "do": "phone",
        "line_id": line_id,
        "action": asked.do,
        "digits": asked.digits,
    }
    return PhoneView.model_validate(await practice_link.ask(desk.state, request))
