"""A talk over a line whose crystal is off, with markers in both directions that time the delay.

The caller and the office's phone have nominal clocks, so what each of them hears
is measured in its own samples: no busy machine can falsify it. Markers come every
half second; a block dropped on the way moves all later ones 160 samples ahead, a
block repeated moves them back.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from drivers.simulators.practice import PACKAGED
from drivers.simulators.settings import PhoneSettings
from drivers.simulators.virtual_phone import Hook, VirtualPhone
from firmware.contract.pcm import BLOCK_SAMPLES, FRAME_MS, SAMPLE_RATE_HZ, Samples
from tests.practice_box import BEFORE_OTHERS, PracticeBox
from tests.sound import read_sound, write_wav

EVERY_SAMPLES: Final = SAMPLE_RATE_HZ // 2
MARKER_SAMPLES: Final = 60
MARKER_PEAK: Final = 12_000
SEEN_SHARE: Final = 0.6
"""A marker is taken when it correlates so well; one cut by a slip does not."""
ENDS: Final = 5
"""So many markers at the beginning and the end make the first and the last delay."""
MOST_GROWTH_MS: Final = 2 * FRAME_MS
SPARE_SLIPS: Final = 4
"""Where two clocks cross, jitter may cost as many beside each one that is forced."""
REPORT_S: Final = 6.0
PHONES: Final = (("gsm-1", "phone-2", "102", "0"), ("gsm-2", "phone-1", "101", "1"))
"""Caller's line, the phone that answers it, its extension, the key that leads there."""


def marker_shape() -> Samples:
    noise = np.random.default_rng(5).choice([-1, 1], MARKER_SAMPLES)
    shape: Samples = (noise * MARKER_PEAK).astype(np.int16)
    return shape


def markers(seconds: float) -> Samples:
    """Return silence with a marker every half second; shape (n,)."""
    sound = np.zeros(round(seconds * SAMPLE_RATE_HZ), np.int16)
    for at in range(0, len(sound) - MARKER_SAMPLES, EVERY_SAMPLES):
        sound[at : at + MARKER_SAMPLES] = marker_shape()
    return sound


@dataclass(frozen=True)
class Heard:
    """The markers one end heard: by how many blocks each came later than the first."""

    late_blocks: NDArray[np.float64]

    @classmethod
    def of(cls, sound: NDArray[np.float64] | Samples) -> "Heard":
        places = _places(np.asarray(sound, np.float64))
        steps = np.diff(places)
        lateness = steps - EVERY_SAMPLES * np.round(steps / EVERY_SAMPLES)
        return cls(np.concatenate([[0.0], np.cumsum(lateness)]) / BLOCK_SAMPLES)

    @property
    def slips(self) -> int:
        """Blocks dropped or repeated between the markers, as far as one can hear."""
        return int(np.abs(np.round(np.diff(self.late_blocks))).sum())

    @property
    def growth_ms(self) -> float:
        """How much longer the delay was at the end than at the beginning."""
        first, last = np.median(self.late_blocks[:ENDS]), np.median(self.late_blocks[-ENDS:])
        return float(last - first) * FRAME_MS


