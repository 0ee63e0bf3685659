"""One endpoint's receiver, driven tick by tick with the packets a wire hands over."""

from collections.abc import Iterable

import numpy as np

from drivers.sip.media_messages import Codec, MediaDirection, StartMedia
from drivers.sip.rtp.packet import SLOT_BYTES
from drivers.sip.rtp.receiving import Batch, Receiver
from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from tests.drivers.sip.rtp.wire import Datagram, FarEnd, by_tick

ROW = 2
PHASE_MS = 7.0


def agreed(**changes: object) -> StartMedia:
    """Return an agreement on mu-law with events as 101."""
    order = {
        "endpoint": ROW,
        "timeslot": 0,
        "address": "127.0.0.1",
        "port": 4000,
        "codec": Codec.PCMU,
        "payload_type": 0,
        "event_payload_type": 101,
        "direction": MediaDirection.SENDRECV,
    } | changes
    return StartMedia.model_validate(order)


def batch(row: int, data: bytes, arrival: int = 0) -> Batch:
    """Return one datagram as the sockets would hand it over."""
    slots = np.zeros((1, SLOT_BYTES), np.uint8)
    kept = np.frombuffer(data[:SLOT_BYTES], np.uint8)
    slots[0, : len(kept)] = kept
    return Batch(np.array([row]), slots, np.array([len(kept)]), np.array([arrival]))


class Ear:
    """Hears one call. `keys`: events heard; `playing`: the timestamp that plays next, by tick."""

    def __init__(self, order: StartMedia | None = None) -> None:
        self.receiver = Receiver(4, seed=1)
        self.receiver.start(ROW)
        self.receiver.agree(ROW, order or agreed())
        self.keys: list[int] = []
        self.playing: list[int] = []
        self._rows = np.array([ROW])

    def tick(self, found: Iterable[bytes]) -> Samples:
        """Hand over what came and return the block heard."""
        arrival = self.receiver.tick * BLOCK_SAMPLES
        for data in found:
            self.receiver.hear(batch(ROW, data, arrival))
        self.keys += [key.event for key in self.receiver.keys]
        self.receiver.keys.clear()
        self.receiver.tick += 1
        block: Samples = self.receiver.play(self._rows)[0]
        return block

    def ages_ms(self, far_end: FarEnd, first: int, phase_ms: float = PHASE_MS) -> list[float]:
        """Return how long ago what was played last had been spoken, by tick from `first` on."""
        spoken_ms = (1 - far_end.drift_ppm / 1e6) / 8
        return [
            tick * 20 + phase_ms - wrapped(timestamp - far_end.first_timestamp) * spoken_ms
            for tick, timestamp in enumerate(self.playing)
            if tick >= first
        ]

    def listen(self, arrived: list[Datagram], ticks: int, phase_ms: float = PHASE_MS) -> Samples:
        """Hear a whole stretch; return its sound."""
        blocks = []
        for found in by_tick(arrived, ticks, phase_ms):
            blocks.append(self.tick(found))
            self.playing.append(self._next_timestamp())
        return np.concatenate(blocks)

    def _next_timestamp(self) -> int:
        buffer = self.receiver.buffer
        return int(buffer.positions(self._rows)[0]) - buffer.place_of(ROW, 0)


def wrapped(difference: int) -> int:
    """Return a difference of timestamps as a signed one."""
    return (difference + 2**31) % 2**32 - 2**31
