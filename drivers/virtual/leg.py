"""The one leg a virtual line can have."""

from dataclasses import dataclass

from firmware.contract.leg_state import LegState
from firmware.contract.line import SeizedTimeslot
from firmware.contract.messages import LiveLeg


@dataclass
class VirtualLeg:
    leg_id: str
    timeslot: SeizedTimeslot
    state: LegState
    calling: str | None = None
    called: str | None = None
    off_hook: bool = False
    """The far end sends blocks."""

    def live(self, line_id: str) -> LiveLeg:
        return LiveLeg(
            leg_id=self.leg_id,
            line_id=line_id,
            state=self.state,
            timeslot=self.timeslot.index,
            calling=self.calling,
            called=self.called,
        )
