"""What a bad line does to sound: loss, noise, echo, blocks that go missing. Always with a seed.

Clock drift and late data belong to a device's own clock: crystal.py.
"""

from typing import Annotated, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from drivers.simulators.sounds import SILENCE, amplitude
from firmware.contract.pcm import BLOCK_SAMPLES, FULL_SCALE, SAMPLE_RATE_HZ, Samples

HYBRID_MS: Final = 12
HYBRID_DELAY_MS: Final = 1
"""The two-wire loop answers at once; what is later is its ringing down."""


class Impairments(BaseModel):
    """One subscriber line, as practice.toml describes it; the default is perfect."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    seed: int = 1
    attenuation_db: Annotated[float, Field(ge=0, le=40)] = 0.0
    """Each way."""
    noise_dbm0: Annotated[float | None, Field(le=-20)] = None
    loss_percent: Annotated[float, Field(ge=0, le=50)] = 0.0
    """Blocks replaced by silence, each way."""
    echo_return_loss_db: Annotated[float | None, Field(ge=3, le=40)] = None
    """The hybrid sends what the device says back to it, so many dB weaker."""
    drift_ppm: Annotated[float, Field(ge=-5_000, le=5_000)] = 0.0
    """How much faster than nominal the device's crystal runs."""
    late_every_s: Annotated[float | None, Field(gt=0)] = None
    late_ms: Annotated[int, Field(ge=20, le=1_000)] = 200
    """Every `late_every_s` (on average) the device's data stands still this long, then bursts."""

    @property
    def spoils_sound(self) -> bool:
        """Something is to be done to the samples, not only to their timing."""
        echo, noise = self.echo_return_loss_db, self.noise_dbm0
        return bool(self.attenuation_db or self.loss_percent) or (echo, noise) != (None, None)


class ImpairedPath:
    """The two directions of one line, each block changed the same way on every run."""

    def __init__(self, settings: Impairments) -> None:
        self._settings = settings
        self._random = np.random.default_rng(settings.seed)
        self._gain = 10 ** (-settings.attenuation_db / 20)
        erl_db = settings.echo_return_loss_db
        self._hybrid = None if erl_db is None else hybrid(erl_db, settings.seed)
        self._said_before = np.zeros(HYBRID_MS * SAMPLE_RATE_HZ // 1000)

    def outward(self, said: Samples) -> Samples:
        """Return what the network gets of what the device said."""
        return self._degraded(said.astype(np.float64))

    def inward(self, heard: Samples, said: Samples) -> Samples:
        """Return what the device hears while it says `said`."""
        return self._degraded(heard.astype(np.float64), self._echo(said))

    def _degraded(
        self, wave: NDArray[np.float64], echo: NDArray[np.float64] | None = None
    ) -> Samples:
        settings = self._settings
        if settings.loss_percent and self._random.random() * 100 < settings.loss_percent:
            return SILENCE
        wave = wave * self._gain
        if echo is not None:
            wave = wave + echo
        if settings.noise_dbm0 is not None:
            # Noise of this power: a sine of the same power has sqrt(2) times its deviation as peak.
            deviation = amplitude(settings.noise_dbm0) / np.sqrt(2)
            wave = wave + self._random.normal(0, deviation, len(wave))
        return np.clip(np.round(wave), -FULL_SCALE - 1, FULL_SCALE).astype(np.int16)

    def _echo(self, said: Samples) -> NDArray[np.float64] | None:
        if self._hybrid is None:
            return None
        stretch = np.concatenate([self._said_before, said])
        self._said_before = stretch[-len(self._said_before) :]
        echo: NDArray[np.float64] = np.convolve(stretch, self._hybrid)[
            len(self._said_before) : len(self._said_before) + BLOCK_SAMPLES
        ]
        return echo


def hybrid(echo_return_loss_db: float, seed: int) -> NDArray[np.float64]:
    """Return a random 12 ms impulse response, shape (96,); its energy is the echo return loss."""
    random = np.random.default_rng(seed)
    count = HYBRID_MS * SAMPLE_RATE_HZ // 1000
    delay = HYBRID_DELAY_MS * SAMPLE_RATE_HZ // 1000
    response = random.normal(0, 1, count) * np.exp(-np.arange(count) / (count / 5))
    response[:delay] = 0
    gain = 10 ** (-echo_return_loss_db / 20) / float(np.linalg.norm(response))
    scaled: NDArray[np.float64] = response * gain
    return scaled
