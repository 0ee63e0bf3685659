"""The exchange's wire to the switch; a switch that comes back is told everything again."""

import logging
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from firmware.calls.office import Office
from firmware.contract.message import LegMessage
from firmware.contract.switching import (
    NOTICES,
    Notice,
    Order,
    Recorded,
    SpanSeen,
    SwitchAlarm,
    SwitchHello,
    SwitchReport,
)
from firmware.contract.texts import Text
from firmware.highway.link import Link

log = logging.getLogger(__name__)


class Switchboard:
    def __init__(self, alarm: Callable[[Text, bool], None]) -> None:
        self.office: Office | None = None
        self.recorded: Callable[[Recorded], None] = _nobody
        self.repeat_all: Callable[[], None] = _nothing
        self.restarted: Callable[[], None] = _nothing
        self.presence: Callable[[str, bool], None] = _no_presence
        self.reported: Callable[[SwitchReport], None] = _no_report
        self._alarm = alarm
        self._link: Link[dict[str, Any]] | None = None
        self._epoch: str | None = None

    @property
    def is_connected(self) -> bool:
        return self._link is not None and self._link.is_open

    def tell(self, order: Order) -> None:
        """Send an order; while the switch is away nothing is sent, its hello repeats it all."""
        if self._link is not None:
            self._link.send(order)

    async def attend(self, link: Link[dict[str, Any]], hello: SwitchHello) -> None:
        """Take the switch's notices until it is gone."""
        self._link = link
        log.debug("switch: connected, epoch %s", hello.epoch[:8])
        self.presence("switch", True)
        self.repeat_all()
        if hello.epoch != self._epoch:
            self.restarted()
        self._epoch = hello.epoch
        try:
            async for raw in link:
                try:
                    self._take(NOTICES.validate_python(raw))
                except ValidationError as wrong:
                    log.warning("switch: cut off: %s", wrong.errors(include_url=False)[0]["msg"])
                    return
        finally:
            if self._link is link:
                self._link = None
                self.presence("switch", False)
            log.debug("switch: gone")

    def _take(self, notice: Notice) -> None:
        match notice:
            case SwitchAlarm():
                self._alarm(notice.text, notice.raised)
            case Recorded():
                self.recorded(notice)
            case SwitchReport():
                self.reported(notice)
            case SpanSeen() | SwitchHello():
                self.repeat_all()
            case _:
                self._to_leg(notice)

    def _to_leg(self, notice: LegMessage) -> None:
        leg = self.office.legs.get(notice.leg_id) if self.office else None
        if leg is not None:
            leg.notice(notice)


def _nobody(_notice: Recorded) -> None:
    """Nobody listens yet."""


def _no_report(_report: SwitchReport) -> None:
    """Nobody listens yet."""


def _nothing() -> None:
    """Nothing to repeat yet."""


def _no_presence(_name: str, _connected: bool) -> None:
    """Nobody listens yet."""
