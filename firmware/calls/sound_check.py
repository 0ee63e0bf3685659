"""The sound check: both levels of a line's call while it goes on, and gains that would suit it."""

import asyncio
from collections.abc import Callable, Iterable
from statistics import median
from typing import Final

from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.config.model import Config
from firmware.contract.line_care import Heard, SoundLevels
from firmware.contract.message import LineId
from firmware.contract.messages import SetGains
from firmware.contract.settings import LineSettings
from firmware.contract.switching import LegLevels

NOMINAL_DBM0: Final = -20.0
"""Active speech as our prompts have it, and as networks expect it."""
MARGIN_DB: Final = 15.9
"""Softer than the loudest by more than this is a pause (the margin of ITU-T P.56)."""
NO_SPEECH_BELOW_DBM0: Final = -50.0
ENOUGH_READINGS: Final = 6
"""Three seconds of speech, before a gain is suggested."""
LOUDEST_DB: Final = 24.0
NEAR_ENOUGH_DB: Final = 2.0
"""Nobody hears less than this; what a few words measure is no surer."""
SILENCE_DBM0: Final = -100.0
NOBODY_LOOKS_S: Final = 5.0


class SoundCheck:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._ends: dict[str, asyncio.TimerHandle] = {}
        """Leg -> when nobody looks at its levels any more."""

    def read(self, line_id: LineId) -> SoundLevels:
        """Return the levels of the line's call, measured from the first reading on.

        Raises NotFound for a line nobody knows.
        """
        entry = self._office.lines.entry(line_id)
        settings = entry.settings
        receive_db, send_db = (settings.receive_db, settings.send_db) if settings else (0.0, 0.0)
        leg = self._talking_leg(line_id)
        if leg is not None:
            self._keep_looking(leg)
        levels = tuple(leg.levels) if leg is not None else ()
        return SoundLevels(
            talking=leg is not None,
            received=_heard(levels, lambda one: one.said_dbm0, receive_db),
            sent=_heard(levels, lambda one: _on_the_line(one, send_db), send_db),
        )

    def made_live(self, before: Config, now: Config) -> None:
        """Let calls in progress have the gains that were changed, and be measured afresh."""
        old = {line.id: _gains(line) for line in before.lines}
        for line in now.lines:
            if line.id not in old or old[line.id] == _gains(line):
                continue
            command = SetGains(line_id=line.id, receive_db=line.receive_db, send_db=line.send_db)
            self._office.wires.tell_card(line.id, command)
            for leg in self._office.legs.values():
                if leg.line_id == line.id:
                    leg.levels.clear()

    def _talking_leg(self, line_id: LineId) -> Leg | None:
        legs = self._office.legs.values()
        return next((leg for leg in legs if leg.line_id == line_id and leg.is_active), None)

    def _keep_looking(self, leg: Leg) -> None:
        before = self._ends.pop(leg.leg_id, None)
        if before is not None:
            before.cancel()
        leg.sound.meter(on=True)
        loop = asyncio.get_running_loop()
        self._ends[leg.leg_id] = loop.call_later(NOBODY_LOOKS_S, self._look_away, leg)

    def _look_away(self, leg: Leg) -> None:
        self._ends.pop(leg.leg_id, None)
        leg.levels.clear()
        leg.sound.meter(on=False)


def _gains(line: LineSettings) -> tuple[float, float]:
    return line.receive_db, line.send_db


def _on_the_line(levels: LegLevels, send_db: float) -> float:
    """Return the level of what we say behind the card's gain."""
    return round(max(SILENCE_DBM0, levels.heard_dbm0 + send_db), 1)


def _heard(
    levels: tuple[LegLevels, ...], of: Callable[[LegLevels], float], gain_db: float
) -> Heard:
    readings = [of(one) for one in levels]
    speech = _speech(readings)
    # The median, so that keys pressed and beeps, loud and short, do not count as speech.
    speech_dbm0 = round(median(speech), 1) if speech else None
    suggested_db = None
    if speech_dbm0 is not None and len(speech) >= ENOUGH_READINGS:
        off_db = NOMINAL_DBM0 - speech_dbm0
        wanted_db = float(round(gain_db + off_db)) if abs(off_db) > NEAR_ENOUGH_DB else gain_db
        suggested_db = max(-LOUDEST_DB, min(LOUDEST_DB, wanted_db))
    return Heard(
        now_dbm0=readings[-1] if readings else None,
        speech_dbm0=speech_dbm0,
        gain_db=gain_db,
        suggested_db=suggested_db,
    )


def _speech(readings: Iterable[float]) -> list[float]:
    """Return the readings that are no pauses."""
    loud = [one for one in readings if one >= NO_SPEECH_BELOW_DBM0]
    least = max(loud, default=0.0) - MARGIN_DB
    return [one for one in loud if one >= least]
