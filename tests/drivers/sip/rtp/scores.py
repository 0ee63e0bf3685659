"""What a listener makes of what was heard: how near to clean speech, and which digits."""

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from firmware.dsp.dtmf import DtmfDetector

LEAST_DB, MOST_DB = -10.0, 35.0
SPOKEN_RMS = 150.0


def segmental_snr(clean: Samples, heard: Samples, which: NDArray[np.bool_]) -> float:
    """Return the mean SNR, in dB, of those 20 ms segments in which somebody speaks."""
    count = min(len(clean), len(heard)) // BLOCK_SAMPLES
    shape = (count, BLOCK_SAMPLES)
    wanted = clean[: count * BLOCK_SAMPLES].reshape(shape).astype(np.float64)
    wrong = heard[: count * BLOCK_SAMPLES].reshape(shape) - wanted
    signal, noise = (wanted**2).mean(axis=1), (wrong**2).mean(axis=1)
    spoken = which[:count] & (signal > SPOKEN_RMS**2)
    ratio_db = 10 * np.log10(signal[spoken] / np.maximum(noise[spoken], 1e-3))
    return float(np.clip(ratio_db, LEAST_DB, MOST_DB).mean())


def digits_in(sound: Samples) -> str:
    """Return what our own in-band detector hears."""
    detector, on = DtmfDetector(1), np.ones(1, bool)
    blocks = sound.reshape(-1, 1, BLOCK_SAMPLES)
    events = [event for block in blocks for event in detector.hear(block, on)]
    return "".join(event.digit for event in events if not event.ended)
