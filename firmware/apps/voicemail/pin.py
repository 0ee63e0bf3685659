"""The PIN of a mailbox."""

from firmware.calls.office import Office
from firmware.calls.pin_lock import PinLock
from firmware.config.recording import Mailbox


class Pin(PinLock):
    def __init__(self, office: Office, mailbox: Mailbox) -> None:
        super().__init__(office.features, mailbox.id, mailbox.pin)
