"""Which RTP port each call offers: the least recently used one, its own until the call is over."""

from drivers.sip.signalling.library import Media


class PortRoom:
    def __init__(self) -> None:
        self._address = ""
        self._known: frozenset[int] = frozenset()
        self._free: list[int] = []
        self._taken: dict[str, int] = {}

    def use(self, address: str, ports: tuple[int, ...]) -> None:
        """Offer these from now on; calls keep what they have."""
        self._address = address
        taken = set(self._taken.values())
        self._free = [port for port in ports if port not in taken]
        self._known = frozenset(ports)

    def take(self, leg_id: str) -> Media | None:
        """Return where the leg's sound goes; None when all ports are taken."""
        if not self._free:
            return None
        self._taken[leg_id] = self._free.pop(0)
        return Media(self._address, self._taken[leg_id])

    def is_taken_by(self, leg_id: str) -> bool:
        return leg_id in self._taken

    def give_back(self, leg_id: str) -> None:
        port = self._taken.pop(leg_id, None)
        if port in self._known:
            self._free.append(port)
