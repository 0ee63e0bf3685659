"""Starts and ends the tasks calls run in: one task a call, unwound whatever ends it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from firmware.apps.phone.service import dial_for_phone, phone_lifted
from firmware.apps.reception.service import handed_to_flow, receive
from firmware.calls.call import Call
from firmware.calls.conversation import Script
from firmware.calls.dialled import Dialled, Meaning
from firmware.calls.leg import Leg, LegEnded
from firmware.calls.office import Arrived, Office
from firmware.calls.recording import CallRecorder
from firmware.calls.routing_in import normalised
from firmware.calls.visit import Visit
from firmware.contract.causes import Cause
from firmware.contract.errors import NotFound, RequestRefused, TipringError
from firmware.contract.line_state import Ability
from firmware.contract.message import LineId
from firmware.contract.messages import ClearCall, Setup
from firmware.contract.views import CallPhase, Side

log = logging.getLogger(__name__)

UNWIND_S: Final = 5.0


class CallsDesk:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.recorders: dict[str, CallRecorder] = {}
        office.menu_for = self._menu_for

    def arrived(self, setup: Setup) -> None:
        """A card reports a call or a lifted phone; one of a line nobody configured is cleared."""
        office = self._office
        line_id = setup.line_id
        if line_id not in office.lines or office.lines.entry(line_id).settings is None:
            refusal = ClearCall(leg_id=setup.leg_id, cause=Cause.CALL_REJECTED)
            office.wires.tell_card(line_id, refusal)
            return
        if setup.leg_id in office.legs:
            log.warning("%s: leg %s set up twice", line_id, setup.leg_id)
            return
        if setup.phone_lifted:
            self._phone_lifted(setup)
        else:
            self._came_in(setup)

    def dial(self, line_id: LineId, called: str, only_of: str | None = None) -> str:
        """Ring one of our phones and call for it; return the call's id. Raises RequestRefused."""
        extension = self._office.config.extension_of_device(line_id)
        if only_of is not None and (extension is None or extension.id != only_of):
            raise RequestRefused("control.not-your-phone", line=line_id)
        if Ability.PHONE not in self._office.lines.entry(line_id).state.abilities:
            raise RequestRefused("control.not-a-phone", line=line_id)
        if not self._office.lines.is_free(line_id):
            raise RequestRefused("control.line-busy", line=line_id)
        calling = extension.id if extension else line_id
        arrived = Arrived(incoming=False, line_id=line_id, calling=calling, called=called)
        call = self._office.begin_call(arrived)
        self.carry(call, dial_for_phone(self._office, self._recorder(call), line_id, called))
        return call.call_id

    def carry_recorded(
        self, call: Call, script: Callable[[CallRecorder], Coroutine[Any, Any, None]]
    ) -> None:
        """As `carry`, for a script that wants the call's recorder."""
        self.carry(call, script(self._recorder(call)))

    def clear(self, call_id: str) -> None:
        """End a call from outside its own script. Raises NotFound."""
        task = self._tasks.get(call_id)
        if task is None:
            raise NotFound("call.not-there", call=call_id)
        task.cancel()

    def carry(self, call: Call, script: Coroutine[Any, Any, None]) -> None:
        """Run a call's script to its end; the call's record is written whatever happens."""
        task = asyncio.create_task(self._carried(call, script), name=f"call {call.call_id}")
        self._tasks[call.call_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(call.call_id, None))
        task.add_done_callback(_log_bug)

    async def end_all(self) -> None:
        """Clear every call, as before a stop; return when all have unwound."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=UNWIND_S)

    async def _carried(self, call: Call, script: Coroutine[Any, Any, None]) -> None:
        cause = Cause.TEMPORARY_FAILURE
        try:
            await self._office.records.settled()
            call.put_on_record()
            await _run(call, script)
            cause = Cause.NORMAL_CALL_CLEARING
        except LegEnded:
            cause = Cause.NORMAL_CALL_CLEARING
        except TipringError as problem:
            call.step(problem.text.code, None, **problem.text.args)
            log.warning("call %s: %s", call.call_id, problem)
        except asyncio.CancelledError:
            cause = Cause.NORMAL_CALL_CLEARING
            raise
        finally:
            script.close()  # it may not have begun
            recorder = self.recorders.pop(call.call_id, None)
            if recorder is not None:
                recorder.end()
            self._office.end_call(call, cause)

    def _came_in(self, setup: Setup) -> None:
        office = self._office
        calling = normalised(setup.calling, office.config)
        settings = office.config.line(setup.line_id)
        called = setup.called or (settings.number if settings else None)
        name = office.phone_book.name_of(calling) or setup.calling_name
        arrived = Arrived(
            incoming=True,
            line_id=setup.line_id,
            calling=calling,
            calling_name=name,
            called=called,
        )
        call = office.begin_call(arrived)
        leg = self._take_leg(call, setup, Side.OUTSIDE)
        leg.number, leg.name = calling, name
        call.step("call.came-in", leg, line=setup.line_id, ring=setup.ring_count)
        visit = Visit(office, call, leg, self._recorder(call), setup.ring_count)
        self.carry(call, receive(visit, setup.called))

    def _phone_lifted(self, setup: Setup) -> None:
        extension = self._office.config.extension_of_device(setup.line_id)
        calling = extension.id if extension else setup.line_id
        arrived = Arrived(incoming=False, line_id=None, calling=calling)
        call = self._office.begin_call(arrived)
        leg = self._take_leg(call, setup, Side.OFFICE, extension.id if extension else None)
        call.enter(CallPhase.RINGING)
        self.carry(call, phone_lifted(self._office, self._recorder(call), leg))

    def _menu_for(self, call: Call, party: Leg, dialled: Dialled) -> Script | None:
        """Return what serves a party who is handed on to the number of a flow."""
        flow = self._office.config.flow_numbered(dialled.number)
        recorder = self.recorders.get(call.call_id)
        if dialled.meaning is not Meaning.FLOW or flow is None or recorder is None:
            return None
        return partial(handed_to_flow, Visit(self._office, call, party, recorder), flow)

    def _recorder(self, call: Call) -> CallRecorder:
        recorder = self.recorders[call.call_id] = CallRecorder(self._office, call)
        return recorder

    def _take_leg(self, call: Call, setup: Setup, side: Side, extension: str | None = None) -> Leg:
        leg = self._office.new_leg(setup.line_id, call, setup.leg_id)
        leg.report(setup)
        call.join(leg, side, extension)
        return leg


async def _run(call: Call, script: Coroutine[Any, Any, None]) -> None:
    """Run a call's script, and after it each that took its place (Call.turn_to)."""
    while True:
        running = asyncio.create_task(script, name=f"call {call.call_id} script")
        call.turned = partial(_stop, running)
        try:
            await running
        except (asyncio.CancelledError, TipringError):
            following = call.next_script()
            if following is None or _is_cancelled():
                raise
        else:
            following = call.next_script()
        if following is None:
            return
        script = following()


def _stop(running: "asyncio.Task[None]") -> None:
    running.cancel()


def _is_cancelled() -> bool:
    """Whether it is the call itself that was cleared, not only its script that was stopped."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _log_bug(task: asyncio.Task[None]) -> None:
    """A script that fell over has cleared its call; what it fell over is for us to read."""
    if not task.cancelled() and (bug := task.exception()) is not None:
        log.error("%s: fell over", task.get_name(), exc_info=bug)
