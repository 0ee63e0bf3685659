"""The cards that are connected, and what becomes of their lines and legs when they come and go."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from firmware.calls.office import Office
from firmware.contract.causes import Cause
from firmware.contract.line_state import LineState
from firmware.contract.message import LegMessage, LineId
from firmware.contract.messages import (
    REPORTS,
    Alarm,
    Command,
    Configure,
    Hello,
    LineGone,
    LineStateChanged,
    LiveLeg,
    Release,
    Report,
    SelfTestDone,
    Setup,
    SignalQuality,
)
from firmware.highway.link import Link

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CardEvents:
    """What the exchange wants to know of the cards."""

    line_changed: Callable[[LineId], None]
    line_gone: Callable[[LineId], None]
    setup: Callable[[Setup], None]
    live_legs: Callable[[tuple[LiveLeg, ...]], None]
    alarm: Callable[[Alarm], None]
    self_test_done: Callable[[SelfTestDone], None]
    presence: Callable[[str, bool], None]


class Cards:
    def __init__(self, office: Office, events: CardEvents) -> None:
        self._office = office
        self._events = events
        self._links: dict[str, Link[dict[str, Any]]] = {}
        self._drivers: dict[str, str] = {}

    def tell(self, line_id: LineId, command: Command) -> None:
        """Send a command to the line's card. While the card is away nothing is sent: its legs
        have ended already, or end when it says hello without them."""
        if line_id not in self._office.lines:
            return
        card = self._office.lines.entry(line_id).card
        link = self._links.get(card) if card else None
        if link is not None:
            link.send(command)

    def configure(self) -> None:
        """Tell every card the lines it shall have from now on."""
        for card in self._links:
            self._configure(card)

    async def attend(self, link: Link[dict[str, Any]], hello: Hello) -> None:
        """Take the card's reports until it is gone; then its legs end with cause 41."""
        self._greet(link, hello)
        span = hello.span.name if hello.span else None
        try:
            async for raw in link:
                try:
                    self._take(REPORTS.validate_python(raw), hello.card, span)
                except ValidationError as wrong:
                    log.warning("%s: cut off: %s", hello.card, wrong.errors(include_url=False)[0])
                    return
        finally:
            if self._links.get(hello.card) is link:
                del self._links[hello.card]
                self._lose(hello.card)

    def _greet(self, link: Link[dict[str, Any]], hello: Hello) -> None:
        old = self._links.pop(hello.card, None)
        if old is not None:
            old.close()
            self._lose(hello.card)
        self._links[hello.card] = link
        self._drivers[hello.card] = hello.driver
        span = hello.span.name if hello.span else None
        for settings in self._office.config.lines:
            if settings.driver == hello.driver:
                self._office.lines.assign(settings.id, hello.card, span)
        for line in hello.lines:
            self._line_changed(line, hello.card, span)
        self._configure(hello.card)
        self._events.presence(hello.card, True)
        self._events.live_legs(hello.legs)
        log.debug("%s: connected, %d lines, %d legs", hello.card, len(hello.lines), len(hello.legs))

    def _configure(self, card: str) -> None:
        config, driver = self._office.config, self._drivers[card]
        lines = tuple(line for line in config.lines if line.driver == driver)
        self._links[card].send(Configure(country=config.office.country, lines=lines))

    def _lose(self, card: str) -> None:
        log.debug("%s: gone", card)
        for line_id in self._office.lines.card_died(card):
            for leg in tuple(self._office.legs.values()):
                if leg.line_id == line_id:
                    leg.report(Release(leg_id=leg.leg_id, cause=Cause.TEMPORARY_FAILURE))
                    self._office.forget(leg)
            if line_id in self._office.lines:
                self._events.line_changed(line_id)
            else:
                self._events.line_gone(line_id)
        self._events.presence(card, False)

    def _take(self, report: Report, card: str, span: str | None) -> None:
        match report:
            case LineStateChanged():
                self._line_changed(report.line, card, span)
            case LineGone():
                self._office.lines.forget(report.line_id)
                self._events.line_gone(report.line_id)
            case SignalQuality():
                self._signal(report, card, span)
            case Setup():
                self._events.setup(report)
            case Alarm():
                self._events.alarm(report)
            case SelfTestDone():
                self._events.self_test_done(report)
            case Hello():
                log.warning("%s: said hello twice", card)
            case _:
                self._to_leg(report)

    def _line_changed(self, state: LineState, card: str, span: str | None) -> None:
        self._office.lines.update(state, card, span)
        self._events.line_changed(state.line_id)

    def _signal(self, report: SignalQuality, card: str, span: str | None) -> None:
        if report.line_id in self._office.lines:
            known = self._office.lines.entry(report.line_id).state
            measured = known.model_copy(update={"signal_dbm": report.signal_dbm})
            self._line_changed(measured, card, span)

    def _to_leg(self, report: LegMessage) -> None:
        leg = self._office.legs.get(report.leg_id)
        if leg is None:
            log.info("report %s about leg %s nobody knows", type(report).__name__, report.leg_id)
            return
        leg.report(report)
        if leg.is_released:
            self._office.forget(leg)
