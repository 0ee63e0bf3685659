"""Somebody on hold: out of the room, with music or a beep in the ear, and not recorded."""

from typing import Final

from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.calls.office import Office

BEEPS: Final = "hold"
"""The tone of those who wait where no music was chosen."""


async def put_on_hold(office: Office, call: Call, leg: Leg) -> None:
    """Let `leg` hear the music it waited to before, or a beep now and then, until it is seated."""
    set_aside(leg)
    files = await office.voices.files(call.music, call.language) if call.music else ()
    if files:
        leg.sound.play(files, loop=True)
    else:
        leg.sound.tone(BEEPS)


def set_aside(leg: Leg) -> None:
    """Take `leg` out of the room in silence, as a phone wants it that holds its party."""
    leg.sound.stop()
    leg.sound.enter(None, aside=True)