def _places(sound: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return where the markers begin."""
    shape = marker_shape().astype(np.float64)
    likeness = np.correlate(sound, shape, "valid") / float(shape @ shape)
    loudest = float(np.percentile(_peaks(likeness), 50))
    return np.flatnonzero(
        (likeness > SEEN_SHARE * loudest)
        & (likeness >= np.roll(likeness, 1))
        & (likeness > np.roll(likeness, -1))
    )


def _peaks(likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    whole = len(likeness) // EVERY_SAMPLES * EVERY_SAMPLES
    highest: NDArray[np.float64] = likeness[:whole].reshape(-1, EVERY_SAMPLES).max(axis=1)
    return highest


@dataclass(frozen=True)
class Talk:
    """What both ends of one call heard of each other."""

    phone: Heard
    caller: Heard


async def judged(
    box: PracticeBox, phones: list[VirtualPhone], seconds: float, drift_ppm: float
) -> None:
    """Have the talks and print a table of them; fails where delay grew or too much was lost.

    The far network gives the fast modem a block it has not got as often as the box
    takes one away from it. An ear counts both, or neither where they fall between the
    same two markers, so it sets only the upper bound; that the clock was off at all
    is for the switch to say. What a machine that is too busy does to both lines is
    not laid to the clock's account.
    """
    forced = seconds * abs(drift_ppm) * 1e-6 * 1000 / FRAME_MS
    counted = -_slips_counted(box)
    drifting, steady = await talks(box, phones, seconds)
    await asyncio.sleep(REPORT_S)  # the switch tells its counts in this rhythm
    counted += _slips_counted(box)
    table = _table(seconds, drift_ppm, (drifting, steady))
    sys.stdout.write(f"\n{table}slips counted by the switch: {counted}\n")
    ways = ((drifting.phone, steady.phone), (drifting.caller, steady.caller))
    for heard, elsewhere in ways:
        assert len(heard.late_blocks) > seconds * 1.8, "markers are missing"
        assert heard.growth_ms - elsewhere.growth_ms <= MOST_GROWTH_MS
        assert heard.slips <= 2 * forced + SPARE_SLIPS * (forced + 1) + 2 * elsewhere.slips
    assert counted >= forced - 1, "the clock drifts, something must slip"


def _slips_counted(box: PracticeBox) -> int:
    report = box.snapshot()["switch"] or {"slips": {}}
    return int(report["slips"].get("gsm", 0))


def _table(seconds: float, drift_ppm: float, pair: tuple[Talk, Talk]) -> str:
    rows = [f"{seconds:.0f} s at {drift_ppm:+.0f} ppm      slips heard   growth of the delay, ms"]
    for name, talk in zip(("drifting line", "steady line"), pair, strict=True):
        for end, heard in (("phone", talk.phone), ("caller", talk.caller)):
            rows.append(f"{name + ', at the ' + end:<30}{heard.slips:>5}{heard.growth_ms:>12.0f}")
    return "\n".join(rows) + "\n"


def drifting_network(drift_ppm: float) -> str:
    """Return a practice.toml: gsm-1's modem is off by `drift_ppm`; a test plays the phones."""
    blocks = PACKAGED.read_text("utf-8").split("[[devices]]")
    kept = [block for block in blocks if 'wire = "virtual"' not in block]
    (subscribers,) = (b.partition("# ---- whom")[2] for b in blocks if "# ---- whom" in b)
    network = "[[devices]]".join(kept) + "\n#" + subscribers
    crystal = f'line = "gsm-1"\nimpairments = {{ drift_ppm = {drift_ppm} }}'
    return network.replace('line = "gsm-1"', crystal)


@contextmanager
def before_others() -> Iterator[None]:
    """The phones played here get the processor as the box does (BEFORE_OTHERS), if they may."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, int(BEFORE_OTHERS[-1]))
    except PermissionError:
        yield
        return
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, 0)


@asynccontextmanager
async def drifting_box(drift_ppm: float) -> AsyncIterator[tuple[PracticeBox, list[VirtualPhone]]]:
    """A box whose gsm-1 drifts; its phones are played here, and say markers."""
    state = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))
    (state / "practice.toml").write_text(drifting_network(drift_ppm), "utf-8")
    devices = state / "practice" / "dev"
    devices.mkdir(parents=True)
    voice = str(write_wav(state / "markers.wav", markers(10)))
    phones = [
        VirtualPhone(devices, PhoneSettings(
            wire="virtual", serial=f"phone-f{line[-1]}", line=line, number=number,
            answer_after_s=0.5, say=voice,
        ))
        for _, line, number, _ in PHONES
    ]  # fmt: skip
    box = await asyncio.to_thread(PracticeBox.start, keep=state)
    try:
        with before_others():
            yield box, phones
    finally:
        await asyncio.to_thread(box.stop)
        for phone in phones:
            await phone.stop()
        shutil.rmtree(state, ignore_errors=True)


async def talks(box: PracticeBox, phones: list[VirtualPhone], seconds: float) -> list[Talk]:
    """Have every phone talk so long with its caller; the first talk is over the drifting line."""
    voice = write_wav(box.state / "caller.wav", markers(seconds + 60))
    ears = [box.state / f"caller-{line}.wav" for line, *_ in PHONES]
    calls = [
        box.call_menu(line, key, say=voice, record=ear)
        for (line, _, _, key), ear in zip(PHONES, ears, strict=True)
    ]
    async with asyncio.timeout(60):
        for phone in phones:
            await phone.reaches(Hook.OFF)
    async with asyncio.timeout(seconds * 1.5 + 30):
        await asyncio.gather(*(phone.ear.hears_for(seconds + 2) for phone in phones))
    for phone in phones:
        phone.hang_up()
    for call in calls:
        await asyncio.to_thread(call.outcome, 60)
    # The first second of the talk has the end of the ringing in it.
    heard = [phone.ear.heard()[SAMPLE_RATE_HZ:] for phone in phones]
    said = [read_sound(ear)[-_samples(seconds) :, 0] for ear in ears]
    return [Talk(Heard.of(p), Heard.of(c)) for p, c in zip(heard, said, strict=True)]


def _samples(seconds: float) -> int:
    """So much of what the caller heard at the end was the talk, the hang-up's tone aside."""
    return round(seconds * SAMPLE_RATE_HZ)
