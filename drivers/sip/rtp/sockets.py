"""The endpoints' UDP sockets: a pair of ports each, all read at once without waiting."""

import errno
import logging
import select
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from drivers.sip.rtp.latch import Latch, Source
from drivers.sip.rtp.packet import SLOT_BYTES, Bytes
from drivers.sip.rtp.receiving import Batch
from drivers.sip.rtp.source_filter import let_in
from firmware.contract.pcm import SAMPLE_RATE_HZ

log = logging.getLogger(__name__)

SO_TIMESTAMPNS: Final = 35
"""Linux; Python has no name for it. Tells when a packet came, not when it was fetched."""
BATCH: Final = 256
PASSES: Final = 16
"""So many packets of one endpoint are taken in a tick: 160 ms of the shortest packets."""
RECEIVE_BUFFER_BYTES: Final = 64 << 10
_TIME: Final = struct.Struct("qq")
_ANCILLARY_BYTES: Final = socket.CMSG_SPACE(_TIME.size)
_REPORTS_A_TICK: Final = 4
_MAX_REPORT_BYTES: Final = 1500

Proves: TypeAlias = Callable[[int, Bytes, int], bool]
"""Tells whether a datagram (row, slot, length) is RTP of the row's call."""


@dataclass(slots=True)
class Pair:
    """One endpoint's sockets."""

    row: int
    port: int
    rtp: socket.socket
    rtcp: socket.socket
    latch: Latch

    def signal(self, hosts: frozenset[str], signalled: Source | None) -> None:
        """Let in what a new SDP says may come; nobody for no hosts."""
        if hosts != self.latch.hosts:
            let_in(self.rtp, hosts)
            let_in(self.rtcp, hosts)
        self.latch.signal(hosts, signalled)

    def forget(self) -> None:
        """End the call: nobody may send here until the next SDP."""
        self.signal(frozenset(), None)


