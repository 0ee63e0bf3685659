"""What a change of the configuration opens that can cost money, and who may open it."""

import asyncio

from firmware.config.history import History
from firmware.config.model import Config
from firmware.config.toll_guard import DEAR
from firmware.contract.errors import ConfigurationRefused
from webui.deps import Desk, NotAllowed
from webui.sessions import Session


def opened(before: Config, after: Config) -> frozenset[str]:
    """Return the countries and dear kinds of numbers that only `after` lets anybody dial."""
    return _open(after) - _open(before)


def _open(config: Config) -> frozenset[str]:
    guard = config.toll_guard
    return frozenset(
        {
            *guard.countries,
            *(f"premium {country}" for country in guard.premium_countries),
            *(f"allowed {pattern}" for pattern in guard.allow),
            *(kind for one in config.dial_classes for kind in one.kinds if kind in DEAR),
        }
    )


async def want_proof(desk: Desk, session: Session, toml: str) -> None:
    """Raise NotAllowed("web.password-needed") when `toml` opens more and no password was typed.

    A faulty text passes: the exchange refuses it with its faults.
    """
    if desk.proofs.is_fresh(session):
        return
    try:
        more = await asyncio.to_thread(_opened_by, desk.history, toml)
    except ConfigurationRefused:
        return
    if more:
        raise NotAllowed("web.password-needed")


def _opened_by(history: History, toml: str) -> frozenset[str]:
    return opened(history.check(history.live_text()), history.check(toml))
