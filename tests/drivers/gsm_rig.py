"""The GSM line's rig: a simulated AT modem on ptys, its SIM on the practice network."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from drivers.gsm.bay import Bay
from drivers.gsm.line import GsmLine, Shared, Timing
from drivers.gsm.recovery import Recovery
from drivers.gsm.sim_access import PinMemory
from drivers.simulators.at_modem.fault import Fault
from drivers.simulators.at_modem.modem import Modem
from drivers.simulators.at_modem.settings import ModemSettings
from drivers.simulators.at_modem.start import start
from drivers.simulators.network import Network
from drivers.simulators.terminal import PublicNetwork
from firmware.contract.errors import LineError
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
        self.line = GsmLine(self.settings, self.card, self.shared, recovery or Recovery(BOOT_S))
        self.modem: Modem | None = None
        self._network = network or self.network
        self._serving: asyncio.Task[None] | None = None

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

    async def stop(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)
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
