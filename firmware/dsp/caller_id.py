"""Caller ID sent as sound while a phone rings: Bell 202 or V.23 FSK in, who calls out.

    caller_ids(audio)      # -> [CallerId(number="…", name="…", …)]

Telcordia GR-30 (SDMF and MDMF) and ETSI EN 300 659. One discriminator serves both:
1200/2200 Hz and 1300/2100 Hz share their middle, so a bit is told by the side of
1700 Hz it lies on. A message counts only if its checksum is right.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import SAMPLE_RATE_HZ, Samples

BITS_PER_S: Final = 1_200
MIDDLE_HZ: Final = 1_700.0
BIT_SAMPLES: Final = SAMPLE_RATE_HZ / BITS_PER_S
MIN_CARRIER_MS: Final = 150
MIN_LEVEL: Final = 60.0
"""Least amplitude of the carrier, about -51 dBm0."""
SDMF: Final = 0x04
MDMF: Final = 0x80
_TIME, _NUMBER, _NO_NUMBER, _NAME = 0x01, 0x02, 0x04, 0x07

_HALF_FILTER: Final = 16
_SMOOTH: Final = np.ones(4) / 4


@dataclass(frozen=True, slots=True)
class CallerId:
    """What the exchange said about the caller; times in ms since the audio's beginning."""

    number: str | None
    name: str | None
    when: str | None
    """Month, day, hour, minute: MMDDHHMM."""
    absent: str | None
    """Why there is no number: P (withheld) or O (not available)."""
    start_ms: int
    end_ms: int


def caller_ids(audio: Samples) -> list[CallerId]:
    """Return every message with a right checksum in a stretch of audio of any length."""
    if len(audio) < 4 * _HALF_FILTER:
        return []
    side, amplitude = _discriminate(audio)
    found = []
    for start, end in _carriers(amplitude):
        received = list(_octets(side[start:end]))
        for first, message in messages(bytes(octet for octet, _ in received)):
            begin, stop = received[first][1], received[first + len(message) - 1][1]
            found.append(read_message(message, start + begin, start + stop))
    return found


def _discriminate(audio: Samples) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return by how much each sample lies above 1700 Hz (as phase), and its amplitude."""
    at = np.arange(len(audio))
    shifted = audio * np.exp(-2j * np.pi * MIDDLE_HZ * at / SAMPLE_RATE_HZ)
    taps = np.arange(-_HALF_FILTER, _HALF_FILTER + 1)
    low_pass = np.sinc(2 * 950.0 / SAMPLE_RATE_HZ * taps) * np.hamming(len(taps))
    base = np.convolve(shifted, low_pass / low_pass.sum(), "same")
    turn = np.angle(base[1:] * base[:-1].conj())
    return (
        np.convolve(np.append(turn, 0.0), _SMOOTH, "same"),
        np.convolve(2 * np.abs(base), np.ones(80) / 80, "same"),
    )


def _carriers(amplitude: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Yield the stretches in which something is there to be read."""
    loud = np.concatenate([[False], amplitude > MIN_LEVEL, [False]])
    edges = np.flatnonzero(np.diff(loud.astype(np.int8)))
    for start, end in edges.reshape(-1, 2).tolist():
        if end - start >= MIN_CARRIER_MS * SAMPLE_RATE_HZ // 1_000:
            yield start, end


def _octets(side: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Yield (octet, sample) as a start-stop receiver would: 8 bits, low bit first."""
    space = side > 0
    falls = np.flatnonzero(space[1:] & ~space[:-1]) + 1
    after = 0.0
    for fall in falls.tolist():
        if fall < after:
            continue
        middles = fall + BIT_SAMPLES * (np.arange(10) + 0.5)
        if middles[-1] >= len(side) - 1:
            return
        bits = side[np.rint(middles).astype(int)] <= 0
        if bits[0] or not bits[9]:
            continue
        after = float(middles[-1]) - BIT_SAMPLES / 4
        yield int(np.packbits(bits[1:9], bitorder="little")[0]), fall


def messages(received: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (position, message without checksum) for each that adds up to 0 modulo 256."""
    at = 0
    while at + 2 < len(received):
        end = at + 2 + received[at + 1]
        whole = received[at : end + 1]
        right = len(whole) == end + 1 - at and sum(whole) % 256 == 0
        if received[at] in (SDMF, MDMF) and right:
            yield at, received[at:end]
            at = end
        at += 1


def _parameters(message: bytes) -> dict[int, str]:
    """Return the message's parameters as MDMF numbers them."""
    body = message[2:].decode("latin-1")
    if message[0] == SDMF:
        number = body[8:]
        absent = number in ("P", "O")
        return {_TIME: body[:8], _NO_NUMBER if absent else _NUMBER: number}
    found: dict[int, str] = {}
    at = 2
    while at + 1 < len(message):
        end = at + 2 + message[at + 1]
        found[message[at]] = message[at + 2 : end].decode("latin-1")
        at = end
    return found


def read_message(message: bytes, start: int, end: int) -> CallerId:
    """Return what a message (without checksum) says; start and end are its samples."""
    told = _parameters(message)
    per_ms = SAMPLE_RATE_HZ // 1_000
    return CallerId(
        number=told.get(_NUMBER) or None,
        name=told.get(_NAME, "").strip() or None,
        when=told.get(_TIME),
        absent=told.get(_NO_NUMBER),
        start_ms=start // per_ms,
        end_ms=end // per_ms,
    )
