"""Asking a modem who it is: maker, model, IMEI, ICCID, own number, and whether it has voice."""

from dataclasses import dataclass

from drivers.gsm.at import parse_iccid, parse_imei, parse_own_number
from drivers.gsm.port import AtPort
from drivers.gsm.profile import Profile, profile_of


@dataclass(frozen=True, slots=True)
class Identity:
    profile: Profile
    model: str
    firmware: str
    imei: str
    iccid: str | None
    """None: no SIM, or one the modem does not tell about."""
    number: str | None = None
    """In E.164 form, where the SIM knows it; most do not."""
    has_voice: bool = True
    """Whether its firmware carries calls; a port for their sound is another matter."""


async def identify(port: AtPort) -> Identity | None:
    """Return who answers on `port`; None for something that is no modem of ours.

    Raises LineTimeout when nothing answers at all.
    """
    await port.sync()
    maker = await _bare(port, "AT+CGMI")
    model = await _bare(port, "AT+CGMM")
    profile = profile_of(maker, model)
    imei = parse_imei(await _bare(port, "AT+CGSN"))
    if profile is None or imei is None:
        return None
    firmware = await _bare(port, "AT+CGMR")
    iccid = await read_iccid(port, profile)
    number, voice = await _read_number(port), await has_voice(port, profile)
    return Identity(profile, model, firmware, imei, iccid, number, voice)


async def has_voice(port: AtPort, profile: Profile) -> bool:
    """Ask the firmware; many data sticks are sold with voice switched off."""
    if profile.voice_check is None:
        return True
    answer = await port.ask(profile.voice_check)
    return answer.is_ok and profile.voice_answer.search("\n".join(answer.lines)) is not None


async def read_iccid(port: AtPort, profile: Profile) -> str | None:
    """Return the SIM's number, None when there is no SIM."""
    for command in profile.iccid:
        answer = await port.ask(command)
        for line in answer.lines if answer.is_ok else ():
            iccid = parse_iccid(line)
            if iccid is not None:
                return iccid
    return None


async def _read_number(port: AtPort) -> str | None:
    answer = await port.ask("AT+CNUM")
    numbers = map(parse_own_number, answer.lines if answer.is_ok else ())
    return next((number for number in numbers if number is not None), None)


async def _bare(port: AtPort, command: str) -> str:
    """Return the text of an answer without its name, empty when refused."""
    answer = await port.ask(command)
    name = command.removeprefix("AT") + ":"
    text = answer.lines[0] if answer.is_ok and answer.lines else ""
    return text.removeprefix(name).strip().strip('"')
