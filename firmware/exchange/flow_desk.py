"""What the page asks for call flows: prompts recorded by phone, promises cancelled."""

from datetime import UTC, datetime
from typing import TypeAlias

from pydantic import JsonValue

from firmware.calls.office import Office
from firmware.contract.errors import NotFound
from firmware.contract.flow_requests import CancelCallBack, ReadPromptRecording, RecordPrompt
from firmware.contract.texts import Text
from firmware.exchange.calls_desk import CallsDesk
from firmware.exchange.prompt_studio import PromptStudio
from firmware.store.flow_rows import CallBackState

FlowRequest: TypeAlias = RecordPrompt | ReadPromptRecording | CancelCallBack


class FlowDesk:
    def __init__(self, office: Office, calls: CallsDesk) -> None:
        self._office = office
        self._studio = PromptStudio(office, calls)

    async def carry_out(self, request: FlowRequest) -> JsonValue:
        """Raises RequestRefused, NotFound or StorageFault."""
        match request:
            case RecordPrompt():
                view = self._studio.begin(request.phone)
                self._note(request.who, "audit.recorded-prompt", line=request.phone)
                return view.model_dump(mode="json")
            case ReadPromptRecording():
                return self._studio.view(request.recording_id).model_dump(mode="json")
            case CancelCallBack():
                await self._cancel(request)
        return None

    async def _cancel(self, request: CancelCallBack) -> None:
        backs = self._office.call_backs
        found = next((o for o in backs.owed() if o.call_back_id == request.call_back_id), None)
        if found is None:
            raise NotFound("callback.not-owed")
        await backs.end(found, CallBackState.CANCELLED)
        self._note(request.who, "audit.cancelled-call-back", number=found.number)

    def _note(self, who: str, code: str, **args: str | int | float) -> None:
        records = self._office.records
        note = records.audit.note(who, Text(code=code, args=args), datetime.now(UTC))
        records.write(note)
