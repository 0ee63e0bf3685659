"""The GSM line's rig: a simulated AT modem on ptys, its SIM on the practice network."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drivers.gsm.bay import Bay
from drivers.gsm.line import GsmLine
from drivers.gsm.recovery import Recovery
from drivers.gsm.shared import Shared, Timing
from drivers.gsm.sim_access import PinMemory
from drivers.simulators.at_modem.fault import Fault
from drivers.simulators.at_modem.modem import Modem
from drivers.simulators.at_modem.settings import ModemSettings
from drivers.simulators.at_modem.start import start
from drivers.simulators.network import Network
from drivers.simulators.terminal import PublicNetwork
from firmware.contract.errors import LineError
from firmware.contract.line_state import Health, LineState
from firmware.contract.messages import LineStateChanged
from firmware.contract.settings import GsmLineSettings
from tests.drivers.rig import DEADLINE_S, RecordingCard

SERIAL = "simcom-a1"
IMEI = "860000000000011"
ICCID = "8944000000000000011"
NUMBER = "+447700900001"
TIMING = Timing(heartbeat_s=0.5, poll_s=0.05, answer_s=1.0, sound_patience_s=1.0)
BOOT_S = 2.0


class GsmRig:
    """`modem` settings override the simulated modem's, `line` settings the line's."""

    number = NUMBER

    def __init__(
        self,
        modem: dict[str, object] | None = None,
        line: dict[str, object] | None = None,
        network: PublicNetwork | None = None,
        recovery: Recovery | None = None,
        sysfs: Path = Path("/sys"),
        timing: Timing = TIMING,
    ) -> None:
        self.card = RecordingCard()
        self.network = Network("GB", set_up_s=0.01)
        self.folder = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))
        healthy: dict[str, object] = {
            "family": "sim7600",
            "serial": SERIAL,
            "imei": IMEI,
            "iccid": ICCID,
        }
        healthy |= {"number": NUMBER, "ring_period_s": 0.3}
        self.modem_settings = ModemSettings.model_validate(healthy | (modem or {}))
        named: dict[str, object] = {"id": "gsm-1", "driver": "gsm", "imei": IMEI, "number": NUMBER}
        self.bay = Bay(self.folder, sysfs)
        self.pins = PinMemory()
        self.shared = Shared(self.bay, self.pins, timing)
        self.settings = GsmLineSettings.model_validate(named | (line or {}))
        self.recover_with(recovery or Recovery(BOOT_S))
        self.modem: Modem | None = None
        self._network = network or self.network
        self._serving: asyncio.Task[None] | None = None

    def recover_with(self, recovery: Recovery) -> None:
        """Make the line, which is not open yet, anew."""
        self.line = GsmLine(self.settings, self.card, self.shared, recovery)

    @property
    def stick(self) -> Modem:
        assert self.modem is not None
        return self.modem

    async def plug_in(self) -> None:
        self.modem = await start(self.folder, self._network, self.modem_settings)

    async def start(self) -> None:
        await self.plug_in()
        await self.serve()

    async def serve(self) -> None:
        """Open the line once and serve it until it fails."""
        await self.line.open()
        self._serving = asyncio.create_task(self.line.serve())

    async def keep(self) -> None:
        """Open and serve the line as its card does: again and again, with a short pause."""
        self._serving = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        while True:
            try:
                await self.line.open()
                await self.line.serve()
            except LineError:
                await self.line.close()
                await asyncio.sleep(0.05)

    async def ready(self, after: int = 0) -> None:
        """Wait for a report, at or after index `after`, that the line is READY."""
        await self.fares(Health.READY, after=after)

    async def fares(self, health: Health, code: str | None = None, after: int = 0) -> LineState:
        """Wait until the line reports `health` (and why), and return that state."""
        while True:
            told = await self.card.reported(LineStateChanged, after)
            after = self.card.reports.index(told, after) + 1
            why = told.line.why.code if told.line.why is not None else None
            if told.line.health is health and code in (None, why):
                return told.line

    async def stop_serving(self) -> None:
        """Stop as a killed card does: nothing is said to the modem any more."""
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)

    async def restart_card(self) -> None:
        """What a new card process knows: nothing of the old one."""
        await self.change_settings(Shared(Bay(self.folder), PinMemory(), self.shared.timing))

    async def change_settings(self, shared: Shared | None = None, **changes: object) -> None:
        """Make the line anew with other settings, as its card does."""
        await self.stop_serving()
        await self.line.close()
        settings = self.settings.model_copy(update=changes)
        self.line = GsmLine(settings, self.card, shared or self.shared, Recovery(BOOT_S))
        await self.serve()

    @contextmanager
    def another_pty(self) -> Iterator[None]:
        """Take the lowest free pty, as another device plugged in meanwhile would."""
        fds = os.openpty()
        try:
            yield
        finally:
            for fd in fds:
                os.close(fd)

    def type(self, command: str) -> None:
        """Send a command to the modem past the line, as another program would."""
        port = os.open(self.stick.at_port.link, os.O_WRONLY | os.O_NOCTTY)
        os.write(port, command.encode() + b"\r")
        os.close(port)

    async def stop(self) -> None:
        await self.stop_serving()
        await self.line.close()
        if self.modem is not None:
            self.modem.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def break_wire(self) -> None:
        self.stick.fault = Fault.DEAF_UNTIL_POWER_CYCLE

    async def served(self) -> BaseException | None:
        assert self._serving is not None
        async with asyncio.timeout(DEADLINE_S):
            await asyncio.wait([self._serving])
        return self._serving.exception()