class Sockets:
    """Row by row; a row is an endpoint's number."""

    def __init__(self, address: str, low: int, high: int, proves: Proves) -> None:
        self._address = address
        self._family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._ports = range(low + low % 2, high, 2)
        self._proves = proves
        self._next = 0
        self._epoll = select.epoll()
        self._pairs: dict[int, Pair] = {}
        self._rtp_of: dict[int, Pair] = {}
        self._rtcp_of: dict[int, Pair] = {}
        self._slots = np.zeros((BATCH, SLOT_BYTES), np.uint8)
        self._views = [[line.data] for line in self._slots]
        self.other_ready: set[int] = set()
        """Watched descriptors that had something to read in the last look."""

    def watch(self, fd: int) -> None:
        """Let `batches` also look at a descriptor that is no endpoint's."""
        self._epoll.register(fd, select.EPOLLIN)

    # ---- endpoints

    def open(self, row: int, wanted: int | None = None) -> Pair | None:
        """Bind the wanted pair of ports or the next free one; None when there is none."""
        if row in self._pairs:
            return self._pairs[row]
        for port in self._to_try(wanted):
            pair = self._bind(row, port)
            if pair is not None:
                self._next = (self._ports.index(port) + 1) % len(self._ports)
                self._enter(pair)
                return pair
        return None

    def get(self, row: int) -> Pair | None:
        return self._pairs.get(row)

    def close(self, row: int) -> None:
        pair = self._pairs.pop(row, None)
        if pair is None:
            return
        for book, one in ((self._rtp_of, pair.rtp), (self._rtcp_of, pair.rtcp)):
            book.pop(one.fileno(), None)
            self._epoll.unregister(one.fileno())
            one.close()

    def is_own(self, address: str) -> bool:
        """Tell whether an address is one of this box's."""
        try:
            with socket.socket(self._family, socket.SOCK_DGRAM) as probe:
                probe.bind((address, 0))
        except OSError:
            return False
        return True

    # ---- packets

    def batches(self, tick: int) -> Iterator[Batch]:
        """Yield what has come, each endpoint at most once a batch; bounded for each endpoint.

        Reports (RTCP) are kept for `reports`.
        """
        self.other_ready.clear()
        for _ in range(PASSES):
            ready = self._epoll.poll(0, BATCH)
            batch = self._receive(ready, tick)
            if batch is not None:
                yield batch
            if not any(fd in self._rtp_of for fd, _ in ready):
                return

    def send(self, packets: list[tuple[int, memoryview | bytes]]) -> None:
        """Send each row's packet to where its far end is; what the network refuses is lost."""
        pairs = self._pairs
        for row, packet in packets:
            pair = pairs[row]
            target = pair.latch.target
            if target is not None:
                try:
                    pair.rtp.sendto(packet, target)
                except OSError as error:
                    log.debug("rtp: to %s: %s", target, error)

    def reports(self) -> Iterator[tuple[int, bytes]]:
        """Yield (row, RTCP datagram) of allowed hosts."""
        for pair in [self._rtcp_of[fd] for fd in self.other_ready if fd in self._rtcp_of]:
            for _ in range(_REPORTS_A_TICK):
                try:
                    data, source = pair.rtcp.recvfrom(_MAX_REPORT_BYTES)
                except OSError:
                    break
                if source[0] in pair.latch.hosts:
                    yield pair.row, data

    def send_report(self, row: int, data: bytes) -> None:
        """Send RTCP to the port above the far end's."""
        pair = self._pairs[row]
        target = pair.latch.target
        if target is not None and target[1] < 0xFFFF:
            with suppress(OSError):  # lost like any packet
                pair.rtcp.sendto(data, (target[0], target[1] + 1))

    # ---- inside

    def _receive(self, ready: list[tuple[int, int]], tick: int) -> Batch | None:
        rows: list[int] = []
        lengths: list[int] = []
        stamps: list[bytes] = []
        for fd, _ in ready:
            pair = self._rtp_of.get(fd)
            if pair is None:
                self.other_ready.add(fd)
                continue
            at = len(rows)
            try:
                length, extra, _, source = pair.rtp.recvmsg_into(self._views[at], _ANCILLARY_BYTES)
            except OSError:
                continue  # an ICMP error about something we sent, or nothing there after all
            if source == pair.latch.source:
                pair.latch.heard = tick
            elif not self._believes(pair, source, at, length, tick):
                continue
            rows.append(pair.row)
            lengths.append(length)
            stamps.append(extra[0][2] if extra else bytes(_TIME.size))
        if not rows:
            return None
        times = np.frombuffer(b"".join(stamps), np.int64).reshape(-1, 2)
        arrival = times[:, 0] * SAMPLE_RATE_HZ + times[:, 1] * SAMPLE_RATE_HZ // 1_000_000_000
        return Batch(np.array(rows), self._slots[: len(rows)], np.array(lengths), arrival)

    def _believes(self, pair: Pair, source: Source, at: int, length: int, tick: int) -> bool:
        """Tell whether a new source may be latched to, and do so."""
        if not pair.latch.admits(source, tick):
            return False
        if not self._proves(pair.row, self._slots[at], length):
            return False
        pair.latch.settle(source, tick)
        return True

    def _to_try(self, wanted: int | None) -> Iterator[int]:
        """Yield even ports: the wanted one, then those that were not used for longest."""
        if wanted is not None and wanted in self._ports:
            yield wanted
        for step in range(len(self._ports)):
            yield self._ports[(self._next + step) % len(self._ports)]

    def _bind(self, row: int, port: int) -> Pair | None:
        rtp = socket.socket(self._family, socket.SOCK_DGRAM)
        rtcp = socket.socket(self._family, socket.SOCK_DGRAM)
        try:
            rtp.bind((self._address, port))
            rtcp.bind((self._address, port + 1))
        except OSError as error:
            rtp.close()
            rtcp.close()
            if error.errno != errno.EADDRINUSE:
                log.warning("rtp: port %d: %s", port, error)
            return None
        rtp.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        for one in (rtp, rtcp):
            one.setblocking(False)
            let_in(one, ())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        return Pair(row, port, rtp, rtcp, Latch())

    def _enter(self, pair: Pair) -> None:
        self._pairs[pair.row] = pair
        for book, one in ((self._rtp_of, pair.rtp), (self._rtcp_of, pair.rtcp)):
            book[one.fileno()] = pair
            self._epoll.register(one.fileno(), select.EPOLLIN)
