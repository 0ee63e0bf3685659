"""Prompts recorded by phone: each begun by the page, which asks after it until it is ready."""

import asyncio
import sys
from collections import OrderedDict
from functools import partial
from pathlib import Path
from typing import Final

from firmware.apps.studio.service import record_prompt
from firmware.calls.leg import LegEnded
from firmware.calls.office import Arrived, Office
from firmware.calls.recording import CallRecorder
from firmware.contract.errors import NotFound, RequestRefused, TipringError
from firmware.contract.flow_requests import PromptRecordingState as State
from firmware.contract.flow_requests import PromptRecordingView
from firmware.contract.line_state import Ability
from firmware.contract.message import LineId
from firmware.contract.texts import Text
from firmware.exchange.calls_desk import CallsDesk
from firmware.prompts.library import FOLDER, PromptLibrary

REMEMBERED: Final = 20
PACK_TIMEOUT_S: Final = 60.0
NAME: Final = "phone"


class PromptStudio:
    def __init__(self, office: Office, calls: CallsDesk) -> None:
        self._office, self._calls = office, calls
        self._views: OrderedDict[str, PromptRecordingView] = OrderedDict()

    def begin(self, phone: LineId) -> PromptRecordingView:
        """Ring the phone. Raises RequestRefused when it is none or busy, NotFound without it."""
        office = self._office
        if Ability.PHONE not in office.lines.entry(phone).state.abilities:
            raise RequestRefused("control.not-a-phone", line=phone)
        if not office.lines.is_free(phone):
            raise RequestRefused("control.line-busy", line=phone)
        extension = office.config.extension_of_device(phone)
        calling = extension.id if extension else phone
        call = office.begin_call(Arrived(incoming=False, line_id=phone, calling=calling))
        self._tell(call.call_id, State.RINGING)
        self._calls.carry_recorded(call, partial(self._recorded, phone))
        return self.view(call.call_id)

    def view(self, recording_id: str) -> PromptRecordingView:
        """Raises NotFound."""
        view = self._views.get(recording_id)
        if view is None:
            raise NotFound("studio.no-such-recording")
        return view

    async def _recorded(self, phone: LineId, recorder: CallRecorder) -> None:
        recording_id = recorder.call.call_id
        part = self._office.state / FOLDER / f".phone-{recording_id}.part"
        begins = partial(self._tell, recording_id, State.RECORDING)
        try:
            await record_prompt(self._office, recorder, phone, part, begins)
            self._tell(recording_id, State.PREPARING)
            sound = await self._prompt_of(part)
            self._tell(recording_id, State.READY, sound=sound)
        except LegEnded:
            self._tell(recording_id, State.FAILED, problem=Text(code="studio.nothing-said"))
        except TipringError as problem:
            self._tell(recording_id, State.FAILED, problem=problem.text)
        finally:
            if self._views[recording_id].state in {State.RINGING, State.RECORDING}:
                self._tell(recording_id, State.FAILED, problem=Text(code="studio.nothing-said"))
            for left in part, part.with_suffix(".flac"):
                left.unlink(missing_ok=True)

    async def _prompt_of(self, part: Path) -> str:
        """Return the hash of the prompt made of the recording. Raises TipringError."""
        packed = part.with_suffix(".flac")
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "firmware.switch.pack", str(part), str(packed)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            code = await asyncio.wait_for(worker.wait(), PACK_TIMEOUT_S)
        except TimeoutError:
            code = 1
        finally:
            if worker.returncode is None:
                worker.kill()
                await worker.wait()
        if code != 0:
            raise RequestRefused("studio.nothing-said")
        return await PromptLibrary(self._office.state).take_upload(packed.absolute(), NAME)

    def _tell(
        self,
        recording_id: str,
        state: State,
        sound: str | None = None,
        problem: Text | None = None,
    ) -> None:
        self._views[recording_id] = PromptRecordingView(
            recording_id=recording_id, state=state, sound=sound, problem=problem
        )
        while len(self._views) > REMEMBERED:
            self._views.popitem(last=False)
