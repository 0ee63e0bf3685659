"""SIP lines as their card sees them: phones and trunks, made from the configuration.

The exchange never knows of the processes behind them: it sees legs with
timeslots, as of any card.
"""

import logging
from collections.abc import Iterable, Sequence
from weakref import WeakSet

from drivers.driver import CardPlace, Driver
from drivers.sip.line import Shared, SipLine
from drivers.sip.phone_line import SipPhoneLine
from drivers.sip.processes import Processes
from drivers.sip.programs import Programs
from drivers.sip.trunk_line import SipTrunkLine
from firmware.contract.errors import LineError
from firmware.contract.line import CardServices, Line
from firmware.contract.settings import (
    AnyLineSettings,
    AnySipSettings,
    SipPhoneSettings,
    SipTrunkSettings,
)

log = logging.getLogger(__name__)


class SipDriver(Driver):
    name = "sip"
    timeslots = 128

    _processes: Processes

    def settle(self, place: CardPlace) -> None:
        self._settings: tuple[AnySipSettings, ...] = ()
        self._lines: dict[str, SipLine] = {}
        self._made: WeakSet[SipLine] = WeakSet()
        """Also those that end with their calls."""
        self._running = False
        self._processes = Processes(Programs(place), self.card, self._all_lines)

    def configured(self, lines: Sequence[AnyLineSettings]) -> None:
        self._settings = tuple(
            one for one in lines if isinstance(one, SipPhoneSettings | SipTrunkSettings)
        )
        for line_id in self._lines.keys() - {one.id for one in self._settings}:
            del self._lines[line_id]
        if self._running:
            self._processes.want(self._settings, self.timeslots)

    def make_line(self, settings: AnyLineSettings) -> Line:
        line = new_line(settings, self.card, self._processes)
        self._lines[settings.id] = line
        self._made.add(line)
        self._processes.tell_phones()
        return line

    def _all_lines(self) -> Iterable[SipLine]:
        """The configured ones first."""
        return dict.fromkeys((*self._lines.values(), *self._made))

    async def watch(self) -> None:
        self._running = True
        self._processes.want(self._settings, self.timeslots)
        try:
            await self._processes.run()
        finally:
            self._running = False


def new_line(settings: AnyLineSettings, card: CardServices, shared: Shared) -> SipLine:
    """Return the line, not yet open. Raises LineError for settings of another kind."""
    match settings:
        case SipPhoneSettings():
            return SipPhoneLine(settings, card, shared)
        case SipTrunkSettings():
            return SipTrunkLine(settings, card, shared)
        case _:
            raise LineError("line-cannot", command="configure")
