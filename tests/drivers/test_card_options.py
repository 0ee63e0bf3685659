"""A driver is told where its card is and what the supervisor says besides."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from drivers.card import Card
from drivers.driver import CardPlace, Driver
from firmware.contract.errors import LineError
from firmware.contract.line import Line
from firmware.contract.settings import AnyLineSettings
from firmware.highway.span import Span


class Settled(Driver):
    name = "settled"
    timeslots = 3
    told: list[CardPlace] = []

    def settle(self, place: CardPlace) -> None:
        self.told.append(place)

    def make_line(self, settings: AnyLineSettings) -> Line:
        raise LineError("line-cannot", command="configure")

    def configured(self, lines: Sequence[AnyLineSettings]) -> None:
        """Nothing is configured here."""


def test_a_driver_learns_of_the_span_the_state_and_its_options(tmp_path: Path) -> None:
    Card(Settled, tmp_path, tmp_path, {"sip-port": "5070"})

    (place,) = Settled.told
    assert (place.state, place.options) == (tmp_path, {"sip-port": "5070"})
    span = Span.attach(os.dup(place.span_fd), "settled")
    assert span.timeslots == Settled.timeslots
    span.close()


@pytest.mark.parametrize("option", ["sip-port", "=5070", "="])
def test_an_option_without_a_name_or_a_value_is_wrong_usage(option: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "drivers", "sip", "--state", str(tmp_path), "--option", option]

    refused = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert refused.returncode == 2
    assert "an option is NAME=VALUE" in refused.stderr
