"""The RTP process put together: orders from the card, packets from the net, one frame a tick."""

import logging
import time
from typing import Final, assert_never

from drivers.sip.media_messages import (
    AreYouThere,
    CloseEndpoint,
    EndpointOpened,
    EndpointRefused,
    EventHeard,
    FlashHeard,
    HereIAm,
    MediaEnded,
    MediaOrder,
    MediaReady,
    MediaReturned,
    MediaSilent,
    OpenEndpoint,
    SendEvents,
    StartMedia,
    StopMedia,
)
from drivers.sip.rtp.card_link import CardLink
from drivers.sip.rtp.endpoints import Endpoints
from drivers.sip.rtp.events import FLASH, KEYS
from drivers.sip.rtp.latch import allowed_hosts, is_address
from drivers.sip.rtp.rtcp import ntp_time
from drivers.sip.rtp.sockets import Pair, Sockets
from drivers.sip.rtp.streams import SILENT_TICKS
from firmware.contract.pcm import FRAME_MS
from firmware.highway.clock import FrameClock

log = logging.getLogger(__name__)

LOOK_TICKS: Final = 25
"""Silence is looked for twice a second."""
UNSPECIFIED: Final = ("0.0.0.0", "::")
"""An address of old phones' hold (RFC 2543)."""


class RtpProcess:
    """One loop: sleep until the frame, read, move, send."""

    def __init__(self, link: CardLink, endpoints: Endpoints, sockets: Sockets) -> None:
        self._link, self._endpoints, self._sockets = link, endpoints, sockets
        self._timeslots = endpoints.timeslots
        self._stopping = False
        sockets.watch(link.fileno())

    def stop(self) -> None:
        """End after the current frame; may be called from a signal handler."""
        self._stopping = True

    def run(self) -> None:
        """Serve until `stop` or until the card is gone."""
        self._link.send(MediaReady())
        clock = FrameClock(time.monotonic_ns())
        frame = 0
        while self._link.is_open and not self._stopping:
            self._link.flush()
            time.sleep(max(0, clock.deadline_ns - time.monotonic_ns()) / 1e9)
            due = clock.due(time.monotonic_ns())
            for _ in range(due.frames):
                number = clock.advance()
                if number > frame + 1:
                    self._endpoints.skip(number - frame - 1)
                frame = number
                self.frame()

    def frame(self) -> None:
        """Run one frame: what came in first, so that it is heard in this one."""
        for batch in self._sockets.batches(self._endpoints.tick):
            self._endpoints.hear(batch)
        self._hear_reports()
        if self._link.fileno() in self._sockets.other_ready:
            for order in self._link.orders():
                self._obey(order)
        self._sockets.send(self._endpoints.move())
        for row, report in self._endpoints.reports_due(ntp_time(time.time_ns())):
            self._sockets.send_report(row, report)
        self._tell()

    # ---- orders

    def _obey(self, order: MediaOrder) -> None:
        match order:
            case OpenEndpoint():
                self._open(order)
            case CloseEndpoint():
                self._stop_media(order.endpoint)
                self._sockets.close(order.endpoint)
            case StartMedia():
                self._start(order)
            case StopMedia():
                self._stop_media(order.endpoint)
            case SendEvents():
                if self._endpoints.timeslot(order.endpoint) is not None:
                    self._endpoints.sender.press(order.endpoint, order.digits)
            case AreYouThere():
                self._link.send(HereIAm())
            case _:
                assert_never(order)

    def _open(self, order: OpenEndpoint) -> None:
        pair = self._sockets.open(order.endpoint, order.port)
        if pair is None:
            self._link.send(EndpointRefused(endpoint=order.endpoint))
        else:
            self._link.send(EndpointOpened(endpoint=order.endpoint, port=pair.port))

    def _start(self, order: StartMedia) -> None:
        pair = self._sockets.get(order.endpoint)
        if pair is None or order.timeslot >= self._timeslots:
            log.warning("rtp: nothing to start for endpoint %d", order.endpoint)
            return
        for row in self._endpoints.in_the_way(order.endpoint, order.timeslot):
            self._stop_media(row)
        self._endpoints.start(order.endpoint, order, self._signal(pair, order))

    def _signal(self, pair: Pair, order: StartMedia) -> bool:
        """Tell the latch what the SDP says; return whether there is anywhere to send to."""
        if order.address in UNSPECIFIED:
            return False
        if not is_address(order.address):  # a name would have to be looked up, and we never wait
            log.warning("rtp: endpoint %d: %r is no address", order.endpoint, order.address)
            pair.forget()
            return False
        hosts = allowed_hosts(order.address, self._sockets.is_own(order.address))
        pair.signal(hosts, (order.address, order.port) if order.port else None)
        return order.port > 0

    def _stop_media(self, row: int) -> None:
        timeslot = self._endpoints.timeslot(row)
        pair = self._sockets.get(row)
        if timeslot is None or pair is None:
            return
        self._sockets.send_report(row, self._endpoints.goodbye(row))
        figures = self._endpoints.stop(row)
        pair.forget()
        self._link.send(MediaEnded(endpoint=row, timeslot=timeslot, figures=figures))

    # ---- reports

    def _hear_reports(self) -> None:
        for row, data in self._sockets.reports():
            self._endpoints.hear_report(row, data, ntp_time(time.time_ns()))

    def _tell(self) -> None:
        receiver = self._endpoints.receiver
        for key in receiver.keys:
            if key.event == FLASH:
                self._link.send(FlashHeard(endpoint=key.row))
            else:
                self._link.send(EventHeard(endpoint=key.row, digit=KEYS[key.event]))
        for row in receiver.returned:
            self._link.send(MediaReturned(endpoint=row))
        receiver.keys.clear()
        receiver.returned.clear()
        if self._endpoints.tick % LOOK_TICKS == 0:
            seconds = SILENT_TICKS * FRAME_MS // 1000
            for row in receiver.silent(self._endpoints.rows).tolist():
                self._link.send(MediaSilent(endpoint=row, seconds=seconds))
