"""What udev would do with a device by a file of rules: enough of udev(7) for ours, in process."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

_TERM = re.compile(r'\s*([A-Z]+(?:\{[^}]+\})?)\s*(==|!=|\+=|=)\s*"([^"]*)"\s*,?')


@dataclass(frozen=True)
class Term:
    key: str
    operator: str
    value: str


@dataclass
class Device:
    """`facts` by udev's keys, such as SUBSYSTEM or ATTR{idVendor}; `done` is what rules set."""

    facts: Mapping[str, str]
    done: dict[str, list[str]] = field(default_factory=dict)


def read_rules(file: Path) -> list[list[Term]]:
    return [list(_terms(line)) for line in file.read_text("utf-8").splitlines() if _is_rule(line)]


def apply_rules(rules: list[list[Term]], facts: Mapping[str, str]) -> dict[str, list[str]]:
    """Return key -> all values the rules set for a device."""
    device, number = Device(facts), 0
    while number < len(rules):
        rule = rules[number]
        number += 1
        if not all(_matches(term, facts) for term in rule if term.operator in {"==", "!="}):
            continue
        for term in rule:
            if term.key == "GOTO":
                number = _place_of(rules, term.value)
            elif term.operator in {"=", "+="} and term.key != "LABEL":
                device.done.setdefault(term.key, []).append(term.value)
    return device.done


def _is_rule(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _terms(line: str) -> Iterator[Term]:
    at = 0
    while at < len(line):
        found = _TERM.match(line, at)
        assert found is not None, f"not a rule: {line[at:]}"
        yield Term(found[1], found[2], found[3])
        at = found.end()


def _matches(term: Term, facts: Mapping[str, str]) -> bool:
    fits = any(fnmatchcase(facts.get(term.key, ""), one) for one in term.value.split("|"))
    return fits == (term.operator == "==")


def _place_of(rules: list[list[Term]], label: str) -> int:
    """Return where a label stands. Raises StopIteration for one that does not."""
    return next(number for number, rule in enumerate(rules) if Term("LABEL", "=", label) in rule)
