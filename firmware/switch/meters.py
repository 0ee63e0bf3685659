"""Levels of the legs somebody looks at: what they say and hear, told twice a second."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.message import LegId
from firmware.contract.pcm import Samples
from firmware.contract.switching import LegLevels
from firmware.dsp.levels import from_mean_square

FRAMES: Final = 25


@dataclass(slots=True)
class _Meter:
    row: int
    power: NDArray[np.float64]
    """Sums of the mean squares of what was said and heard; shape (2,)."""
    frames: int = 0


class Meters:
    def __init__(self) -> None:
        self._meters: dict[LegId, _Meter] = {}

    def set(self, leg_id: LegId, row: int, *, on: bool) -> None:
        """Begin or end; a second time changes nothing."""
        if not on:
            self.forget(leg_id)
        elif leg_id not in self._meters:
            self._meters[leg_id] = _Meter(row, np.zeros(2))

    def forget(self, leg_id: LegId) -> None:
        self._meters.pop(leg_id, None)

    def take(self, said: Samples, heard: Samples) -> Iterator[LegLevels]:
        """Take one frame of all rows, (rows, 160) each; yield the levels that are due."""
        for leg_id, meter in self._meters.items():
            blocks = np.stack((said[meter.row], heard[meter.row])).astype(np.float64)
            meter.power += np.mean(blocks**2, axis=1)
            meter.frames += 1
            if meter.frames == FRAMES:
                said_dbm0, heard_dbm0 = from_mean_square(meter.power / FRAMES).tolist()
                meter.power[:], meter.frames = 0, 0
                yield LegLevels(
                    leg_id=leg_id, said_dbm0=round(said_dbm0, 1), heard_dbm0=round(heard_dbm0, 1)
                )
