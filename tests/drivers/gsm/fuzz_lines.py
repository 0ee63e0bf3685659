"""Run as a program of its own: atheris throws bytes at everything that reads a modem.

    python -m tests.drivers.gsm.fuzz_lines -max_total_time=60

Ends with 0 when nothing raised; needs requirements-soak.txt.
"""

import contextlib
import sys
from importlib import import_module

atheris = import_module("atheris")  # not among the packages that are type checked

with atheris.instrument_imports():
    from drivers.gsm import at, unasked
    from drivers.gsm.audio_port import ByteOrder
    from drivers.gsm.cause import parse_ceer
    from drivers.gsm.dialling import dialling
    from firmware.contract.errors import LineError
    from firmware.contract.pcm import BLOCK_BYTES

PARSERS = (
    unasked.parse_unasked,
    at.parse_result,
    at.parse_clcc,
    at.parse_registration,
    at.parse_signal_dbm,
    at.parse_operator,
    at.parse_iccid,
    at.parse_imei,
    at.parse_attempts,
    at.parse_pin_status,
    parse_ceer,
)


def one_input(data: bytes) -> None:
    lines = at.Lines()
    half = len(data) // 2
    for line in lines.feed(data[:half]) + lines.feed(data[half:]):
        for parse in PARSERS:
            parse(line)
    with contextlib.suppress(LineError):
        dialling(data.decode("latin-1"))
    ByteOrder().slipped(data[:BLOCK_BYTES].ljust(BLOCK_BYTES, b"\0"))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
