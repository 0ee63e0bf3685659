"""Run as a program of its own: atheris types configurations.

python -m tests.soak.fuzz_config -max_total_time=60 [CORPUS]
"""

import sys
from importlib import import_module

from firmware.contract.texts import sentences

atheris = import_module("atheris")  # not among the packages that are type checked

with atheris.instrument_imports():
    from firmware.config.load import check


def one_input(data: bytes) -> None:
    """Every fault is a sentence of ours; nothing else comes out."""
    for fault in check(data.decode("utf-8", "replace")):
        assert fault.code in sentences("en"), fault.code


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
