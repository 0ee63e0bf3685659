"""The simulated public network: subscriber lines, and calls between them."""

import logging
from collections.abc import Mapping
from typing import Final

from drivers.simulators.circuit import CallEnd, Circuit
from drivers.simulators.impairments import ImpairedPath, Impairments
from drivers.simulators.numbering import WITHHOLD, subscriber_number
from drivers.simulators.sounds import Loop, tone
from drivers.simulators.terminal import BlockSource, NetworkCall, Terminal
from firmware.contract.causes import Cause

log = logging.getLogger(__name__)

SET_UP_S: Final = 0.3
"""From the last digit to the first ring; real networks take 0.5 s (GSM to GSM: 3 to 6 s)."""
NO_ANSWER_S: Final = 120.0
"""The network gives up ringing (Q.931 T301 is at least 180 s; mobile networks are quicker)."""


class Network:
    """A PublicNetwork of one country."""

    def __init__(
        self,
        country: str = "GB",
        impairments: Mapping[str, Impairments] | None = None,
        set_up_s: float = SET_UP_S,
        no_answer_s: float = NO_ANSWER_S,
    ) -> None:
        """`impairments`: number of a subscriber line -> what is wrong with it."""
        self.country = country
        self._impairments = {self._plain(n): i for n, i in (impairments or {}).items()}
        self._set_up_s = set_up_s
        self._no_answer_s = no_answer_s
        self._terminals: dict[str, Terminal] = {}
        self._absent: set[str] = set()

    def attach(self, terminal: Terminal) -> None:
        number = self._plain(terminal.number)
        self._terminals[number] = terminal
        self._absent.discard(number)

    def detach(self, terminal: Terminal) -> None:
        number = self._plain(terminal.number)
        if self._terminals.get(number) is terminal:
            del self._terminals[number]
            self._absent.add(number)

    def dial_tone(self) -> BlockSource:
        return Loop(tone(self.country, "dial"))

    def place(self, terminal: Terminal, called: str, calling: str | None = None) -> NetworkCall:
        shown = self._plain(calling or terminal.number) or None
        if called.startswith(WITHHOLD):
            shown = None
        circuit = Circuit(self.country)
        circuit.caller = self._end(circuit, terminal, calling=None)
        number = self._plain(called)
        log.info("%s calls %s", shown or "somebody", number)
        circuit.after(self._set_up_s, lambda: self._offer(circuit, number, shown))
        return circuit.caller

    def _offer(self, circuit: Circuit, number: str, calling: str | None) -> None:
        terminal = self._terminals.get(number)
        if terminal is not None:
            circuit.after(self._no_answer_s, lambda: circuit.fail(Cause.NO_ANSWER_FROM_USER))
            circuit.offer(self._end(circuit, terminal, calling))
        elif number in self._absent:
            circuit.fail(Cause.SUBSCRIBER_ABSENT)
        else:
            circuit.fail(Cause.UNALLOCATED_NUMBER)

    def _end(self, circuit: Circuit, terminal: Terminal, calling: str | None) -> CallEnd:
        impairments = self._impairments.get(self._plain(terminal.number))
        path = None if impairments is None else ImpairedPath(impairments)
        return CallEnd(circuit, terminal, path, calling)

    def _plain(self, number: str) -> str:
        return subscriber_number(number, self.country)
