"""What to try with a modem that stopped answering: reset it, then take its USB power away."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from drivers.gsm.bay import Found
from drivers.gsm.port import AtPort
from drivers.gsm.usb import UsbPlace, power_cycle
from firmware.contract.errors import LineError
from firmware.contract.texts import Text, word

log = logging.getLogger(__name__)

SOFT_RESET: Final = "AT+CFUN=1,1"


class Recovery:
    """One line's ladder. Each `climb` does the next thing and says what it was."""

    def __init__(
        self,
        boot_s: float,
        cycle: Callable[[UsbPlace], Awaitable[bool]] = power_cycle,
    ) -> None:
        """`boot_s`: how long a modem may take to come back before the next rung is tried."""
        self._boot_s = boot_s
        self._cycle = cycle
        self._rung = 0
        self._patient_until = 0.0
        self.why: Text | None = None
        """What is being done now, None while all is well."""

    def begin(self) -> None:
        """The modem stopped answering."""
        if self.why is None:
            self.why = Text(code="gsm.silent")

    def expect_boot(self, why: Text) -> None:
        """The modem was reset, by us or by itself, and is away until it has booted."""
        self.why = why
        self._patient_until = asyncio.get_running_loop().time() + self._boot_s

    def done(self) -> None:
        """It answers again."""
        if self.why is not None:
            log.info("the modem answers again after: %s", word(self.why))
        self._rung, self.why = 0, None

    def still_booting(self) -> Text | None:
        """What was done to a modem that may now be away for a while; None when it took too long."""
        patient = asyncio.get_running_loop().time() < self._patient_until
        return self.why if patient else None

    async def climb(self, found: Found, port: AtPort) -> None:
        """Do the next thing; nothing while the modem may still be booting from the last."""
        now = asyncio.get_running_loop().time()
        if self.why is not None and now < self._patient_until:
            return
        self._patient_until = now + self._boot_s
        self._rung += 1
        if self._rung == 1:
            self.why = Text(code="gsm.resetting")
            self._reset(found, port)
        else:
            self.why = await self._take_power(found)

    def _reset(self, found: Found, port: AtPort) -> None:
        try:
            for command in dict.fromkeys((found.identity.profile.reset, SOFT_RESET)):
                port.send_blind(command)
        except LineError as error:
            log.info("%s: %s", found.ports.name, error)

    async def _take_power(self, found: Found) -> Text:
        place = found.ports.place
        if place is None or not await self._cycle(place):
            return Text(code="gsm.power-out-of-reach")
        self._patient_until = asyncio.get_running_loop().time() + self._boot_s
        return Text(code="gsm.power-cycled")
