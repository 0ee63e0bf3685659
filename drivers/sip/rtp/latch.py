"""From where an endpoint's sound may come: symmetric RTP, latched safely.

Rule: only packets from the address the far end signalled (its SDP, as the card passes
it on) are looked at; only the port may differ, as behind a translating router.
The first valid packet decides. For a second more the signalled port itself still
wins over another. Then nothing else is heard, however much of it comes, until the
latched source was silent for two seconds. An edge that knows a phone to be
behind a router signals the router's address in its place.
"""

import ipaddress
from dataclasses import dataclass, field
from typing import Final, TypeAlias

Source: TypeAlias = tuple[str, int]

UNSETTLED_TICKS: Final = 50
SILENT_TICKS: Final = 100
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})


def is_address(text: str) -> bool:
    """Tell an IP address from a name, which would have to be looked up."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def allowed_hosts(signalled: str, is_own: bool) -> frozenset[str]:
    """Return the addresses that may send; a program on this box may also come over loopback."""
    return frozenset({signalled}) | (_LOOPBACK if is_own else frozenset())


@dataclass(slots=True)
class Latch:
    hosts: frozenset[str] = frozenset()
    signalled: Source | None = None
    source: Source | None = None
    _since: int = field(default=0)
    _heard: int = field(default=0)

    def signal(self, hosts: frozenset[str], signalled: Source | None) -> None:
        """Begin again with what a new SDP says; the same again changes nothing."""
        if (hosts, signalled) != (self.hosts, self.signalled):
            self.hosts, self.signalled, self.source = hosts, signalled, None

    def forget(self) -> None:
        """End the call: nobody may send here until the next SDP."""
        self.hosts, self.signalled, self.source = frozenset(), None, None

    def admits(self, source: Source, tick: int) -> bool:
        """Tell whether a packet from `source` is to be looked at."""
        if source == self.source:
            self._heard = tick
            return True
        return source[0] in self.hosts and self._may_change(source, tick)

    def settle(self, source: Source, tick: int) -> None:
        """Latch to an admitted source whose packet proved to be RTP of this call."""
        if source != self.source:
            self.source, self._since, self._heard = source, tick, tick

    @property
    def target(self) -> Source | None:
        """Where to send: to the source, or where the far end said it listens."""
        return self.source or self.signalled

    def _may_change(self, source: Source, tick: int) -> bool:
        if self.source is None or tick - self._heard > SILENT_TICKS:
            return True
        return source == self.signalled and tick - self._since <= UNSETTLED_TICKS
