"""Opening the SIM: the PIN is offered once, and never again once it was refused.

Three wrong PINs lock a SIM. So the PIN is only offered when all attempts are
left, or when the owner has since written another one into the settings.
"""

from collections.abc import Mapping
from typing import Final

from drivers.gsm.at import parse_attempts, parse_pin_status
from drivers.gsm.port import AtPort
from drivers.gsm.profile import Profile
from firmware.contract.texts import Text

ALL_ATTEMPTS: Final = 3
LAST_ATTEMPT: Final = 1
_OBSTACLE_OF_CME: Final[Mapping[int, str]] = {
    10: "gsm.no-sim",
    13: "gsm.sim-fault",
    14: "gsm.sim-busy",
    15: "gsm.sim-fault",
}
_OBSTACLE_OF_STATUS: Final[Mapping[str, str]] = {
    "SIM PUK": "gsm.puk-needed",
    "SIM PIN2": "gsm.pin2-needed",
    "SIM PUK2": "gsm.pin2-needed",
}


class PinMemory:
    """The PINs that SIMs have refused since the card started; lines come and go, it stays."""

    def __init__(self) -> None:
        self._refused: dict[str, set[str]] = {}

    def note(self, sim: str, pin: str) -> None:
        """Call before offering a PIN; `clear` once it was taken."""
        self._refused.setdefault(sim, set()).add(pin)

    def clear(self, sim: str) -> None:
        self._refused.pop(sim, None)

    def has_refused(self, sim: str, pin: str) -> bool:
        return pin in self._refused.get(sim, ())

    def has_refused_any(self, sim: str) -> bool:
        return bool(self._refused.get(sim))


async def open_sim(
    port: AtPort, profile: Profile, sim: str, pin: str | None, memory: PinMemory
) -> Text | None:
    """Return what keeps the SIM shut, None when it is open. Offers `pin` at most once."""
    answer = await port.ask("AT+CPIN?")
    if not answer.is_ok:
        code = _OBSTACLE_OF_CME.get(answer.result.cme or 0)
        return Text(code=code) if code else Text(code="gsm.no-sim")
    status = next((word for word in map(parse_pin_status, answer.lines) if word), "")
    if status == "READY":
        return None
    if status != "SIM PIN":
        code = _OBSTACLE_OF_STATUS.get(status, "gsm.sim-locked")
        return Text(code=code, args={"status": status})
    if pin is None:
        return Text(code="gsm.pin-needed")
    return await _offer(port, profile, sim, pin, memory)


async def _offer(
    port: AtPort, profile: Profile, sim: str, pin: str, memory: PinMemory
) -> Text | None:
    if memory.has_refused(sim, pin):
        return Text(code="gsm.pin-refused")
    attempts = await _attempts_left(port, profile)
    if attempts is None:
        return Text(code="gsm.pin-attempts-unknown")
    if attempts <= LAST_ATTEMPT:
        return Text(code="gsm.pin-last-attempt")
    if attempts < ALL_ATTEMPTS and not memory.has_refused_any(sim):
        return Text(code="gsm.pin-refused-before", args={"attempts": attempts})
    memory.note(sim, pin)
    answer = await port.ask(f'AT+CPIN="{pin}"')
    if not answer.is_ok:
        return Text(code="gsm.pin-refused")
    memory.clear(sim)
    return None


async def _attempts_left(port: AtPort, profile: Profile) -> int | None:
    for command in profile.pin_attempts:
        answer = await port.ask(command)
        for line in answer.lines if answer.is_ok else ():
            attempts = parse_attempts(line)
            if attempts is not None:
                return attempts
    return None
