"""The thread that talks to cards and exchange, reads sound ahead, and never touches audio.

What it prepares goes to the tick through a bounded queue; while that is full
it reads no further orders.
"""

import os
import selectors
import socket
import threading
import time
from collections import deque
from pathlib import Path
from typing import Final

from firmware.contract.message import Message
from firmware.contract.switching import (
    Order,
    Play,
    Record,
    SendDtmf,
    SpanSeen,
    SwitchAlarm,
    SwitchHello,
    Tone,
)
from firmware.contract.texts import Text
from firmware.highway.switch_side import SwitchSide
from firmware.switch import cards
from firmware.switch.cards import Card
from firmware.switch.disk_thread import DiskThread
from firmware.switch.exchange_end import ExchangeEnd
from firmware.switch.sources import Player
from firmware.switch.switchboard import Prepared, SpanDown, SpanUp, StartPlaying, StartRecording

MAX_WAITING_ORDERS: Final = 1000
MAX_WAITING_NOTICES: Final = 10_000
ROUND_S: Final = 0.1


class MessageThread(threading.Thread):
    """Owns all sockets of the switch. `for_tick` is emptied by the tick, `tell` is for anyone."""

    def __init__(self, state: Path, epoch: str) -> None:
        super().__init__(name="messages", daemon=True)
        self.for_tick: deque[Prepared] = deque()
        self.disk = DiskThread(self.tell)
        self._epoch = epoch
        self._notices: deque[Message] = deque(maxlen=MAX_WAITING_NOTICES)
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._stopping = False
        self._players: list[Player] = []
        self._cards: dict[int, Card] = {}
        self._alarms: dict[Text, SwitchAlarm] = {}
        self._watched: socket.socket | None = None
        self._exchange = ExchangeEnd(state / "run" / "exchange.sock")
        self._listener = cards.listen(state / "run" / "switch.sock")
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._wake, selectors.EVENT_READ)
        self._selector.register(self._listener, selectors.EVENT_READ)

    def tell(self, message: Message) -> None:
        """Send the exchange a notice; from any thread, never waits."""
        self._notices.append(message)
        os.eventfd_write(self._wake, 1)

    def tell_all(self, messages: deque[Message]) -> None:
        """Send and remove all `messages`."""
        if messages:
            self._notices.extend(messages)
            messages.clear()
            os.eventfd_write(self._wake, 1)

    def run(self) -> None:
        while not self._stopping:
            self._round()
        self._send_notices()
        self._exchange.close("the switch stops")

    def stop(self) -> None:
        """Send what is left and end; returns when that is done."""
        self._stopping = True
        os.eventfd_write(self._wake, 1)
        self.join()

    def _round(self) -> None:
        self._connect(time.monotonic())
        for key, _ in self._selector.select(ROUND_S):
            if key.fileobj is self._listener:
                self._accept()
            elif key.fileobj is self._exchange.socket:
                self._take_orders()
            elif key.fileobj == self._wake:
                os.eventfd_read(self._wake)
            elif (card := self._cards.get(key.fd)) is not None:
                self._hear_card(card)
        self._send_notices()
        self._watch_cards(time.monotonic())
        self._read_ahead()

    # ---- exchange

    def _connect(self, now_s: float) -> None:
        """Keep the exchange connected and registered for what we want of it."""
        if self._exchange.try_connect(now_s):
            self._say_hello()
        self._unwatch()
        events = selectors.EVENT_WRITE if self._exchange.has_unsent else 0
        if len(self.for_tick) < MAX_WAITING_ORDERS:
            events |= selectors.EVENT_READ
        self._watched = self._exchange.socket if events else None
        if self._watched is not None:
            self._selector.register(self._watched, events)

    def _unwatch(self) -> None:
        """Forget the exchange's socket; one that was closed must go before its number is reused."""
        if self._watched is not None:
            self._selector.unregister(self._watched)
            self._watched = None

    def _say_hello(self) -> None:
        spans = [card.span for card in self._cards.values() if card.span is not None]
        names = tuple(span.name for span in spans)
        self._notices.clear()  # they were for a connection that is gone
        self._exchange.send(SwitchHello(epoch=self._epoch, spans=names))
        for span in spans:
            self._exchange.send(SpanSeen(span=span.name, timeslots=span.timeslots))
        for alarm in self._alarms.values():
            self._exchange.send(alarm)

    def _take_orders(self) -> None:
        self._exchange.flush()
        for order in self._exchange.receive():
            self.for_tick.append(self._prepare(order))

    def _prepare(self, order: Order) -> Prepared:
        match order:
            case Play() | Tone() | SendDtmf():
                player = Player(order)
                self._players.append(player)
                return StartPlaying(order, player.feed)
            case Record():
                return StartRecording(order, self.disk.sink(order))
            case _:
                return order

    def _send_notices(self) -> None:
        while self._notices:
            notice = self._notices.popleft()
            if isinstance(notice, SwitchAlarm):
                self._note_alarm(notice)
            self._exchange.send(notice)

    def _note_alarm(self, alarm: SwitchAlarm) -> None:
        if alarm.raised:
            self._alarms[alarm.text] = alarm
        else:
            self._alarms.pop(alarm.text, None)

    def _read_ahead(self) -> None:
        for player in self._players:
            player.fill()
        self._players = [player for player in self._players if not player.over]

    # ---- cards

    def _accept(self) -> None:
        self._unwatch()
        card = cards.accept(self._listener)
        if card is not None:
            self._cards[card.connection.fileno()] = card
            self._selector.register(card.connection, selectors.EVENT_READ)

    def _hear_card(self, card: Card) -> None:
        known = card.span
        if not cards.receive(card):
            self._lose(card)
        elif card.span is not None and known is None:
            card.beat_at_s = time.monotonic()
            self._replace(card)
            self.for_tick.append(SpanUp(SwitchSide(card.span)))
            self._exchange.send(SpanSeen(span=card.span.name, timeslots=card.span.timeslots))

    def _replace(self, newcomer: Card) -> None:
        """A card that comes again has left its old connection behind."""
        for card in list(self._cards.values()):
            names = {c.span.name for c in (card, newcomer) if c.span is not None}
            if card is not newcomer and card.span is not None and len(names) == 1:
                self._lose(card)

    def _watch_cards(self, now_s: float) -> None:
        for card in list(self._cards.values()):
            if not card.alive(now_s):
                self._lose(card)

    def _lose(self, card: Card) -> None:
        self._selector.unregister(card.connection)
        del self._cards[card.connection.fileno()]
        card.connection.close()
        if card.span is not None:
            self.for_tick.append(SpanDown(card.span.memory))
