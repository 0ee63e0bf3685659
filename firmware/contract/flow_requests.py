"""What the page asks of the exchange for call flows: a prompt by phone, a promise cancelled."""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from firmware.contract.message import LineId, Message
from firmware.contract.request import Request, Who
from firmware.contract.texts import Text

FlowUlid: TypeAlias = Annotated[str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$")]


class PromptRecordingState(StrEnum):
    RINGING = "ringing"
    RECORDING = "recording"
    PREPARING = "preparing"  # hung up or done; being brought into the box's own form
    READY = "ready"
    FAILED = "failed"


class PromptRecordingView(Message):
    recording_id: FlowUlid
    state: PromptRecordingState
    sound: str | None = None
    """Once ready: what `sound =` of a prompt is to be."""
    problem: Text | None = None
    """Once failed: why."""


class RecordPrompt(Request):
    """Ring a phone of ours and record what is said. Answer: a PromptRecordingView."""

    do: Literal["record-prompt"] = "record-prompt"
    phone: LineId
    who: Who


class ReadPromptRecording(Request):
    """Answer: a PromptRecordingView."""

    do: Literal["read-prompt-recording"] = "read-prompt-recording"
    recording_id: FlowUlid


class CancelCallBack(Request):
    """Whoever was promised a call gets none."""

    do: Literal["cancel-call-back"] = "cancel-call-back"
    call_back_id: FlowUlid
    who: Who
