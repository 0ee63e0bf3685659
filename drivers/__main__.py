"""One card: `python -m drivers KIND --state DIR --devices DIR [--option NAME=VALUE ...]`."""

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
    parser.add_argument("--option", action="append", default=[], type=_option, metavar="NAME=VALUE")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format=f"card-{options.kind} %(levelname)s %(message)s")
    driver = load_driver(options.kind)
    asyncio.run(serve(Card(driver, options.state, options.devices, dict(options.option))))
    return 0


def _option(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not (name and separator):
        raise argparse.ArgumentTypeError(f"an option is NAME=VALUE, not {text!r}")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
