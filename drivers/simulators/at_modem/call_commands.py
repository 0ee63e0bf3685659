"""Voice call control of a simulated modem (3GPP TS 27.007)."""

import re
from typing import TYPE_CHECKING

from drivers.simulators.at_modem.calls import ModemCall, Status, ceer
from drivers.simulators.at_modem.command import Refused, Table, entry
from drivers.simulators.at_modem.settings import Family
from firmware.contract.causes import Cause

if TYPE_CHECKING:
    from drivers.simulators.at_modem.modem import Modem

Match = re.Match[str]
CME_NOT_ALLOWED = 3


def _first(modem: "Modem", *statuses: Status) -> ModemCall | None:
    return next((c for c in modem.calls if c.status in statuses), None)


def _dial(modem: "Modem", match: Match) -> list[str]:
    error = modem.sim.locked_error()
    if error is not None:
        raise Refused(cme=error)
    if not modem.is_registered or not modem.settings.voice:
        raise Refused("NO CARRIER")
    if modem.calls:
        raise Refused(cme=CME_NOT_ALLOWED)
    modem.dial(match[1])
    return []


def _answer(modem: "Modem", _match: Match) -> list[str]:
    call = _first(modem, Status.INCOMING)
    if call is None:
        raise Refused("NO CARRIER")
    modem.answer(call)
    return []


def _hang_up(modem: "Modem", _match: Match) -> list[str]:
    for call in [c for c in modem.calls if c.status is not Status.WAITING]:
        rejected = call.status is Status.INCOMING
        modem.hang_up(call, Cause.USER_BUSY if rejected else Cause.NORMAL_CALL_CLEARING)
    return []


def _hook(modem: "Modem", match: Match) -> list[str]:
    """ATH; on SIM7600 it leaves a voice call up, as field reports say."""
    return [] if modem.settings.family is Family.SIM7600 else _hang_up(modem, match)


def _hold(modem: "Modem", match: Match) -> list[str]:
    """AT+CHLD=0: turn the waiting call away as user determined busy."""
    call = _first(modem, Status.WAITING, Status.HELD)
    if match[1] != "0" or call is None:
        raise Refused(cme=CME_NOT_ALLOWED)
    modem.hang_up(call, Cause.USER_BUSY)
    return []


def _list(modem: "Modem", _match: Match) -> list[str]:
    return [f"+CLCC: {call.line()}" for call in modem.calls]


def send_tone(modem: "Modem", digit: str) -> list[str]:
    """Send one DTMF digit on the call that is up."""
    call = _first(modem, Status.ACTIVE)
    if call is None:
        raise Refused(cme=CME_NOT_ALLOWED)
    call.network.send_digit(digit.upper())
    return []


def _tone(modem: "Modem", match: Match) -> list[str]:
    return send_tone(modem, match[1])


def _why(modem: "Modem", _match: Match) -> list[str]:
    return [ceer(modem.settings.family, modem.last_cause)]


TABLE: Table = (
    entry(r"D([+0-9A-D*#]+)[Ii]?;", _dial),
    entry(r"A", _answer),
    entry(r"\+CHUP", _hang_up),
    entry(r"H\d?", _hook),
    entry(r"\+CHLD=(\d+)", _hold),
    entry(r"\+CLCC", _list),
    entry(r'\+VTS="?([0-9A-D*#])"?', _tone),
    entry(r"\+CEER", _why),
)
