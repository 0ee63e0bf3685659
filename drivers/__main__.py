"""One card: `python -m drivers KIND --state DIR --devices DIR`."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: more threads only cost here

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from drivers import DRIVERS
from drivers.card import Card
from drivers.driver import load_driver


async def serve(card: Card) -> None:
    """Run the card until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await card.run(stop)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m drivers", description=__doc__)
    parser.add_argument("kind", choices=sorted(DRIVERS))
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--devices", type=Path, default=Path("/dev/serial/by-id"))
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format=f"card-{options.kind} %(levelname)s %(message)s")
    asyncio.run(serve(Card(load_driver(options.kind), options.state, options.devices)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
