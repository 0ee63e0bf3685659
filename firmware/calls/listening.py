"""Listening to what one party says, into a file: until silence, a key or the limit."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware.calls.leg import Leg
from firmware.calls.wires import Wires
from firmware.contract.switching import Record, Stop

BEEP_MS: Final = 400
RECORDED_TIMEOUT_S: Final = 15.0
"""So long the switch may take to say how much it has written."""


@dataclass(frozen=True, slots=True)
class Listening:
    record_id: str
    file: Path
    """Absolute; a .part of the switch, to be packed afterwards."""
    max_s: int
    end_silence_s: int
    end_key: str = "#"
    """Empty: no key ends it."""


async def beep(party: Leg) -> None:
    """Returns when the tone is over. Raises LegEnded."""
    tone = party.sound.tone("beep", duration_ms=BEEP_MS)
    await party.until(lambda: party.sound.ended(tone) is not None, BEEP_MS / 1_000 + 1)
    party.sound.stop()


async def listen(wires: Wires, party: Leg, wanted: Listening) -> bool:
    """Record until it ends; return whether anything was said.

    The recorder is stopped in any case. Raises LegEnded when the party hangs up:
    what was said until then is in the file.
    """
    try:
        return await _listen(wires, party, wanted)
    finally:
        wires.tell_switch(Stop(record_id=wanted.record_id))


async def _listen(wires: Wires, party: Leg, wanted: Listening) -> bool:
    party.sound.listen(connected=True, voice=True)
    words_before = party.words
    record = Record(
        record_id=wanted.record_id,
        file=str(wanted.file),
        outside=frozenset({party.leg_id}),
        office=frozenset(),
        max_s=wanted.max_s,
    )
    wires.tell_switch(record)
    began = asyncio.get_running_loop().time()

    def over() -> bool:
        pressed = wanted.end_key and wanted.end_key in party.keys
        quiet_s = party.quiet_for_s(since=began)
        return bool(pressed) or quiet_s >= wanted.end_silence_s

    deadline = began + wanted.max_s
    while (left_s := deadline - asyncio.get_running_loop().time()) > 0:
        if await party.until(lambda: over() or None, min(left_s, 0.25)):
            break
    party.keys.clear()
    return party.words > words_before
