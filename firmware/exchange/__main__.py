"""`python -m firmware.exchange --state DIR`."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Final

from firmware.backup.switching import finish
from firmware.contract.errors import TipringError
from firmware.contract.texts import word
from firmware.exchange.alone import alone_in
from firmware.exchange.exchange import Exchange
from firmware.highway.notify import ALIVE, READY, notify_systemd

log = logging.getLogger(__name__)

ALIVE_EVERY_S: Final = 10.0


async def _run(state: Path) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    exchange = Exchange(state)
    notify_systemd(READY)
    watchdog = asyncio.create_task(_stay_alive())
    await exchange.run(stop)
    watchdog.cancel()


async def _stay_alive() -> None:
    """As long as the loop turns, systemd hears of it."""
    while True:
        notify_systemd(ALIVE)
        await asyncio.sleep(ALIVE_EVERY_S)


def main() -> int:
    parser = argparse.ArgumentParser(prog="firmware.exchange")
    parser.add_argument("--state", type=Path, required=True)
    level = os.environ.get("TIPRING_LOG", "INFO")
    logging.basicConfig(level=level, format="exchange %(levelname)s: %(message)s")
    state = parser.parse_args().state.absolute()
    try:
        with alone_in(state):
            finish(state)
            asyncio.run(_run(state))
    except TipringError as refused:
        log.error("%s", word(refused.text))  # noqa: TRY400  one sentence says it all
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
