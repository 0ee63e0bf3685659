"""What a kind of line brings to its card: how its lines are made and its devices found."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import ClassVar

from drivers import DRIVERS
from firmware.contract.errors import NotFound
from firmware.contract.line import CardServices, Line
from firmware.contract.settings import AnyLineSettings


@dataclass(frozen=True, slots=True)
class CardPlace:
    """What a driver must know of its card whose lines are served by processes of their own."""

    state: Path
    span_fd: int
    """The card's share of the highway; who moves a timeslot's sound maps it."""
    options: Mapping[str, str]
    """What the supervisor says besides, by name; each driver knows its own."""


class Driver(ABC):
    """One kind of line. The card makes one, tells it every new configuration, and runs `watch`."""

    name: ClassVar[str]
    timeslots: ClassVar[int]
    """Size of the card's span: as many legs as this kind can ever have at once."""

    def __init__(self, devices: Path, card: CardServices) -> None:
        """`devices`: the folder whose links name the devices (/dev/serial/by-id on a box)."""
        self.devices = devices
        self.card = card

    def settle(self, place: CardPlace) -> None:  # noqa: B027  most need not know
        """This is where the card is; told once, before everything else."""

    @abstractmethod
    def make_line(self, settings: AnyLineSettings) -> Line:
        """Return the line, not yet open. Raises LineError for settings of another kind."""

    def configured(self, lines: Sequence[AnyLineSettings]) -> None:  # noqa: B027  most need not know
        """These are the lines from now on; told before any of them is made or dropped."""

    async def watch(self) -> None:
        """Run as long as the card lives; raises LineError to be started again after a pause.

        A device that is plugged in but no line's is reported as
        LineStateChanged(health=UNASSIGNED) under a line id made from its name,
        and LineGone when it is unplugged or a line takes it.
        """
        await asyncio.Event().wait()


def load_driver(name: str) -> type[Driver]:
    """Return the driver of that name; raises NotFound for one that does not exist."""
    try:
        module, _, attribute = DRIVERS[name].partition(":")
    except KeyError:
        raise NotFound("card.no-such-driver", driver=name) from None
    driver = getattr(import_module(module), attribute)
    if not (isinstance(driver, type) and issubclass(driver, Driver)):
        raise TypeError(f"{DRIVERS[name]} is not a Driver")
    return driver
