"""The analogue subscriber loop: hook, bell, caller id, and the little an exchange tells.

No answer supervision comes down this wire, and the far end's hang-up is only
heard, or felt as a break in the battery.
"""

import asyncio
from collections.abc import Callable
from enum import Enum, auto
from typing import Final, Protocol

import numpy as np

from drivers.simulators.sounds import SILENCE, TONE_DBM0, Loop, Tape, tone
from drivers.simulators.terminal import BlockSource, NetworkCall, PublicNetwork
from drivers.simulators.v253.settings import CallerId, ClearSignal, V253ModemSettings
from firmware.contract.causes import Cause
from firmware.contract.pcm import SAMPLE_RATE_HZ, Samples

CALLER_ID_AFTER_RING_S: Final = 0.4
BREAK_S: Final = 0.5
OFF_HOOK_VOLTS: Final = 8.0
NO_CABLE_VOLTS: Final = 1.4


class Hook(Enum):
    ON = auto()
    RINGING = auto()
    OFF = auto()


class LoopEars(Protocol):
    """What the modem at the end of the loop notices."""

    def bell(self) -> None: ...

    def caller_id(self, number: str | None) -> None: ...

    def battery_break(self) -> None: ...


class SubscriberLoop:
    """One analogue line (a Terminal of the practice network)."""

    def __init__(self, settings: V253ModemSettings, network: PublicNetwork, ears: LoopEars) -> None:
        self.number = settings.number
        self.hook = Hook.ON
        self.cable_in = True
        self.tone_name: str | None = None
        """What the chip's own tone detector can hear now: `busy` or `dial`."""
        self.is_answered = False
        self._settings = settings
        self._network = network
        self._ears = ears
        self._call: NetworkCall | None = None
        self._source: BlockSource | None = None
        self._keys = Tape()
        self._bells: list[asyncio.TimerHandle] = []
        network.attach(self)

    @property
    def volts(self) -> float:
        if not self.cable_in:
            return NO_CABLE_VOLTS
        return OFF_HOOK_VOLTS if self.hook is Hook.OFF else self._settings.line_volts

    # ---- the modem's side

    def seize(self) -> None:
        """Close the loop: answer what rings, else get dial tone."""
        if self.hook is Hook.OFF:
            return
        self._stop_bells()
        ringing, self.hook = self.hook is Hook.RINGING, Hook.OFF
        if ringing and self._call is not None:
            self.is_answered = True
            self._call.answer()
        elif self.cable_in:
            self._source, self.tone_name = self._network.dial_tone(), "dial"

    def dial(self, digits: str) -> None:
        """What the exchange does once the number is complete."""
        self._source = self.tone_name = None
        if self.cable_in:
            self._call = self._network.place(self, digits)

    def release(self) -> None:
        self._stop_bells()
        if self._call is not None:
            self._call.clear()
        self._call = self._source = self.tone_name = None
        self._keys = Tape()
        self.is_answered = False
        self.hook = Hook.ON

    def send_keys(self, sound: Samples) -> None:
        """The chip makes tones itself (+VTS); they go out instead of what the computer plays."""
        self._keys.add(sound)

    def swap(self, said: Samples) -> Samples:
        """Put one block onto the loop, get what is heard there."""
        if not self._keys.is_over:
            said = self._keys.next_block()
        if self._source is not None:
            return self._source.next_block()
        return SILENCE if self._call is None else self._call.swap(said)

    def pull_cable(self) -> None:
        self.release()
        self.cable_in = False
        self._network.detach(self)

    def plug_cable(self) -> None:
        self.cable_in = True
        self._network.attach(self)

    # ---- the network's side

    def ring(self, call: NetworkCall) -> bool:
        if self.hook is not Hook.ON or not self.cable_in:
            return False
        self._call, self.hook = call, Hook.RINGING
        if self._settings.caller_id is CallerId.BEFORE_RING:
            self._ears.caller_id(call.calling)
        self._after(0.05, self._bell)
        if self._settings.caller_id is CallerId.BETWEEN_RINGS:
            self._after(0.05 + CALLER_ID_AFTER_RING_S, lambda: self._ears.caller_id(call.calling))
        return True

    def alerting(self, call: NetworkCall) -> None: ...

    def answered(self, call: NetworkCall) -> None:
        """Nothing on an analogue loop tells this; it is kept to know what a clearing means."""
        self.is_answered = True

    def cleared(self, call: NetworkCall, cause: Cause) -> None:
        if self.hook is Hook.RINGING:
            self.release()
        elif not self.is_answered:
            self.tone_name = "busy" if cause is Cause.USER_BUSY else None
        else:
            self._play_clear_signal(self._settings.clear_signal)

    def _play_clear_signal(self, signal: ClearSignal) -> None:
        if signal is ClearSignal.SILENCE:
            self._hear(Tape())
        elif signal is ClearSignal.CPC:
            self._hear(Tape())
            self._ears.battery_break()
            self._after(BREAK_S, lambda: self._play_clear_signal(ClearSignal.DIAL))
        else:
            period = tone(self._network.country, signal.value).astype(np.float64)
            gain = 10 ** ((self._settings.clear_tone_dbm0 - TONE_DBM0) / 20)
            self._hear(Loop((period * gain).astype(np.int16)))
            self.tone_name = "dial" if signal is ClearSignal.DIAL else "busy"

    def _hear(self, source: BlockSource) -> None:
        if self._call is not None:
            self._call.hear_instead(source)

    def _bell(self) -> None:
        self._ears.bell()
        self._after(self._ring_period_s(), self._bell)

    def _ring_period_s(self) -> float:
        """Bell and ringback have the same cadence."""
        period = len(tone(self._network.country, "ringback")) / SAMPLE_RATE_HZ
        return self._settings.ring_period_s or period

    def _after(self, delay_s: float, what: Callable[[], None]) -> None:
        self._bells.append(asyncio.get_running_loop().call_later(delay_s, what))

    def _stop_bells(self) -> None:
        while self._bells:
            self._bells.pop().cancel()
