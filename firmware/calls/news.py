"""Waiting on a call: until something is true, checked whenever something happens.

Every report and notice about a call's legs wakes all who wait on that call, and
each looks again whether what it waits for has come true. Nothing is ever
missed between two waits, because truth is kept in the legs and not in events.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class News:
    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def wake(self) -> None:
        """Something happened: let everybody who waits look again."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, found: Callable[[], T | None], timeout_s: float | None) -> T | None:
        """Return what `found` returns once that is neither None nor False; None when time is up.

        What `found` raises comes out here.
        """
        loop = asyncio.get_running_loop()
        deadline = None if timeout_s is None else loop.time() + timeout_s
        while True:
            result = found()
            if result is not None and result is not False:
                return result
            left_s = None if deadline is None else deadline - loop.time()
            if left_s is not None and left_s <= 0:
                return None
            await self._next(left_s)

    async def _next(self, timeout_s: float | None) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait((future,), timeout=timeout_s)
        finally:
            self._waiting.discard(future)
