"""From a dial string to AT commands, and never to anything else."""

import re
from dataclasses import dataclass
from typing import Final

from firmware.contract.errors import LineError

_DIALLED: Final = re.compile(r"(\+?[0-9A-D*#]+)([0-9A-D*#,wp]*)")
SAFE: Final = re.compile(r"[\x20-\x7e]+")
PAUSE_S: Final = 2.0
"""How long `,`, `w` and `p` wait, as on a phone."""


@dataclass(frozen=True, slots=True)
class Dialling:
    command: str
    afterwards: str
    """Digits and pauses to send once the call is answered."""


def dialling(called: str) -> Dialling:
    """Return how to dial `called`.

    Raises LineError for anything but a number: `*` and `#` codes would change
    call forwarding or barring, and nothing may smuggle in a second command.
    """
    parts = _DIALLED.fullmatch(called)
    if parts is None or parts[1][0] in "*#":
        raise LineError("gsm.not-a-number", called=called)
    return Dialling(f"ATD{parts[1]};", parts[2])


def checked(command: str) -> str:
    """Return `command` if it is one line of plain text; raises LineError otherwise."""
    if SAFE.fullmatch(command) is None:
        raise LineError("gsm.unsafe-command")
    return command
