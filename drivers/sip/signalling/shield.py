"""The border between the library's callbacks and us: nothing raised in one may vanish."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

log = logging.getLogger(__name__)

R = TypeVar("R")


def shielded(on_fault: Callable[..., R]) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Log what a callback raises and return `on_fault` of its arguments instead.

    The library prints an exception and forgets it, and a traceback it keeps alive
    has aborted the process later. So this is the worker's one blanket except.
    """

    def decorate(callback: Callable[..., R]) -> Callable[..., R]:
        @wraps(callback)
        def call(*args: Any) -> R:
            try:
                return callback(*args)
            except Exception:
                log.exception("sip: a fault of ours in %s", callback.__qualname__)
                return on_fault(*args)

        return call

    return decorate
