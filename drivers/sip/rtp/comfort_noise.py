"""Comfort noise (RFC 3389): what is heard while the far end sends nothing on purpose."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import BLOCK_SAMPLES, FULL_SCALE, Samples

PAYLOAD_TYPE: Final = 13
_POOL: Final = 8192


def noise_rms(payload: bytes) -> float:
    """Return the level a comfort noise packet asks for, in int16 steps; its first byte is -dBov.

    The spectrum that may follow is not followed: the noise is white.
    """
    return float(32_768 * 10 ** (-(payload[0] & 0x7F) / 20))


class ComfortNoise:
    """Of all endpoints: the level that holds until the voice returns; 0 is none."""

    def __init__(self, rows: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self._pool = rng.normal(0.0, 1.0, _POOL + BLOCK_SAMPLES).astype(np.float32)
        self._rng = rng
        self.rms = np.zeros(rows, np.float32)

    def blocks(self, rows: NDArray[np.intp]) -> Samples:
        """Return a block of noise for each row, shape (n, 160)."""
        at = self._rng.integers(0, _POOL, len(rows))[:, None] + np.arange(BLOCK_SAMPLES)
        noise = self._pool[at] * self.rms[rows, None]
        blocks: Samples = np.clip(noise, -FULL_SCALE, FULL_SCALE).astype(np.int16)
        return blocks
