"""The practice network's process: `python -m drivers.simulators --state DIR [--file FILE]`."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: more threads only cost here

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from drivers.simulators.control import listening
from drivers.simulators.practice import PACKAGED, Practice, PracticeRefused, read_settings
from drivers.simulators.settings import PracticeSettings


async def run(settings: PracticeSettings, state: Path) -> None:
    """Play the outside world until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    practice = await Practice.start(settings, state / "practice" / "dev")
    try:
        async with listening(state / "practice" / "control", practice):
            await stop.wait()
    finally:
        await practice.stop()


def _file_of(state: Path) -> Path:
    """Return the practice network a state folder brings along, else the packaged one."""
    own = state / "practice.toml"
    return own if own.is_file() else PACKAGED


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m drivers.simulators", description=__doc__)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--file", type=Path, help="instead of STATE/practice.toml or the packaged")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="simulators %(levelname)s %(message)s")
    try:
        settings = read_settings(options.file or _file_of(options.state))
    except PracticeRefused as refused:
        logging.getLogger(__name__).error("%s", refused)  # noqa: TRY400  the trace says nothing more
        return 1
    (options.state / "practice" / "dev").mkdir(parents=True, exist_ok=True)
    asyncio.run(run(settings, options.state))
    return 0


if __name__ == "__main__":
    sys.exit(main())
