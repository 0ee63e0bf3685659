"""The switch: `python -m firmware.switch --state DIR`."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import logging
import signal
import threading
from pathlib import Path
from uuid import uuid4

from firmware.switch.message_thread import MessageThread
from firmware.switch.switchboard import Switchboard
from firmware.switch.tick_loop import TickLoop, take_priority

log = logging.getLogger("firmware.switch")


def give_up(failed: threading.ExceptHookArgs) -> None:
    """End the process when a thread has died: half a switch is worse than one that restarts."""
    log.critical("switch: a thread died", exc_info=failed.exc_value)
    os._exit(1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="firmware.switch", description=__doc__)
    parser.add_argument("--state", type=Path, required=True)
    state: Path = parser.parse_args().state.absolute()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    (state / "run").mkdir(parents=True, exist_ok=True)

    threading.excepthook = give_up
    board = Switchboard()
    messages = MessageThread(state, epoch=uuid4().hex)
    loop = TickLoop(board, messages)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.stop())
    messages.start()
    messages.disk.start()
    take_priority()  # after the other threads have started: they would inherit it
    log.debug("switch: ready")
    loop.run()
    board.close()
    messages.disk.stop()
    messages.tell_all(board.notices)
    messages.stop()


if __name__ == "__main__":
    main()
