"""Codes an office phone keys in while it talks: record, leave something out, park."""

from typing import Final

from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.recorder import Recorder
from firmware.config.codes import Code
from firmware.config.model import Config

WHILE_TALKING: Final = (Code.RECORD, Code.PAUSE_RECORDING, Code.PARK)


def keyed(leg: Leg, config: Config) -> Code | None:
    """Return the code whose keys the party pressed last, if its extension may use it."""
    own, pressed = config.extension_of_device(leg.line_id), "".join(leg.keys)
    for code in WHILE_TALKING:
        keys = config.codes.keys(code)
        if keys and pressed.endswith(keys):
            return None if own is not None and code in own.blocked_codes else code
    return None


class RecordingKeys:
    """`agent` switches the recording of a call and hears what it is now."""

    def __init__(self, office: Office, call: Call, recorder: Recorder) -> None:
        self._office, self._call, self._recorder = office, call, recorder

    async def toggle(self, agent: Leg, others: tuple[Leg, ...]) -> None:
        """Start, stop or go on; what a rule records only a pause interrupts. Raises LegEnded."""
        if self._recorder.is_recording and self._recorder.was_asked_for:
            self._call.step("feature.recording-ended", agent)
            self._recorder.pause(told=True)
        elif not self._recorder.is_recording:
            self._call.step("feature.recording-asked", agent)
            self._recorder.ask()
            self._recorder.resume(told=True)
            for leg in others:
                await self._recorder.begin(leg)
        await self._tell(agent)

    async def pause(self, agent: Leg) -> None:
        """Leave out what is said until the same keys come again. Raises LegEnded."""
        if self._recorder.is_recording:
            self._recorder.pause()
        else:
            self._recorder.resume()
        await self._tell(agent)

    async def _tell(self, agent: Leg) -> None:
        prompt = "recording-on" if self._recorder.is_recording else "recording-off"
        await agent.play(await self._office.voices.files(prompt, self._call.language))
