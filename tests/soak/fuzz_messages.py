"""Run as a program of its own: atheris throws bytes at the line splitter and every message.

python -m tests.soak.fuzz_messages -max_total_time=60 [CORPUS]
"""

import sys
from importlib import import_module
from typing import Any

from pydantic import TypeAdapter

atheris = import_module("atheris")  # not among the packages that are type checked

with atheris.instrument_imports():
    from firmware.contract.control import REQUESTS
    from firmware.contract.errors import MessageRefused
    from firmware.contract.events import EVENTS
    from firmware.contract.messages import COMMANDS, REPORTS
    from firmware.contract.switching import NOTICES, ORDERS
    from firmware.highway.lines import LineSplitter, parse

KINDS: tuple[TypeAdapter[Any], ...] = (COMMANDS, REPORTS, ORDERS, NOTICES, REQUESTS, EVENTS)
MAX_LINE_BYTES = 2_000


def one_input(data: bytes) -> None:
    """A line is a message that reads back as itself, or it is refused; nothing else."""
    splitter = LineSplitter(MAX_LINE_BYTES)
    half = len(data) // 2
    try:
        lines = splitter.feed(data[:half]) + splitter.feed(data[half:])
    except MessageRefused:
        return
    for line in lines:
        for kinds in KINDS:
            _read(line, kinds)


def _read(line: bytes, kinds: TypeAdapter[Any]) -> None:
    try:
        message = parse(line, kinds)
    except MessageRefused:
        return
    assert parse(message.to_line(), kinds) == message


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
