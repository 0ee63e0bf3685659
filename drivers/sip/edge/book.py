"""What Kamailio knows of the configuration: one table of short keys, made new at each change.

Keys: `office`, `opened` networks; `ha1/USER`, `net/USER`, `line/USER` of phones that
register; `phone_at/IP`, `phone_at/IP:PORT`, the same with `/USER`, and `trunk_at/...`
for those known by their address, each the line id; `to/HOST:PORT` the next hop of calls
going there; `token/TOKEN` the line, `token_of/LINE` the token; `workers` their number,
`worker/N` name:port:capacity, `worker_at/PORT` and `worker_of/NAME`.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final

from drivers.sip.edge.place import EdgePlace, EdgeWorker, in_uri
from firmware.contract.settings import AnySipSettings, SipPhoneSettings, SipTrunkSettings

REALM: Final = "tipring"
DEFAULT_PORT: Final = {"udp": 5060, "tcp": 5060, "tls": 5061}

Entry = tuple[str, str]
Addresses = Mapping[str, tuple[str, ...]]
"""Host -> its IP addresses, the one to use first."""


@dataclass(frozen=True, slots=True)
class Destination:
    host: str
    port: int | None

    @classmethod
    def parse(cls, text: str) -> "Destination":
        """Read `host` or `host:port`; an IPv6 address has no port here."""
        host, colon, port = text.rpartition(":")
        if colon and port.isdigit() and ":" not in host:
            return cls(host, int(port))
        return cls(text, None)


@dataclass(frozen=True, slots=True)
class BookMaker:
    """Makes the table of one configuration at one moment of the name service."""

    place: EdgePlace
    secret: bytes
    addresses: Addresses

    def entries(
        self, lines: Iterable[AnySipSettings], workers: Iterable[EdgeWorker]
    ) -> dict[str, str]:
        """Return the whole table; of two lines with the same key the first keeps it."""
        lines = tuple(lines)
        book: dict[str, str] = {}
        for key, value in (
            *self._networks(lines),
            *(entry for line in lines for entry in self._line(line)),
            *_workers(tuple(workers)),
        ):
            book.setdefault(key, value)
        return book

    def _networks(self, lines: Iterable[AnySipSettings]) -> Iterator[Entry]:
        yield "office", ",".join(self.place.office)
        opened = {
            line.network for line in lines if isinstance(line, SipPhoneSettings) and line.network
        }
        if opened:
            yield "opened", ",".join(sorted(opened))

    def _line(self, line: AnySipSettings) -> Iterator[Entry]:
        if isinstance(line, SipTrunkSettings):
            yield from self._trunk(line)
        elif line.address is not None:
            yield from self._fixed_phone(line, Destination.parse(line.address))
        else:
            yield from _phone(line)

    def _fixed_phone(self, line: SipPhoneSettings, at: Destination) -> Iterator[Entry]:
        yield from self._known_at("phone_at", at, line.id, line.user)
        yield from self._next_hop(at, "udp")

    def _trunk(self, line: SipTrunkSettings) -> Iterator[Entry]:
        token = self.token(line.id)
        yield f"token/{token}", line.id
        yield f"token_of/{line.id}", token
        for server in filter(None, (line.server, line.backup_server, line.address)):
            at = Destination.parse(server)
            yield from self._known_at("trunk_at", at, line.id, line.user, line.number)
            yield from self._next_hop(at, line.transport)

    def _known_at(
        self, kind: str, at: Destination, line_id: str, *users: str | None
    ) -> Iterator[Entry]:
        """Yield the source addresses of a line; `users` tell it from others at the same.

        Adapters in the office have several lines, one a port. A provider sends from
        whatever port it likes.
        """
        for ip in self.addresses.get(at.host, ()):
            source = f"{ip}:{at.port}" if at.port is not None and self._is_office(ip) else ip
            for user in filter(None, users):
                yield f"{kind}/{source}/{user}", line_id
            yield f"{kind}/{source}", line_id

    def _is_office(self, ip: str) -> bool:
        address = ip_address(ip)
        return any(address in ip_network(one, strict=False) for one in self.place.office)

    def _next_hop(self, at: Destination, transport: str) -> Iterator[Entry]:
        for ip in self.addresses.get(at.host, ())[:1]:
            port = at.port or DEFAULT_PORT[transport]
            for written in _as_written(at):
                yield f"to/{at.host}:{written}", f"sip:{in_uri(ip)}:{port};transport={transport}"

    def token(self, line_id: str) -> str:
        """Return what only those know whom we told the trunk's contact."""
        return hmac.new(self.secret, line_id.encode(), hashlib.sha256).hexdigest()[:24]


def hosts(lines: Iterable[AnySipSettings]) -> frozenset[str]:
    """Return the names whose addresses the table needs."""
    written = (
        server
        for line in lines
        for server in (
            (line.server, line.backup_server, line.address)
            if isinstance(line, SipTrunkSettings)
            else (line.address,)
        )
    )
    return frozenset(Destination.parse(one).host for one in written if one)


def ha1(user: str, secret: str) -> str:
    """Return the digest's HA1 (RFC 2617): the password itself never leaves this process."""
    return hashlib.md5(f"{user}:{REALM}:{secret}".encode()).hexdigest()


def _phone(line: SipPhoneSettings) -> Iterator[Entry]:
    if line.secret is None:
        return  # nobody can register as it
    yield f"ha1/{line.user}", ha1(line.user, line.secret)
    yield f"line/{line.user}", line.id
    if line.network is not None:
        yield f"net/{line.user}", line.network


def _workers(workers: tuple[EdgeWorker, ...]) -> Iterator[Entry]:
    yield "workers", str(len(workers))
    for number, worker in enumerate(workers):
        yield f"worker/{number}", f"{worker.incarnation}:{worker.port}:{worker.capacity}"
        yield f"worker_at/{worker.port}", worker.incarnation
        yield f"worker_of/{worker.incarnation}", str(worker.port)


def _as_written(at: Destination) -> tuple[int, ...]:
    """Return the ports a URI of that host may show; Kamailio reads none as 5060."""
    return (at.port,) if at.port is not None else (5060, 5061)
