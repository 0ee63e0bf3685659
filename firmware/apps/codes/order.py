"""A code that was dialled: by whom, and what stood behind it."""

from dataclasses import dataclass

from firmware.calls.office import Office
from firmware.calls.visit import Visit
from firmware.config.extensions import Extension
from firmware.store.rows import Disposition


@dataclass(frozen=True, slots=True)
class Order:
    visit: Visit
    own: Extension
    behind: str = ""

    @property
    def office(self) -> Office:
        return self.visit.office

    async def confirm(self, step: str, prompt: str, **args: str | int) -> None:
        """Note what was done, and say so. Raises LegEnded."""
        call = self.visit.call
        call.disposition = Disposition.ANSWERED
        call.step(step, self.visit.caller, **args)
        await self.visit.say(prompt)
