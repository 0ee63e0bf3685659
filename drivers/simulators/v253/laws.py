"""The sample codings a voice modem offers, one byte a sample (ITU-T G.711 and 8-bit linear)."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import Samples

Codes = NDArray[np.uint8]


def _mu_law() -> NDArray[np.int32]:
    code = ~np.arange(256, dtype=np.uint8)
    segment, step = (code.astype(np.int32) >> 4) & 7, code.astype(np.int32) & 15
    size = (((2 * step + 33) << segment) - 33) * 4
    values: NDArray[np.int32] = np.where(code & 0x80, -size, size)
    return values


def _a_law() -> NDArray[np.int32]:
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    segment, step = (code.astype(np.int32) >> 4) & 7, code.astype(np.int32) & 15
    size = np.where(segment == 0, 2 * step + 1, (2 * step + 33) << np.maximum(segment - 1, 0)) * 8
    values: NDArray[np.int32] = np.where(code & 0x80, size, -size)
    return values


def _linear(zero: int) -> NDArray[np.int32]:
    return ((np.arange(256, dtype=np.int32) - zero + 128) % 256 - 128) * 256


@cache
def _values(coding: str) -> NDArray[np.int32]:
    """Value of each of the 256 codes; raises KeyError for a coding not known."""
    tables = {
        "ulaw": _mu_law(),
        "alaw": _a_law(),
        "unsigned8": _linear(128),
        "signed8": _linear(0),
    }
    return tables[coding]


@cache
def _nearest(coding: str) -> Codes:
    """The code nearest to each of the 65536 values, -32768 first."""
    values = _values(coding)
    order = np.argsort(values, kind="stable")
    middles = (values[order][1:] + values[order][:-1]) / 2
    wanted = np.arange(-32768, 32768)
    return order[np.searchsorted(middles, wanted)].astype(np.uint8)


def encoded(coding: str, samples: Samples) -> bytes:
    return _nearest(coding)[samples.astype(np.int32) + 32768].tobytes()


def decoded(coding: str, data: bytes) -> Samples:
    return _values(coding)[np.frombuffer(data, np.uint8)].astype(np.int16)


def silence(coding: str) -> bytes:
    """Return the code of a silent sample."""
    return encoded(coding, np.zeros(1, np.int16))
