"""One signalling worker: `python -m drivers.sip.signalling --link-fd M --port P --edge HOST:PORT`.

Without Kamailio: `--listen ADDRESS --allow ADDRESS,ADDRESS` in place of `--edge`;
then only those addresses are heard.
"""

import argparse
import logging
import os
import select
import signal
from typing import Final

from drivers.sip.signalling.library import LibraryFault, SipLibrary
from drivers.sip.signalling.order_link import OrderLink
from drivers.sip.signalling.pjsua import PjsuaLibrary
from drivers.sip.signalling.worker import Worker
from firmware.contract.errors import MessageRefused

log = logging.getLogger(__name__)

LAST_WORDS_S: Final = 1.2


def serve(link: OrderLink, worker: Worker, library: SipLibrary, stopped: list[int]) -> None:
    """Run until the card is gone or a signal came."""
    news = select.poll()
    for descriptor in (link.fileno(), *library.descriptors):
        news.register(descriptor, select.POLLIN)
    while link.is_open and not stopped:
        ready = {descriptor for descriptor, _ in news.poll(library.idle_ms())}
        if link.fileno() in ready:
            _obey(link, worker)
        library.turn()


def _obey(link: OrderLink, worker: Worker) -> None:
    try:
        for order in link.orders():
            worker.obey(order)
    except MessageRefused as error:
        log.error("sip: cannot understand the card: %s", error)  # noqa: TRY400  the sentence is all
        link.is_open = False


def main() -> None:
    options = _options()
    logging.basicConfig(level=logging.INFO, format="sip-signalling %(levelname)s %(message)s")
    stopped: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: stopped.append(number))
    link = OrderLink(options.link_fd)
    worker = Worker(link, behind_edge=options.edge is not None)
    allowed = frozenset(filter(None, options.allow.split(",")))
    try:
        library = PjsuaLibrary(worker, (options.listen, options.port), options.edge, allowed)
    except LibraryFault as fault:
        log.error("sip: %s", fault)  # noqa: TRY400  the sentence is all
        os._exit(1)
    worker.serve(library)
    serve(link, worker, library, stopped)
    library.stop(LAST_WORDS_S)
    os._exit(0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m drivers.sip.signalling", description=__doc__)
    parser.add_argument("--link-fd", type=int, required=True)
    parser.add_argument("--port", type=int, default=0, help="of SIP over UDP; 0 takes a free one")
    parser.add_argument("--edge", help="host:port of the proxy all calls go by")
    parser.add_argument("--listen", default="127.0.0.1")
    parser.add_argument("--allow", default="", help="addresses that alone are heard")
    options = parser.parse_args()
    if not options.edge and not options.allow:
        parser.error("without --edge, --allow must say who is heard")
    return options


if __name__ == "__main__":
    main()
