"""The levels a line's owner set, on blocks of both directions."""

import numpy as np

from firmware.contract.pcm import FULL_SCALE, Samples


class Gains:
    """`receive_db` is what we hear of the line, `send_db` what the line hears of us."""

    def __init__(self, receive_db: float, send_db: float) -> None:
        self._receive = np.float32(10 ** (receive_db / 20))
        self._send = np.float32(10 ** (send_db / 20))

    def received(self, block: Samples) -> Samples:
        return _scaled(block, self._receive)

    def sent(self, block: Samples) -> Samples:
        return _scaled(block, self._send)


def _scaled(block: Samples, factor: np.float32) -> Samples:
    if factor == 1:
        return block
    scaled: Samples = np.clip(block * factor, -FULL_SCALE - 1, FULL_SCALE).astype(np.int16)
    return scaled
