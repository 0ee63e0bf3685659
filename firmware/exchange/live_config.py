"""The configuration that is live: applied without dropping calls, taken back when unconfirmed."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from firmware.config.history import History, Version
from firmware.config.model import Config
from firmware.contract.control import ApplyConfig, RestoreConfig
from firmware.contract.errors import ConfigurationRefused
from firmware.contract.texts import Text

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 1.0
NOTHING: Final = Path(__file__).parents[1] / "config" / "minimal.toml"


class LiveConfig:
    """`made_live` is called, in the loop, with every configuration that goes live."""

    def __init__(self, state: Path) -> None:
        self._history = History(state)
        self.made_live: Callable[[Config], None] = _nobody
        self.changed: Callable[[], None] = _nothing
        self.version = 0
        self.unconfirmed_until: datetime | None = None

    def start(self, alarm: Callable[[Text], None]) -> Config:
        """Return the configuration to start with; a file broken by hand only raises an alarm.

        Blocks. Raises ConfigurationRefused when there never was one without faults.
        """
        started = self._history.start(datetime.now(UTC), NOTHING.read_text("utf-8"))
        for fault in started.faults[:1]:
            log.error("tipring.toml cannot be used: %s", fault)
            where = {"key": "tipring.toml", "line": 1, **fault.args}
            alarm(Text(code="config.not-usable", args=where))
        pending = self._history.pending()
        self.version = started.version
        self.unconfirmed_until = pending.until if pending else None
        return started.config

    def check(self, toml: str) -> tuple[Text, ...]:
        try:
            self._history.check(toml)
        except ConfigurationRefused as refused:
            return refused.faults
        return ()

    async def apply(self, request: ApplyConfig) -> int:
        """Make it live and return its version. Raises ConfigurationRefused, RequestRefused."""
        now = datetime.now(UTC)
        until = _until(now, request.confirm_within_s)
        version, config = await asyncio.to_thread(
            self._history.apply,
            request.toml,
            request.who,
            now,
            comment=request.comment,
            based_on=request.based_on,
            confirm_until=until,
        )
        self._go_live(version, config, until)
        return version.number

    async def confirm(self, version: int) -> None:
        """Raises RequestRefused when that version does not wait for it."""
        await asyncio.to_thread(self._history.confirm, version)
        self.unconfirmed_until = None
        self.changed()

    async def restore(self, request: RestoreConfig) -> int:
        """Make an old version live again. Raises NotFound, ConfigurationRefused."""
        now = datetime.now(UTC)
        until = _until(now, request.confirm_within_s)
        made, config = await asyncio.to_thread(
            self._history.restore, request.version, request.who, now, confirm_until=until
        )
        self._go_live(made, config, until)
        return made.number

    async def watch(self) -> None:
        """Take an unconfirmed version back when its time is up; until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if self.unconfirmed_until is None:
                continue
            now = datetime.now(UTC)
            back = await asyncio.to_thread(self._history.roll_back_if_due, now)
            if back is not None:
                log.warning("configuration not confirmed: version %d again", back[0].restored)
                self._go_live(*back, None)

    def _go_live(self, version: Version, config: Config, until: datetime | None) -> None:
        self.version, self.unconfirmed_until = version.number, until
        self.made_live(config)
        self.changed()


def _until(now: datetime, within_s: int | None) -> datetime | None:
    return now + timedelta(seconds=within_s) if within_s is not None else None


def _nobody(_config: Config) -> None:
    """Nobody listens yet."""


def _nothing() -> None:
    """Nobody listens yet."""
