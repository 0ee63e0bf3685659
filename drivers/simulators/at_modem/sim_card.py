"""The SIM of a simulated modem: its PIN, its counters, and how it answers while locked."""

from typing import Final

PIN_ATTEMPTS: Final = 3
PUK_ATTEMPTS: Final = 10

CME_NO_SIM: Final = 10
CME_SIM_PIN: Final = 11
CME_SIM_PUK: Final = 12
CME_WRONG: Final = 16
CME_NOT_ALLOWED: Final = 3


class SimCard:
    def __init__(self, iccid: str | None, pin: str | None, puk: str) -> None:
        self.iccid = iccid
        self.pin_attempts = PIN_ATTEMPTS
        self.puk_attempts = PUK_ATTEMPTS
        self.entered: list[str] = []
        """Every PIN or PUK ever offered, for tests."""
        self._pin = pin
        self._puk = puk
        self._unlocked = pin is None

    def power_up(self) -> None:
        self._unlocked = self._pin is None

    @property
    def is_open(self) -> bool:
        return self.iccid is not None and self._unlocked and self.pin_attempts > 0

    def status(self) -> str | int:
        """The word after `+CPIN: `, or the CME error instead."""
        if self.iccid is None:
            return CME_NO_SIM
        if self.pin_attempts == 0:
            return "SIM PUK"
        return "READY" if self._unlocked else "SIM PIN"

    def locked_error(self) -> int | None:
        """The CME error that a command needing the SIM gets, None when it is open."""
        if self.is_open:
            return None
        return {"SIM PIN": CME_SIM_PIN, "SIM PUK": CME_SIM_PUK}.get(str(self.status()), CME_NO_SIM)

    def enter(self, code: str, new_pin: str | None) -> int | None:
        """Offer a PIN, or a PUK with a new PIN; None when taken, else the CME error."""
        status = self.status()
        if status == "READY" or isinstance(status, int):
            return status if isinstance(status, int) else CME_NOT_ALLOWED
        self.entered.append(code)
        if status == "SIM PUK":
            return self._unblock(code, new_pin)
        if code != self._pin:
            self.pin_attempts -= 1
            return CME_WRONG if self.pin_attempts else CME_SIM_PUK
        self.pin_attempts = PIN_ATTEMPTS
        self._unlocked = True
        return None

    def _unblock(self, puk: str, new_pin: str | None) -> int | None:
        if new_pin is None:
            return CME_SIM_PUK
        if puk != self._puk:
            self.puk_attempts -= 1
            return CME_WRONG
        self._pin, self._unlocked = new_pin, True
        self.pin_attempts, self.puk_attempts = PIN_ATTEMPTS, PUK_ATTEMPTS
        return None
