"""Faults of [codes]: two codes nobody could tell apart, and codes that hide a number."""

from collections.abc import Iterator
from itertools import combinations

from firmware.config.codes import IN_A_CALL, Code, Takes, takes
from firmware.config.fault import Fault
from firmware.config.model import Config


def code_faults(config: Config) -> Iterator[Fault]:
    yield from _clashes(config)
    numbers = config.inside_numbers() | config.emergency_numbers()
    for keys, code in config.codes.dialled().items():
        for number in sorted(numbers):
            if number.startswith(keys) or keys.startswith(number):
                args = {"value": keys, "number": number}
                yield Fault("config.code-hides-number", ("codes", code.value), args)


def _clashes(config: Config) -> Iterator[Fault]:
    """The same keys twice, or keys behind a code that takes more keys."""
    for first, second in combinations(Code, 2):
        if (first in IN_A_CALL) is not (second in IN_A_CALL):
            continue
        if _clash(config, first, second) or _clash(config, second, first):
            args = {"value": config.codes.keys(second), "other": first.value}
            yield Fault("config.codes-clash", ("codes", second.value), args)


def _clash(config: Config, first: Code, second: Code) -> bool:
    one, other = config.codes.keys(first), config.codes.keys(second)
    if not one or not other:
        return False
    return one == other or (takes(first) is not Takes.NOTHING and other.startswith(one))
