"""The analogue line's rig: a simulated voice modem on a pty, on the practice network."""

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from drivers.fxo.line import FxoLine
from drivers.fxo.supervision import SILENCE_LIMIT_S
from drivers.simulators import v253
from drivers.simulators.network import Network
from firmware.contract.settings import FxoLineSettings
from tests.drivers.rig import DEADLINE_S, RecordingCard

SERIAL = "conexant-d1"
NUMBER = "+441632960011"


class FxoRig:
    """`modem` settings override the simulated stick's, `line` settings the line's."""

    number = NUMBER

    def __init__(
        self,
        modem: Mapping[str, object] | None = None,
        line: Mapping[str, object] | None = None,
        country: str = "GB",
        network: Network | None = None,
        silence_limit_s: float = SILENCE_LIMIT_S,
    ) -> None:
        self.card = RecordingCard(country)
        self.network = network or Network(country, set_up_s=0.01)
        self.folder = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))
        self.modem_settings = v253.V253ModemSettings.model_validate(
            {"serial": SERIAL, "number": NUMBER, "ring_period_s": 2.0, **(modem or {})}
        )
        settings: dict[str, object] = {
            "id": "fxo-1",
            "driver": "fxo",
            "serial": SERIAL,
            "answer_after_rings": 1,
        }
        self.line = FxoLine(
            FxoLineSettings.model_validate(settings | dict(line or {})),
            self.card,
            self.folder,
            silence_limit_s,
        )
        self.modem: v253.Modem | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def stick(self) -> v253.Modem:
        assert self.modem is not None
        return self.modem

    async def plug_in(self) -> None:
        self.modem = await v253.start(self.folder, self.network, self.modem_settings)

    async def start(self) -> None:
        await self.plug_in()
        await self.serve()

    async def serve(self) -> None:
        await self.line.open()
        self._serving = asyncio.create_task(self.line.serve())

    async def stop(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)
        await self.line.close()
        if self.modem is not None:
            await self.modem.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def break_wire(self) -> None:
        self.stick.is_stalled = True

    async def served(self) -> BaseException | None:
        assert self._serving is not None
        async with asyncio.timeout(DEADLINE_S):
            await asyncio.wait([self._serving])
        return self._serving.exception()
