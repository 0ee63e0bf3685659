"""The SMS store of a simulated SIM: listing, reading, deleting, all visible to a test."""

from dataclasses import dataclass
from typing import Final

CAPACITY: Final = 20
ALL: Final = 4


@dataclass
class StoredMessage:
    index: int
    pdu: str
    status: int = 0
    """0 unread, 1 read, 2 unsent, 3 sent."""

    @property
    def tpdu_octets(self) -> int:
        """Length as the wire counts it: without the SMSC part at the front."""
        return len(self.pdu) // 2 - 1 - int(self.pdu[:2], 16)


class MessageStore:
    def __init__(self, pdus: tuple[str, ...], first_index: int) -> None:
        self._first = first_index
        self.stored = {i: StoredMessage(i, pdu) for i, pdu in enumerate(pdus, first_index)}
        self.deleted: list[int] = []
        self.sent: list[str] = []
        self.routed_away = False
        """True once +CNMI asked for messages to be passed on without storing them."""

    def usage(self) -> str:
        return f"{len(self.stored)},{CAPACITY}"

    def add(self, pdu: str) -> int | None:
        """Store a message that arrives; its index, or None when the SIM is full."""
        places = range(self._first, self._first + CAPACITY)
        free = next((i for i in places if i not in self.stored), None)
        if free is not None:
            self.stored[free] = StoredMessage(free, pdu)
        return free

    def listing(self, status: int) -> list[str]:
        lines: list[str] = []
        for message in self.stored.values():
            if status in (ALL, message.status):
                head = f"+CMGL: {message.index},{message.status},,{message.tpdu_octets}"
                lines += [head, message.pdu]
                message.status = 1 if message.status == 0 else message.status
        return lines

    def read(self, index: int) -> list[str] | None:
        message = self.stored.get(index)
        if message is None:
            return None
        lines = [f"+CMGR: {message.status},,{message.tpdu_octets}", message.pdu]
        message.status = 1 if message.status == 0 else message.status
        return lines

    def delete(self, index: int) -> bool:
        self.deleted.append(index)
        return self.stored.pop(index, None) is not None
