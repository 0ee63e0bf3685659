"""Two parties talk: their bridge, its limits, and how it ends or is handed on."""

import time
from typing import Final

from firmware.calls.call import Call
from firmware.calls.hangup import MAX_SILENCE_S
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.recording import CallRecorder
from firmware.calls.transfer import Transfer
from firmware.contract.causes import Cause
from firmware.contract.control import CallPhase, Side
from firmware.contract.errors import LineError
from firmware.contract.line_state import Audio

LOOK_EVERY_S: Final = 5.0


class Talk:
    """One conversation; `run` returns when it is over, with every party cleared."""

    def __init__(
        self, office: Office, call: Call, recorder: CallRecorder, first: Leg, second: Leg
    ) -> None:
        self._office, self._call, self._recorder = office, call, recorder
        self._parties = (first, second)
        self._began = time.monotonic()
        self._may_be_forgotten = any(leg.terminal.listens_for_tones for leg in self._parties)

    async def run(self) -> None:
        """Raises LineError when one of the two cannot talk and listen at once."""
        for leg in self._parties:
            if leg.terminal.audio is not Audio.FULL:
                raise LineError("call.line-cannot-talk", line=leg.line_id)
        self._bridge()
        while True:
            flashed = await self._call.until(self._flash_or_end, LOOK_EVERY_S)
            if isinstance(flashed, Leg):
                await self._transfer(flashed)
            elif any(leg.is_over for leg in self._parties) or self._too_long():
                break
        for leg in self._parties:
            leg.clear(Cause.NORMAL_CALL_CLEARING)

    def _bridge(self) -> None:
        for leg in self._parties:
            leg.sound.stop()
            leg.keys.clear()
            leg.flashed = False
            leg.sound.enter(self._call.room)
            leg.sound.listen(connected=True, voice=self._may_be_forgotten)
        if self._call.phase is not CallPhase.TALKING:
            self._call.step("call.connected")
        self._call.enter(CallPhase.TALKING)
        for leg in self._parties:
            if self._is_office(leg):
                self._call.talks_to(leg)
        self._recorder.follow()

    def _flash_or_end(self) -> Leg | bool | None:
        if any(leg.is_over for leg in self._parties):
            return True
        return next((leg for leg in self._parties if leg.flashed and self._is_office(leg)), None)

    async def _transfer(self, agent: Leg) -> None:
        other = next(leg for leg in self._parties if leg is not agent)
        replacement = await Transfer(self._office, self._call, agent, other).run()
        self._parties = (other, replacement or agent)
        if any(leg.is_over for leg in self._parties):
            return
        await self._announce()
        self._bridge()

    async def _announce(self) -> None:
        """A rule of whom the call was handed to may ask for recording. Raises LegEnded."""
        for leg in self._parties:
            if not self._is_office(leg):
                leg.sound.stop()
                await self._recorder.begin(leg)

    def _is_office(self, leg: Leg) -> bool:
        return self._call.side_of(leg) is Side.OFFICE

    def _too_long(self) -> bool:
        """A call nobody ends must not hold the line for days."""
        longest = min(map(self._longest_s, self._parties))
        if time.monotonic() - self._began > longest:
            self._call.step("call.too-long", seconds=int(longest))
            return True
        quiet_s = min(leg.quiet_for_s(self._began) for leg in self._parties)
        if self._may_be_forgotten and quiet_s > MAX_SILENCE_S:
            self._call.step("call.silent", seconds=int(MAX_SILENCE_S))
            return True
        return False

    def _longest_s(self, leg: Leg) -> float:
        settings = self._office.config.line(leg.line_id)
        return settings.max_call_s if settings else 14_400.0
