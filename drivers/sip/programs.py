"""What the SIP card starts, and where in the network it stands."""

import socket
import sys
from pathlib import Path
from typing import Final

from drivers.driver import CardPlace
from drivers.sip.child import ChildProgram
from drivers.sip.edge.place import EdgePlace
from drivers.sip.networks import LOOPBACK, own_networks, reachable_address

DEFAULT_PORT: Final = "5060"
RTP_PORTS: Final = "16384-32766"
"""Below what the kernel gives to others by itself."""


class Programs:
    def __init__(self, place: CardPlace) -> None:
        listen = place.options.get("listen", LOOPBACK)
        self.state: Path = place.state
        self._span_fd = place.span_fd
        self._address = reachable_address(listen)
        port = int(place.options.get("sip-port", DEFAULT_PORT)) or _free_port(self._address)
        self.edge_place: Final = EdgePlace(
            listen=(self._address,),
            port=port,
            inner_port=_free_port(LOOPBACK),
            office=own_networks(self._address),
            tls_port=_if_free(self._address, port + 1),
        )
        self.has_edge = True
        self.allowed: tuple[str, ...] = ()
        """Without the edge: the addresses that alone are heard."""

    @property
    def address(self) -> str:
        """Where phones and trunks find us, for SIP and for sound."""
        return self._address

    def rtp(self) -> ChildProgram:
        span = self._span_fd

        def arguments(link: int) -> tuple[str, ...]:
            command = (sys.executable, "-m", "drivers.sip.rtp", "--link-fd", str(link))
            where = ("--address", self._address, "--ports", RTP_PORTS)
            return (*command, "--span-fd", str(span), *where)

        return ChildProgram("sip-rtp", arguments, (span,))

    def worker(self, index: int) -> ChildProgram:
        """Worker 1 alone listens on the SIP port where there is no edge to do so."""
        edge = self.edge_place
        behind = ("--edge", f"{LOOPBACK}:{edge.inner_port}")
        port = edge.port if index == 1 else 0
        open_air = ("--listen", self._address, "--port", str(port), "--allow")

        def arguments(link: int) -> tuple[str, ...]:
            command = (sys.executable, "-m", "drivers.sip.signalling", "--link-fd", str(link))
            heard = ",".join(self.allowed) or LOOPBACK
            return (*command, *(behind if self.has_edge else (*open_air, heard)))

        return ChildProgram(f"sip-worker-{index}", arguments)


def _if_free(address: str, port: int) -> int | None:
    """Return the port unless somebody has it: phones without TLS must not suffer for it."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address, port))
        except (OSError, OverflowError):
            return None
    return port


def _free_port(address: str) -> int:
    with socket.socket(type=socket.SOCK_DGRAM) as trial:
        trial.bind((address, 0))
        port: int = trial.getsockname()[1]
        return port
