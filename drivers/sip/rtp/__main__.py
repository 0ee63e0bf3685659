"""The RTP process, started by the SIP card, which hands it the span and a socketpair's end.

`python -m drivers.sip.rtp --span-fd N --link-fd M --address A --ports LOW-HIGH`
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: more threads only cost here

import argparse
import gc
import logging
import secrets
import signal
import socket
import sys
from typing import Final

from drivers.sip.rtp.card_link import CardLink
from drivers.sip.rtp.endpoints import Endpoints
from drivers.sip.rtp.highway import card_side
from drivers.sip.rtp.process import RtpProcess
from drivers.sip.rtp.sockets import Sockets
from firmware.highway.span import Span

ROWS: Final = 1024
"""Endpoint numbers there may be; untouched rows cost no memory."""
PRIORITY: Final = 20

log = logging.getLogger(__name__)


def ports(text: str) -> tuple[int, int]:
    """Return the two ends of `LOW-HIGH`. Raises ValueError for anything else."""
    low, _, high = text.partition("-")
    span = int(low), int(high)
    if not 1024 <= span[0] < span[1] <= 65535:
        raise ValueError(text)
    return span


def take_priority() -> None:
    """Run before all others where the machine allows it, and never stop to tidy what stays."""
    gc.collect()
    gc.freeze()
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except PermissionError:
        log.debug("rtp: no real-time priority here, running with the others")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m drivers.sip.rtp", description=__doc__)
    parser.add_argument("--span-fd", type=int, required=True)
    parser.add_argument("--link-fd", type=int, required=True)
    parser.add_argument("--address", required=True)
    parser.add_argument("--ports", type=ports, required=True)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="rtp %(levelname)s %(message)s")
    span = Span.attach(options.span_fd, "sip")
    endpoints = Endpoints(ROWS, card_side(span), secrets.randbits(32))
    low, high = options.ports
    sockets = Sockets(options.address, low, high, endpoints.receiver.proves)
    process = RtpProcess(CardLink(socket.socket(fileno=options.link_fd)), endpoints, sockets)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: process.stop())
    take_priority()
    process.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
