"""The one audio format inside Tipring.

Every block on the highway is 20 ms of 8 kHz, 16-bit, linear, mono PCM.
Levels are in dBm0; a full-scale sine is +3.14 dBm0 (ITU-T G.711).
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ: Final = 8_000
FRAME_MS: Final = 20
BLOCK_SAMPLES: Final = SAMPLE_RATE_HZ * FRAME_MS // 1_000
BLOCK_BYTES: Final = 2 * BLOCK_SAMPLES

FULL_SCALE: Final = 32_767
FULL_SCALE_SINE_DBM0: Final = 3.14

Samples: TypeAlias = NDArray[np.int16]
"""Linear PCM; shape (n,) for a stretch of audio, (BLOCK_SAMPLES,) for a block."""
