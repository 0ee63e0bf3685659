"""What comes in: batches of datagrams become heard blocks, keys and counts."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from drivers.sip.media_messages import Codec, MediaDirection, StartMedia
from drivers.sip.rtp import comfort_noise
from drivers.sip.rtp.comfort_noise import ComfortNoise
from drivers.sip.rtp.concealment import Concealment, Taken
from drivers.sip.rtp.events import FLASH, LAST_KNOWN, HeardEvents, parse_event
from drivers.sip.rtp.jitter_buffer import MAX_DELAY, JitterBuffer
from drivers.sip.rtp.packet import (
    HEADER_BYTES,
    MAX_SOUND_BYTES,
    PLAIN,
    Bools,
    Bytes,
    Headers,
    Ints,
    Rows,
    Words,
    first_words,
    parse_headers,
)
from drivers.sip.rtp.reception import Reception
from drivers.sip.rtp.streams import NONE, Silence, Streams
from firmware.contract.pcm import BLOCK_SAMPLES, FULL_SCALE, Samples
from firmware.dsp import g711

_MUTE_AFTER: Final = BLOCK_SAMPLES
_MUTE_WHILE_HELD: Final = 3 * BLOCK_SAMPLES
_LISTENING: Final = (MediaDirection.SENDRECV, MediaDirection.RECVONLY)
_STATIC: Final = (0, 8)
"""PCMU and PCMA: understood whichever was agreed, as some far ends change without a word."""
_USUAL_BYTES: Final = HEADER_BYTES + BLOCK_SAMPLES


@dataclass(frozen=True, slots=True)
class Batch:
    """Datagrams of different endpoints, none twice."""

    rows: Rows
    slots: Bytes
    """Shape (n, SLOT_BYTES)."""
    lengths: Ints
    arrival: Ints
    """When each came, in samples of one clock."""


@dataclass(frozen=True, slots=True)
class HeardKey:
    row: int
    event: int
    """0 to 15, or FLASH."""


class Receiver:
    """Arrays over endpoints (rows)."""

    def __init__(self, rows: int, seed: int) -> None:
        self.buffer = JitterBuffer(rows)
        self.concealment = Concealment(rows)
        self.noise = ComfortNoise(rows, seed)
        self.reception = Reception(rows)
        self.concealed = np.zeros(rows, np.int64)
        """Blocks with something made up in them."""
        self._noise_from = np.zeros(rows, np.int64)
        self._mute_until = np.zeros(rows, np.int64)
        self._payload_type = np.full(rows, NONE)
        self._event_type = np.full(rows, NONE)
        self._usual = np.full(rows, NONE)
        """How a row's packets begin when nothing is special about them."""
        self._alaw = np.zeros(rows, bool)
        self._gain = np.ones(rows, np.float32)
        self._listening = np.zeros(rows, bool)
        self._streams, self._silence = Streams(rows), Silence(rows)
        self._events: dict[int, HeardEvents] = {}
        self.keys: list[HeardKey] = []
        """Pressed since somebody looked."""
        self.returned: list[int] = []
        """Rows that were silent and are heard again."""
        self.tick = 0

    # ---- calls

    def start(self, row: int) -> None:
        """Forget the call before."""
        for part in (self.buffer, self.concealment, self.reception, self._streams):
            part.start(row)
        self.concealed[row] = self.noise.rms[row] = self._mute_until[row] = 0
        self._listening[row], self._usual[row] = False, NONE
        self._events[row] = HeardEvents()

    def agree(self, row: int, order: StartMedia) -> None:
        """Listen as the SDP says from now on."""
        self._payload_type[row] = order.payload_type
        self._event_type[row] = (
            NONE if order.event_payload_type is None else order.event_payload_type
        )
        self._alaw[row] = order.codec is Codec.PCMA
        self._gain[row] = 10 ** (order.receive_db / 20)
        listening = order.direction in _LISTENING
        if listening and not self._listening[row]:
            self._silence.start(row, self.tick)
        self._listening[row] = listening
        known = listening and not self._silence.told[row]
        self._usual[row] = PLAIN | order.payload_type if known else NONE

    def stop(self, row: int) -> None:
        self._listening[row], self._usual[row] = False, NONE
        self._events.pop(row, None)

    def ssrc(self, row: int) -> int | None:
        """Return the SSRC of the stream that is heard; None before the first packet."""
        ssrc = int(self._streams.ssrc[row])
        return None if ssrc == NONE else ssrc

    def silent(self, rows: Rows) -> Rows:
        """Return the rows that have just been silent for too long, each once."""
        quiet = self._silence.begun(rows[self._listening[rows]], self.tick)
        self._usual[quiet] = NONE
        return quiet

    # ---- packets in

    def proves(self, row: int, slot: Bytes, length: int) -> bool:
        """Tell whether a datagram is RTP as agreed, so that its source may be believed."""
        headers = parse_headers(slot[None, :], np.array([length]))
        kind = int(headers.payload_type[0])
        known = kind in (self._payload_type[row], self._event_type[row], *_STATIC)
        return bool(headers.valid[0]) and known

    def hear(self, batch: Batch) -> None:
        """Take a batch; nonsense in it is dropped."""
        rows, words = batch.rows, first_words(batch.slots)
        usual = (words[:, 0] >> 16 == self._usual[rows]) & (words[:, 2] == self._streams.ssrc[rows])
        usual &= (batch.lengths == _USUAL_BYTES) & self.reception.are_next(rows, words[:, 0])
        codes = batch.slots[:, HEADER_BYTES:_USUAL_BYTES]
        if usual.all():
            self._hear_usual(rows, words[:, 1], batch.arrival, codes)
            return
        self._hear_usual(rows[usual], words[usual, 1], batch.arrival[usual], codes[usual])
        self._hear_any(_rest(batch, ~usual))

    def _hear_usual(self, rows: Rows, timestamps: Words, arrival: Ints, codes: Bytes) -> None:
        """Take packets about which nothing is special: each the next of its stream, 20 ms."""
        self._silence.last_heard[rows] = self.tick
        self.reception.count_next(rows)
        self.reception.time(rows, timestamps, arrival)
        self.buffer.place(rows, timestamps, _decoded(codes, self._alaw[rows]))

    def _hear_any(self, batch: Batch) -> None:
        headers = parse_headers(batch.slots, batch.lengths)
        rows, kind = batch.rows, headers.payload_type
        agreed = kind == self._payload_type[rows]
        event = kind == self._event_type[rows]
        sound = (agreed | (kind == 0) | (kind == 8)) & ~event
        noise = (kind == comfort_noise.PAYLOAD_TYPE) & ~sound & ~event
        taken = headers.valid & self._listening[rows] & (sound | event | noise)
        mine, changed = self._streams.sort(rows, headers.ssrc, taken, self.tick)
        taken &= mine
        for row in changed.tolist():
            self._new_stream(row)
        if not taken.all():
            if not taken.any():
                return
            batch, headers = _only(batch, headers, taken)
            sound, event, noise = sound[taken], event[taken], noise[taken]
            rows, agreed = batch.rows, agreed[taken]
        back = self._silence.ended(rows, self.tick)
        self.returned += back.tolist()
        self._usual[back] = PLAIN | self._payload_type[back]
        new = self.reception.count(rows, headers.sequence)
        if event.any() or noise.any():
            for at in (new & (event | noise)).nonzero()[0].tolist():
                self._hear_other(batch, headers, at, bool(event[at]))
        alaw = np.where(agreed, self._alaw[rows], headers.payload_type == 8)
        self._hear_sound(batch, headers, alaw, sound & new)

    def _new_stream(self, row: int) -> None:
        """The far end goes on as somebody else, with other numbers and times."""
        self.buffer.resync(row)
        self.reception.resync(row)
        self._mute_until[row] = 0
        self._events[row] = HeardEvents()

    def _hear_sound(self, batch: Batch, headers: Headers, alaw: Bools, sound: Bools) -> None:
        lengths = headers.end - headers.start
        sound &= lengths <= MAX_SOUND_BYTES
        if not sound.all():
            batch, headers = _only(batch, headers, sound)
            alaw, lengths = alaw[sound], lengths[sound]
        if not len(lengths):
            return
        self.reception.time(batch.rows, headers.timestamp, batch.arrival)
        length, start = int(lengths[0]), int(headers.start[0])
        if (lengths == length).all() and (headers.start == start).all():
            codes = batch.slots[:, start : start + length]
            self.buffer.place(batch.rows, headers.timestamp, _decoded(codes, alaw))
            return
        for at, row in enumerate(batch.rows):
            codes = batch.slots[at : at + 1, headers.start[at] : headers.end[at]]
            sounds = _decoded(codes, alaw[at : at + 1])
            self.buffer.place(row[None], headers.timestamp[at : at + 1], sounds)

    def _hear_other(self, batch: Batch, headers: Headers, at: int, event: bool) -> None:
        row, timestamp = int(batch.rows[at]), int(headers.timestamp[at])
        payload = batch.slots[at, headers.start[at] : headers.end[at]].tobytes()
        if event:
            self._hear_event(row, timestamp, payload, bool(headers.marker[at]))
            return
        self.noise.rms[row] = comfort_noise.noise_rms(payload)
        place = self.buffer.place_of(row, timestamp)
        self._noise_from[row] = min(place, self._latest(row))

    def _hear_event(self, row: int, timestamp: int, payload: bytes, marker: bool) -> None:
        packet = parse_event(payload)
        if packet is None or packet.event > LAST_KNOWN:
            return
        if self._events[row].hear(packet, timestamp, marker, self.tick):
            self.keys.append(HeardKey(row, packet.event))
        if packet.event == FLASH:
            return
        until = self.buffer.place_of(row, timestamp + packet.duration)
        until += _MUTE_AFTER if packet.ended else _MUTE_WHILE_HELD
        latest = self._latest(row) + _MUTE_WHILE_HELD
        self._mute_until[row] = max(int(self._mute_until[row]), min(until, latest))

    def _latest(self, row: int) -> int:
        """Return how far ahead of what plays now anything sensible can lie."""
        return int(self.buffer.positions(np.array([row]))[0]) + MAX_DELAY

    # ---- blocks out

    def play(self, rows: Rows) -> Samples:
        """Return what each row hears in this tick, shape (n, 160)."""
        positions = self.buffer.positions(rows)
        taken = self._replace(rows, positions, self.buffer.take(rows))
        heard, made_up = self.concealment.conceal(rows, taken)
        self.concealed[made_up] += 1
        gain = self._gain[rows]
        if (gain != 1).any():
            heard = np.clip(heard * gain[:, None], -FULL_SCALE, FULL_SCALE).astype(np.int16)
        return heard

    def _replace(self, rows: Rows, positions: Ints, taken: Taken) -> Taken:
        """Put comfort noise where it is due and silence under keys; neither is to be concealed."""
        muted = positions < self._mute_until[rows]
        noisy = self.noise.rms[rows] > 0
        if not (muted | noisy).any():
            return taken
        nothing = np.zeros(len(rows), bool)
        nothing[taken.torn] = taken.missing.all(axis=1)
        over = noisy & ~nothing & (positions >= self._noise_from[rows])
        self.noise.rms[rows[over]] = 0
        quiet = noisy & nothing
        taken.blocks[quiet] = self.noise.blocks(rows[quiet])
        taken.blocks[muted] = 0
        left = ~(quiet | muted)[taken.torn]
        return Taken(taken.blocks, taken.torn[left], taken.missing[left])


def _decoded(codes: Bytes, alaw: Bools) -> Samples:
    sound = g711.from_mulaw(codes)
    if alaw.any():
        sound[alaw] = g711.from_alaw(codes[alaw])
    return sound


def _rest(batch: Batch, left: Bools) -> Batch:
    return Batch(batch.rows[left], batch.slots[left], batch.lengths[left], batch.arrival[left])


def _only(batch: Batch, headers: Headers, taken: Bools) -> tuple[Batch, Headers]:
    return (
        _rest(batch, taken),
        Headers(
            headers.valid[taken],
            headers.marker[taken],
            headers.payload_type[taken],
            headers.sequence[taken],
            headers.timestamp[taken],
            headers.ssrc[taken],
            headers.start[taken],
            headers.end[taken],
        ),
    )
