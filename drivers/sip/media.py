"""The RTP process as the card sees it: whose port is whose, and what is heard on each.

A port is offered by the worker it was reserved for, and leads to an endpoint of
the RTP process for good: when that process comes back it binds the same ports
again, so that calls go on.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from drivers.sip.child import ChildProgram, LinkedChild
from drivers.sip.media_messages import (
    MEDIA_REPORTS,
    CloseEndpoint,
    EndpointOpened,
    EndpointRefused,
    HereIAm,
    MediaEnded,
    MediaReady,
    MediaReport,
    OpenEndpoint,
    SendEvents,
    StartMedia,
    StopMedia,
)
from drivers.sip.signalling_messages import MediaAgreed
from firmware.contract.line import SeizedTimeslot

log = logging.getLogger(__name__)

ENDPOINTS: Final = 1024
BACK_WITHIN_S: Final = 5.0
"""Calls wait so long in silence for a new RTP process, then they end."""


class MediaUser(Protocol):
    """A leg that has its sound on an endpoint."""

    def media_heard(self, report: MediaReport) -> None: ...

    def media_lost(self) -> None:
        """The RTP process died and the port did not come back."""


@dataclass(slots=True)
class Endpoint:
    number: int
    owner: str
    port: int | None = None
    user: MediaUser | None = None
    started: StartMedia | None = None
    """What to say again to an RTP process that came back."""
    back: bool = True


class Media:
    """`ports_changed(owner)` is called when the ports of an owner are there, or others."""

    def __init__(self, program: ChildProgram, ports_changed: Callable[[str], None]) -> None:
        self._child = LinkedChild(program, MEDIA_REPORTS, self._heard, self._died)
        self._ports_changed = ports_changed
        self._endpoints: dict[int, Endpoint] = {}
        self.is_ready = False

    async def keep_running(self) -> None:
        await self._child.keep_running()

    @property
    def pid(self) -> int | None:
        return self._child.pid

    def reserve(self, owner: str, count: int) -> None:
        """Make the owner's ports as many; `ports_changed` follows."""
        for _ in range(count - len(self._of(owner))):
            number = next(n for n in range(ENDPOINTS) if n not in self._endpoints)
            self._endpoints[number] = Endpoint(number, owner)
            if self.is_ready:
                self._child.send(OpenEndpoint(endpoint=number))

    def give_up(self, owner: str) -> None:
        """The owner is gone for good."""
        for endpoint in self._of(owner):
            del self._endpoints[endpoint.number]
            self._child.send(CloseEndpoint(endpoint=endpoint.number))

    def ports(self, owner: str) -> tuple[int, ...]:
        """Return the owner's ports, least recently used first; none while one is missing."""
        own = self._of(owner)
        if not self.is_ready or any(one.port is None or not one.back for one in own):
            return ()
        return tuple(one.port for one in own if one.port is not None)

    def start(
        self, user: MediaUser, slot: SeizedTimeslot, agreed: MediaAgreed, db: tuple[float, float]
    ) -> bool:
        """Move the sound of `user` as agreed, from now on or from now on otherwise."""
        endpoint = self._at(agreed.local_port)
        if endpoint is None:
            return False
        endpoint.user = user
        endpoint.started = StartMedia(
            endpoint=endpoint.number,
            timeslot=slot.index,
            address=agreed.address,
            port=agreed.port,
            codec=agreed.codec,
            payload_type=agreed.payload_type,
            event_payload_type=agreed.event_payload_type,
            direction=agreed.direction,
            receive_db=db[0],
            send_db=db[1],
        )
        self._child.send(endpoint.started)
        return True

    def stop(self, user: MediaUser) -> bool:
        """Stop the user's sound; MediaEnded follows if this returns True."""
        endpoint = self._of_user(user)
        if endpoint is None:
            return False
        endpoint.started = None
        if not self.is_ready:
            endpoint.user = None
            return False
        self._child.send(StopMedia(endpoint=endpoint.number))
        return True

    def forget(self, user: MediaUser) -> None:
        """The user's leg is over; its port is used again last."""
        endpoint = self._of_user(user)
        if endpoint is not None:
            endpoint.user = endpoint.started = None
            self._endpoints[endpoint.number] = self._endpoints.pop(endpoint.number)
            self._ports_changed(endpoint.owner)

    def send_events(self, user: MediaUser, digits: str) -> bool:
        endpoint = self._of_user(user)
        if endpoint is None:
            return False
        self._child.send(SendEvents(endpoint=endpoint.number, digits=digits))
        return True

    # ---- what the process says

    def _heard(self, report: MediaReport) -> None:
        match report:
            case MediaReady():
                self._open_all()
            case HereIAm():
                pass
            case EndpointOpened():
                self._opened(report)
            case EndpointRefused():
                log.warning("rtp: no free port for endpoint %d", report.endpoint)
                self._endpoints.pop(report.endpoint, None)
            case _:
                self._to_user(report)

    def _open_all(self) -> None:
        self.is_ready = True
        for endpoint in self._endpoints.values():
            self._child.send(OpenEndpoint(endpoint=endpoint.number, port=endpoint.port))

    def _opened(self, report: EndpointOpened) -> None:
        endpoint = self._endpoints.get(report.endpoint)
        if endpoint is None:
            return
        same = endpoint.port in {None, report.port}
        endpoint.port, endpoint.back = report.port, True
        if same and endpoint.started is not None:
            self._child.send(endpoint.started)
        elif not same:
            self._lose(endpoint)
        self._ports_changed(endpoint.owner)

    def _to_user(self, report: MediaReport) -> None:
        number = getattr(report, "endpoint", None)
        endpoint = self._endpoints.get(number) if number is not None else None
        if endpoint is None or endpoint.user is None:
            return
        user = endpoint.user
        if isinstance(report, MediaEnded):
            if endpoint.started is not None and endpoint.started.timeslot != report.timeslot:
                return  # of the call that had the port before, told late
            self.forget(user)
        user.media_heard(report)

    def _died(self) -> None:
        self.is_ready = False
        for endpoint in self._endpoints.values():
            endpoint.back = endpoint.port is None
            if endpoint.started is None:
                self._lose(endpoint)  # it was being stopped: nobody will tell of its end
        asyncio.get_running_loop().call_later(BACK_WITHIN_S, self._end_waiting)

    def _end_waiting(self) -> None:
        for endpoint in self._endpoints.values():
            if not endpoint.back:
                self._lose(endpoint)

    def _lose(self, endpoint: Endpoint) -> None:
        user, endpoint.user, endpoint.started = endpoint.user, None, None
        if user is not None:
            user.media_lost()

    def _of(self, owner: str) -> list[Endpoint]:
        return [one for one in self._endpoints.values() if one.owner == owner]

    def _of_user(self, user: MediaUser) -> Endpoint | None:
        return next((one for one in self._endpoints.values() if one.user is user), None)

    def _at(self, port: int) -> Endpoint | None:
        return next((one for one in self._endpoints.values() if one.port == port), None)
