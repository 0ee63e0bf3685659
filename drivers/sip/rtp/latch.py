"""From where an endpoint's sound may come: symmetric RTP, latched safely.

Rule: only packets from the address the far end signalled (its SDP, as the card passes
it on) are looked at; only the port may differ, as behind a translating router.
The first valid packet decides. For a second more the signalled port itself still
wins over another. Then nothing else is heard, however much of it comes, until the
latched source was silent for two seconds. An edge that knows a phone to be
behind a router signals the router's address in its place.
"""

import ipaddress
from dataclasses import dataclass
from typing import Final, TypeAlias

Source: TypeAlias = tuple[str, int] | tuple[str, int, int, int]
"""As sockets name it: host, port and, for IPv6, two numbers more."""

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
    target: Source | None = None
    """Where to send: to the source, or where the far end said it listens."""
    heard: int = 0
    """Tick of the source's last packet; whoever reads packets keeps it."""
    _since: int = 0

    def signal(self, hosts: frozenset[str], signalled: Source | None) -> None:
        """Begin again with what a new SDP says; the same again changes nothing."""
        if (hosts, signalled) != (self.hosts, self.signalled):
            self.hosts, self.signalled, self.source = hosts, signalled, None
            self.target = signalled

    def forget(self) -> None:
        """End the call: nobody may send here until the next SDP."""
        self.signal(frozenset(), None)

    def admits(self, source: Source, tick: int) -> bool:
        """Tell whether a packet from a source other than the latched one is to be looked at."""
        if source[0] not in self.hosts:
            return False
        if self.source is None or tick - self.heard > SILENT_TICKS:
            return True
        return source[:2] == self.signalled and tick - self._since <= UNSETTLED_TICKS

    def settle(self, source: Source, tick: int) -> None:
        """Latch to an admitted source whose packet proved to be RTP of this call."""
        self.source = self.target = source
        self._since = self.heard = tick
