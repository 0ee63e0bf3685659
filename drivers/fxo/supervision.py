"""Guesses from sound what an analogue line never says: ringing, answered, gone.

The network's tones are found by firmware.dsp, the chip's own opinion comes as
DLE events; either is enough. An answer is somebody speaking, a sound that no
tone of the network makes, or ringback that stops.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import numpy as np

from firmware.contract.causes import Cause
from firmware.contract.messages import AnswerSupervision
from firmware.contract.pcm import FRAME_MS, Samples
from firmware.contract.settings import LearnedTone
from firmware.contract.switching import HeardTone
from firmware.dsp.call_progress import ProgressDetector, ToneEvent
from firmware.dsp.hang_up import far_end_gone, is_learned
from firmware.dsp.spectral_lines import spectral_lines
from firmware.dsp.tones import tone_plan
from firmware.dsp.voice import VoiceDetector

SILENCE_LIMIT_S: Final = 900.0
"""The last resort. A caller who waits in a queue with the handset muted is silent too."""
HEARD_DBM0: Final = -48.0
VOICE_BLOCKS: Final = 25
"""Speech, its hang-over included, that is more than a click: half a second."""
QUIET_AFTER_RINGBACK_S: Final = 4.0
"""Ringback has stopped: time for a busy or congestion tone to show itself."""
RINGBACK_LATE: Final = 1.4
NETWORK_TONE_HZ: Final = (300.0, 700.0)

_LISTENING: Final = np.ones(1, bool)
_CAUSES: Final = {
    HeardTone.BUSY: Cause.USER_BUSY,
    HeardTone.BUSY_OR_CONGESTION: Cause.USER_BUSY,
    HeardTone.CONGESTION: Cause.SWITCHING_EQUIPMENT_CONGESTION,
    HeardTone.SIT: Cause.SEND_SPECIAL_INFORMATION_TONE,
}
BUSY_EVENT: Final = "b"
RINGBACK_EVENT: Final = "r"
GONE_EVENTS: Final = frozenset("bdlP")
"""On a connected call: busy, dial tone, loop break (CPC), remote hang-up by line voltage (-STE).
Not h and H, which are the modem's own phone jack, nor s, since its silence detector is off."""


class What(Enum):
    ALERTING = auto()
    ANSWERED = auto()
    GONE = auto()


@dataclass(frozen=True, slots=True)
class Finding:
    what: What
    cause: Cause = Cause.NORMAL_CALL_CLEARING
    supervision: AnswerSupervision = AnswerSupervision.VOICE_HEARD


class Supervision:
    """One call's. Each of its findings is told once, in the order of What."""

    def __init__(
        self,
        country: str,
        learned: LearnedTone | None,
        connected: bool,
        silence_limit_s: float = SILENCE_LIMIT_S,
    ) -> None:
        self.connected = connected
        """An incoming call is connected from the start: we answered it."""
        self._learned = learned
        self._tones = ProgressDetector(1)
        self._tones.listen_for(0, country, learned)
        self._voice = VoiceDetector(1)
        self._silence_limit_blocks = silence_limit_s * 1000 / FRAME_MS
        self._longest_ring_blocks = _longest_ring_ms(country) * RINGBACK_LATE / FRAME_MS + 8
        self._recent: deque[Samples] = deque(maxlen=4)
        self._sounding: HeardTone | None = None
        self._speaking_blocks = self._loud_blocks = self._silent_blocks = 0
        self._since_ringback_blocks: int | None = None
        self._told: set[What] = set()

    def hear(self, block: Samples) -> list[Finding]:
        """Take one block as heard on the line; return what became known."""
        row = block[np.newaxis]
        found = [f for event in self._tones.hear(row, _LISTENING) for f in self._tone(event)]
        self._voice.hear(row, _LISTENING)
        self._count(block)
        if not self.connected:
            found += self._answer()
        elif self._silent_blocks >= self._silence_limit_blocks:
            found.append(Finding(What.GONE, Cause.RECOVERY_ON_TIMER_EXPIRY))
        return self._once(found)

    def event(self, code: str) -> list[Finding]:
        """Take one DLE event of the chip's own detectors."""
        if self.connected and code in GONE_EVENTS:
            return self._once([Finding(What.GONE)])
        if not self.connected and code == BUSY_EVENT:
            return self._once([Finding(What.GONE, Cause.USER_BUSY)])
        if not self.connected and code == RINGBACK_EVENT:
            return self._once([Finding(What.ALERTING)])
        return []

    def _tone(self, event: ToneEvent) -> list[Finding]:
        self._sounding = None if event.ended else event.tone
        if event.tone is HeardTone.RINGBACK:
            self._since_ringback_blocks = 0 if event.ended else None
            return [Finding(What.ALERTING)]
        learned = is_learned(event.frequency_hz, event.on_ms, event.off_ms, self._learned)
        gone = not event.ended and far_end_gone(
            event.tone, event.periods, event.on_ms, connected=self.connected, learned=learned
        )
        if not gone:
            return []
        return [Finding(What.GONE) if self.connected else Finding(What.GONE, _CAUSES[event.tone])]

    def _count(self, block: Samples) -> None:
        self._recent.append(block)
        loud = float(self._voice.levels_dbm0[0]) > HEARD_DBM0
        self._loud_blocks = self._loud_blocks + 1 if loud else 0
        self._silent_blocks = 0 if loud else self._silent_blocks + 1
        speaking = bool(self._voice.speaking[0])
        self._speaking_blocks = self._speaking_blocks + 1 if speaking else 0
        if self._since_ringback_blocks is not None:
            self._since_ringback_blocks += 1

    def _answer(self) -> list[Finding]:
        lasting = self._loud_blocks > self._longest_ring_blocks and not self._is_network_tone()
        if self._speaking_blocks >= VOICE_BLOCKS or lasting:
            return [Finding(What.ANSWERED)]
        quiet_blocks = QUIET_AFTER_RINGBACK_S * 1000 / FRAME_MS
        if self._since_ringback_blocks is None or self._since_ringback_blocks < quiet_blocks:
            return []
        if self._sounding is not None or self._is_network_tone():
            return []
        return [Finding(What.ANSWERED, supervision=AnswerSupervision.GUESSED)]

    def _is_network_tone(self) -> bool:
        lines = spectral_lines(np.concatenate(self._recent)[np.newaxis].astype(np.float32))[0]
        low_hz, high_hz = NETWORK_TONE_HZ
        return bool(lines) and all(low_hz <= hz <= high_hz for hz in lines)

    def _once(self, found: list[Finding]) -> list[Finding]:
        fresh: list[Finding] = []
        for finding in found:
            if finding.what not in self._told and What.GONE not in self._told:
                self._told.add(finding.what)
                fresh.append(finding)
                self.connected = self.connected or finding.what is What.ANSWERED
        return fresh


def _longest_ring_ms(country: str) -> float:
    steps = tone_plan(country).tones["ringback"]
    return float(max(step.duration_ms or 0 for step in steps if not step.silent))
