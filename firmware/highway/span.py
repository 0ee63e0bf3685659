"""A span: a card's share of the highway, one block of shared memory (design.md, section 4).

The card makes it as a memfd and hands the descriptor to the switch. Never
multiprocessing.shared_memory: its segment vanishes when any reader exits.

Both sides believe only their own counters. What the other side wrote may be
garbage, so it is only ever compared with ours, modulo 2^64.
"""

import fcntl
import mmap
import os
import struct
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from firmware.contract.errors import LineError
from firmware.contract.pcm import BLOCK_BYTES, BLOCK_SAMPLES

MAGIC: Final = b"TIPRING\x00"
VERSION: Final = 1
RING_BLOCKS: Final = 8
MAX_TIMESLOTS: Final = 1024
HEADER: Final = struct.Struct("<8sIIIIQ")
"""Magic, version, timeslots, ring length, samples of a block, heartbeat."""
HEADER_BYTES: Final = 64
_HEARTBEAT_WORD: Final = 3

# The size is sealed, or a card could shrink it and kill the switch with SIGBUS.
SEALS: Final = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW


@dataclass(frozen=True, slots=True)
class Ring:
    """One direction of all timeslots. Block number n lies at n % 8 with frame number n + 1."""

    blocks: NDArray[np.int16]
    """Shape (timeslots, RING_BLOCKS, BLOCK_SAMPLES)."""
    frames: NDArray[np.uint64]
    """Shape (timeslots, RING_BLOCKS); 0 while a block is being written."""
    written: NDArray[np.uint64]
    """Blocks written so far, by the writer; shape (timeslots,)."""
    read: NDArray[np.uint64]
    """Blocks taken or dropped so far, by the reader; shape (timeslots,)."""


def _ring_bytes(timeslots: int) -> int:
    return timeslots * (RING_BLOCKS * (BLOCK_BYTES + 8) + 16)


def span_bytes(timeslots: int) -> int:
    return HEADER_BYTES + 2 * _ring_bytes(timeslots)


class Span:
    """The mapped memory: `heard` runs from card to switch, `sent` from switch to card."""

    def __init__(self, name: str, fd: int, timeslots: int) -> None:
        self.name = name
        self.fd = fd
        self.timeslots = timeslots
        self.memory = os.fstat(fd).st_ino
        """Tells this memory from that of a card that came later under the same name."""
        self.buffer: Final = mmap.mmap(fd, span_bytes(timeslots))
        self._words = np.frombuffer(self.buffer, "<u8", HEADER_BYTES // 8)
        self.heard = self._ring(HEADER_BYTES)
        self.sent = self._ring(HEADER_BYTES + _ring_bytes(timeslots))

    @classmethod
    def create(cls, name: str, timeslots: int) -> Self:
        """Card side: make an empty span. Raises LineError for a size nobody can have."""
        if not 1 <= timeslots <= MAX_TIMESLOTS:
            raise LineError("highway.bad-span", span=name)
        fd = os.memfd_create(f"tipring-{name}", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(fd, span_bytes(timeslots))
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, SEALS)
        os.pwrite(fd, HEADER.pack(MAGIC, VERSION, timeslots, RING_BLOCKS, BLOCK_SAMPLES, 0), 0)
        return cls(name, fd, timeslots)

    @classmethod
    def attach(cls, fd: int, name: str) -> Self:
        """Switch side: map a card's memory. Raises LineError unless it is exactly a span of ours.

        The descriptor stays the caller's if this raises, else it is the span's.
        """
        try:
            if fcntl.fcntl(fd, fcntl.F_GET_SEALS) & SEALS != SEALS:
                raise LineError("highway.bad-span", span=name)
            header, size = os.pread(fd, HEADER.size, 0), os.fstat(fd).st_size
        except OSError as error:  # not a memfd at all
            raise LineError("highway.bad-span", span=name) from error
        if len(header) != HEADER.size:
            raise LineError("highway.bad-span", span=name)
        magic, version, timeslots, ring, samples, _ = HEADER.unpack(header)
        fits = (magic, version, ring, samples) == (MAGIC, VERSION, RING_BLOCKS, BLOCK_SAMPLES)
        if not fits or not 1 <= timeslots <= MAX_TIMESLOTS or size != span_bytes(timeslots):
            raise LineError("highway.bad-span", span=name)
        return cls(name, fd, timeslots)

    def beat(self) -> None:
        """Card side: show that the card's audio loop lives; about once a frame."""
        self._words[_HEARTBEAT_WORD] += np.uint64(1)

    @property
    def heartbeat(self) -> int:
        return int(self._words[_HEARTBEAT_WORD])

    def close(self) -> None:
        """Give the descriptor back; the memory goes with the last array that shows it."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def _ring(self, offset: int) -> Ring:
        count = self.timeslots
        blocks = np.frombuffer(
            self.buffer, "<i2", count * RING_BLOCKS * BLOCK_SAMPLES, offset
        ).reshape(count, RING_BLOCKS, BLOCK_SAMPLES)
        offset += count * RING_BLOCKS * BLOCK_BYTES
        words = np.frombuffer(self.buffer, "<u8", count * (RING_BLOCKS + 2), offset)
        frames, written, read = np.split(words, [count * RING_BLOCKS, count * (RING_BLOCKS + 1)])
        return Ring(blocks, frames.reshape(count, RING_BLOCKS), written, read)
