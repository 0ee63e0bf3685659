"""A device's clock: so many frames in so much time, late or not. Time is the test's own."""

import asyncio
from collections.abc import Callable, Iterator
from contextvars import Context

import pytest

from drivers.simulators.crystal import Crystal


class PlayedTime(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer, so that hours pass in a moment."""

    now_s = 1_000.0

    def time(self) -> float:
        return self.now_s

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: object,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        handle = super().call_at(when, callback, *args, context=context)
        self.now_s = max(self.now_s, when)
        return handle


@pytest.fixture
def loop() -> Iterator[PlayedTime]:
    made = PlayedTime()
    yield made
    made.close()


async def _run(crystal: Crystal, frames: int, stall_at: int = -1, stall_s: float = 0.0) -> float:
    """Return the seconds from the first frame to the last."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, PlayedTime)
    began = loop.time()
    async for frame in crystal.frames():
        if frame == stall_at:
            loop.now_s += stall_s
        if frame == frames:
            break
    return loop.time() - began


@pytest.mark.parametrize(("ppm", "seconds"), [(0, 100.0), (200, 99.98), (-2000, 100.2)])
def test_a_crystal_is_as_fast_as_its_drift(loop: PlayedTime, ppm: float, seconds: float) -> None:
    assert loop.run_until_complete(_run(Crystal(ppm), 5_000)) == pytest.approx(seconds, abs=0.01)


def test_a_late_frame_is_caught_up_with(loop: PlayedTime) -> None:
    took_s = loop.run_until_complete(_run(Crystal(), 500, stall_at=100, stall_s=0.5))
    assert took_s == pytest.approx(10.0, abs=0.01)


def test_a_clock_that_stood_still_for_long_goes_on_from_there(loop: PlayedTime) -> None:
    took_s = loop.run_until_complete(_run(Crystal(), 500, stall_at=100, stall_s=60.0))
    assert took_s == pytest.approx(70.0, abs=0.05)
