"""The far end of a virtual trunk line: a subscriber line of the practice network."""

import asyncio
from collections import deque
from pathlib import Path

from drivers.simulators.crystal import Crystal, Lateness
from drivers.simulators.settings import PhoneSettings
from drivers.simulators.sounds import SILENCE
from drivers.simulators.terminal import NetworkCall, PublicNetwork
from drivers.simulators.virtual_wire import Happened, VirtualWire
from firmware.contract.causes import Cause
from firmware.contract.pcm import Samples


class VirtualTrunk:
    """A Terminal; what the network says goes over the wire, what the card says to the network."""

    def __init__(self, device_dir: Path, network: PublicNetwork, settings: PhoneSettings) -> None:
        self.settings = settings
        self.number = settings.number
        self._network = network
        self._call: NetworkCall | None = None
        self._from_card: deque[Samples] = deque(maxlen=50)
        self._audio: asyncio.Task[None] | None = None
        self._wire = VirtualWire(
            device_dir / settings.serial, self._happened, self._from_card.append
        )
        network.attach(self)

    @property
    def is_connected(self) -> bool:
        return self._wire.is_connected

    # ---- the network (Terminal)

    def ring(self, call: NetworkCall) -> bool:
        if self._call is not None or not self._wire.is_connected:
            return False
        self._call = call
        self._wire.tell("call", calling=call.calling or "", called=self.number)
        return True

    def alerting(self, call: NetworkCall) -> None:
        self._wire.tell("alerting")

    def answered(self, call: NetworkCall) -> None:
        self._wire.tell("answered")

    def cleared(self, call: NetworkCall, cause: Cause) -> None:
        self._over()
        self._wire.tell("cleared", cause=int(cause))

    # ---- the wire

    def _happened(self, happened: Happened) -> None:
        match happened["event"]:
            case "dial":
                self._call = self._network.place(self, happened["called"], happened["calling"])
                self._talk()
            case "answer" if self._call is not None:
                self._call.answer()
                self._talk()
            case "clear" if self._call is not None:
                self._call.clear(Cause(happened["cause"]))
                self._over()
            case "card-gone" if self._call is not None:
                self._call.clear(Cause.DESTINATION_OUT_OF_ORDER)
                self._over()
            case "digits" if self._call is not None:
                for digit in happened["digits"]:
                    self._call.send_digit(digit)
            case _:  # about a call that is over
                pass

    def _talk(self) -> None:
        self._from_card.clear()
        self._audio = asyncio.create_task(self._swap(), name=f"trunk {self.number}")

    async def _swap(self) -> None:
        lateness = Lateness(self.settings.impairments)
        async for _ in Crystal(self.settings.impairments.drift_ppm).frames():
            if self._call is None:
                return
            said = self._from_card.popleft() if self._from_card else SILENCE
            data = lateness.passed_on(self._call.swap(said).tobytes())
            for start in range(0, len(data), SILENCE.nbytes):
                self._wire.say_bytes(data[start : start + SILENCE.nbytes])

    def _over(self) -> None:
        if self._call is not None:
            self._call.clear()
        self._call = None
        if self._audio is not None:
            self._audio.cancel()
            self._audio = None

    async def stop(self) -> None:
        self._over()
        self._network.detach(self)
        await self._wire.close()
