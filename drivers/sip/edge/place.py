"""Where the edge stands: its addresses and ports, and whom it serves there."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files for SIP over TLS."""

    chain: Path
    key: Path


@dataclass(frozen=True, slots=True)
class EdgePlace:
    """A change of it restarts Kamailio; everything else is applied while calls go on."""

    listen: tuple[str, ...]
    """IP addresses of the box that phones and providers can reach."""
    port: int
    inner_port: int
    """On 127.0.0.1: the workers' proxy, and where the edge speaks to them from."""
    office: tuple[str, ...]
    """The office's own networks, as `192.168.1.0/24`; never locked out."""
    domain: str = "tipring.local"
    """Host part of the phones' URIs as workers write them."""
    shown: str | None = None
    """The address providers are told to call; None is the first of `listen`."""
    tls_port: int | None = None
    """None: phones cannot come over TLS; calls to a provider over TLS need no port of ours."""
    certificate: Certificate | None = None
    """None: the box makes its own."""

    @property
    def shown_address(self) -> str:
        return in_uri(self.shown or self.listen[0])


@dataclass(frozen=True, slots=True)
class EdgeWorker:
    """A signalling worker that takes calls now."""

    name: str
    port: int
    """Where it listens, on 127.0.0.1; another port under the same name is another worker."""
    capacity: int

    @property
    def incarnation(self) -> str:
        """Names this life of the worker: calls of the one that died do not weigh on it."""
        return f"{self.name}-{self.port}"


def in_uri(address: str) -> str:
    """Return an IP address as it stands in a SIP URI."""
    return f"[{address}]" if ":" in address else address
