"""A phone of a box nobody owns speaks the code that makes an owner."""

from typing import Final

from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.contract.texts import Text, word
from firmware.store.rows import Disposition

SILENT_S: Final = 4.0
"""Who dials within that time wants something else."""
TIMES: Final = 3
PAUSE_S: Final = 1.5


async def speak_claim_code(office: Office, call: Call, phone: Leg) -> None:
    """Say the code to whoever lifted the phone and waits; a key ends it and is not lost.

    Raises LegEnded when the phone is put down.
    """
    if not office.claim_code:
        return
    phone.sound.tone("dial")
    if await phone.until(lambda: bool(phone.keys) or None, SILENT_S):
        return
    phone.sound.stop()
    await say_claim_code(office, call, phone)


async def say_claim_code(office: Office, call: Call, phone: Leg) -> None:
    """Say it three times, or until a key. Raises LegEnded."""
    language = office.config.office.languages[0]
    code = Text(code="setup.claim-code", args={"code": spelled(office.claim_code)})
    sound = await office.voices.spoken(word(code, language), language)
    if sound is None:
        return
    call.disposition = Disposition.ANSWERED
    call.step("phone.claim-code", phone)
    try:
        for _ in range(TIMES):
            await phone.play([sound], until_key=True)
            if await phone.until(lambda: bool(phone.keys) or None, PAUSE_S):
                return
    finally:
        sound.unlink(missing_ok=True)


def spelled(code: str) -> str:
    """Return a code as it is read out: letter by letter, with a rest between its groups."""
    return ". ".join(", ".join(group) for group in code.split("-"))
