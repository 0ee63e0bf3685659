"""What goes out: blocks become packets, and keys become events or tones in their place.

A stream's sequence numbers and timestamps run on without a hole for the whole
call, whatever is sent and while nothing is.
"""

import secrets
from typing import Final

import numpy as np
from numpy.typing import NDArray

from drivers.sip.media_messages import Codec, StartMedia
from drivers.sip.rtp.events import MARKER, SentEvents
from drivers.sip.rtp.packet import HEADER_BYTES, Bools, Rows, packet, write_headers
from drivers.sip.rtp.rtcp import SenderInfo
from firmware.contract.pcm import BLOCK_SAMPLES, FULL_SCALE, Samples
from firmware.dsp import g711
from firmware.dsp.tones import dtmf

PACKET_BYTES: Final = HEADER_BYTES + BLOCK_SAMPLES
_MOST_TONE_BLOCKS: Final = 64 * 10


class Sender:
    """Arrays over endpoints (rows)."""

    def __init__(self, rows: int) -> None:
        self._words = np.zeros((rows, PACKET_BYTES // 4), ">u4")
        self._bytes = self._words.view(np.uint8)
        self._views = [line.data for line in self._bytes]
        self._sequence = np.zeros(rows, np.int64)
        self._timestamp = np.zeros(rows, np.int64)
        self._ssrc = np.zeros(rows, np.int64)
        self._payload_type = np.zeros(rows, np.int64)
        self._event_type: dict[int, int | None] = {}
        self._alaw = np.zeros(rows, bool)
        self._gain = np.ones(rows, np.float32)
        self._marker = np.zeros(rows, np.int64)
        self._events: dict[int, SentEvents] = {}
        self._tones: dict[int, Samples] = {}
        self.sent = np.zeros(rows, np.int64)
        """Packets of this call."""
        self._octets = np.zeros(rows, np.int64)

    def start(self, row: int) -> None:
        """Begin a new stream (RFC 3550: all three numbers unguessable)."""
        self._sequence[row] = secrets.randbits(16)
        self._timestamp[row] = secrets.randbits(32)
        self._ssrc[row] = secrets.randbits(32)
        self._marker[row] = MARKER
        self.sent[row] = self._octets[row] = 0
        self.stop(row)

    def agree(self, row: int, order: StartMedia) -> None:
        """Send as the SDP says from now on."""
        self._payload_type[row] = order.payload_type
        self._event_type[row] = order.event_payload_type
        self._alaw[row] = order.codec is Codec.PCMA
        self._gain[row] = 10 ** (order.send_db / 20)

    def stop(self, row: int) -> None:
        for things in (self._events, self._tones, self._event_type):
            things.pop(row, None)

    def press(self, row: int, digits: str) -> None:
        """Send keys one after another: as events if agreed, else as tones in the sound."""
        if self._event_type.get(row) is not None:
            self._events.setdefault(row, SentEvents()).add(digits)
            return
        waiting = self._tones.get(row, np.zeros(0, np.int16))
        tones = np.concatenate([waiting, dtmf(digits)])
        self._tones[row] = tones[: _MOST_TONE_BLOCKS * BLOCK_SAMPLES]

    def own_ssrc(self, row: int) -> int:
        return int(self._ssrc[row])

    def info(self, row: int, now_ntp: int) -> SenderInfo:
        """Return what a sender report says of the row's stream."""
        timestamp = int(self._timestamp[row]) & 0xFFFFFFFF
        return SenderInfo(now_ntp, timestamp, int(self.sent[row]), int(self._octets[row]))

    def skip(self, rows: Rows, frames: int) -> None:
        """Let time go on over frames that could not be run."""
        self._timestamp[rows] += frames * BLOCK_SAMPLES

    def packets(
        self, rows: Rows, blocks: Samples, sending: Bools
    ) -> list[tuple[int, memoryview | bytes]]:
        """Return (row, packet) for each row that sends; the packets hold until the next call.

        blocks: shape (n, 160). Time goes on for the other rows too.
        """
        blocks = self._with_tones(rows, blocks)
        loud = rows[sending]
        if len(loud):
            self._write(loud, blocks[sending])
        self._timestamp[rows] += BLOCK_SAMPLES
        out: list[tuple[int, memoryview | bytes]] = [
            (row, self._views[at]) for at, row in enumerate(loud.tolist())
        ]
        return self._with_events(out) if self._events else out

    def _write(self, rows: Rows, blocks: Samples) -> None:
        count = len(rows)
        gain = self._gain[rows]
        if (gain != 1).any():
            blocks = np.clip(blocks * gain[:, None], -FULL_SCALE, FULL_SCALE).astype(np.int16)
        write_headers(
            self._words[:count],
            self._payload_type[rows] | self._marker[rows],
            self._sequence[rows],
            self._timestamp[rows],
            self._ssrc[rows],
        )
        self._bytes[:count, HEADER_BYTES:] = _encoded(blocks, self._alaw[rows])
        self._marker[rows] = 0
        self._sequence[rows] += 1
        self.sent[rows] += 1
        self._octets[rows] += BLOCK_SAMPLES

    def _with_tones(self, rows: Rows, blocks: Samples) -> Samples:
        if not self._tones:
            return blocks
        blocks = blocks.copy()
        for at, row in enumerate(rows.tolist()):
            waiting = self._tones.get(row)
            if waiting is None:
                continue
            piece = waiting[:BLOCK_SAMPLES]
            blocks[at] = 0
            blocks[at, : len(piece)] = piece
            self._tones[row] = waiting[BLOCK_SAMPLES:]
            if len(waiting) <= BLOCK_SAMPLES:
                del self._tones[row]
        return blocks

    def _with_events(
        self, out: list[tuple[int, memoryview | bytes]]
    ) -> list[tuple[int, memoryview | bytes]]:
        """Put events in the place of sound; the sequence number is the same."""
        return [
            (row, self._event_packet(row, sound) if row in self._events else sound)
            for row, sound in out
        ]

    def _event_packet(self, row: int, sound: memoryview | bytes) -> memoryview | bytes:
        due = self._events[row].next()
        if not self._events[row].active:
            del self._events[row]
        kind = self._event_type.get(row)
        if due is None or kind is None:
            return sound
        self._octets[row] += len(due.payload) - BLOCK_SAMPLES
        return packet(
            kind | (MARKER if due.marker else 0),
            int(self._sequence[row]) - 1,
            int(self._timestamp[row]) - BLOCK_SAMPLES - due.age,
            int(self._ssrc[row]),
            due.payload,
        )


def _encoded(blocks: Samples, alaw: Bools) -> NDArray[np.uint8]:
    codes = g711.to_mulaw(blocks)
    if alaw.any():
        codes[alaw] = g711.to_alaw(blocks[alaw])
    return codes
