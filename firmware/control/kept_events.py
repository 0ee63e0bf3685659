"""Events kept for those who come late: encoded, so that their memory is known and bounded."""

from collections import deque
from itertools import islice


class KeptEvents:
    """The newest events, numbered without a gap; the oldest go when there are too many or too much.

    An event is kept as the bytes that go out: as objects a call with its story
    takes about ten times as much.
    """

    def __init__(self, most_events: int, most_bytes: int) -> None:
        self.seq = 0
        """The newest event's number; there need not be one of that number here."""
        self._most_events, self._most_bytes = most_events, most_bytes
        self._encoded: deque[bytes] = deque()
        self._bytes = 0

    def restart(self, seq: int) -> None:
        """Keep nothing up to and including `seq`."""
        self._encoded.clear()
        self._bytes, self.seq = 0, seq

    def add(self, encoded: bytes) -> None:
        """Keep the event that follows the newest."""
        self.seq += 1
        self._encoded.append(encoded)
        self._bytes += len(encoded)
        while len(self._encoded) > self._most_events or self._bytes > self._most_bytes:
            self._bytes -= len(self._encoded.popleft())

    def after(self, seq: int) -> list[bytes] | None:
        """Return the events after `seq`, oldest first; None when they are not all here."""
        oldest = self.seq - len(self._encoded)
        if not oldest <= seq <= self.seq:
            return None
        return list(islice(self._encoded, seq - oldest, None))
