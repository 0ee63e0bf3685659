"""Somebody on hold: out of the room, with music or a beep in the ear, and not recorded."""

from typing import Final

from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.calls.office import Office

BEEPS: Final = "hold"
"""The tone of those who wait where no music was chosen."""


async def put_on_hold(office: Office, call: Call, leg: Leg) -> None:
    """Let `leg` hear music until it is seated: what it waited to before, or else the office's."""
    set_aside(leg)
    music = call.music or office.config.office.hold_music
    files = await office.voices.files(music, call.language) if music else ()
    if files:
        leg.sound.play(files, loop=True)
    else:
        leg.sound.tone(BEEPS)


def set_aside(leg: Leg) -> None:
    """Take `leg` out of the room in silence, as a phone wants it that holds its party."""
    leg.sound.stop()
    leg.sound.enter(None, aside=True)
