"""The calls of a simulated modem, and the unsolicited reports each family makes of them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from drivers.simulators.at_modem.settings import Family
from drivers.simulators.terminal import NetworkCall
from firmware.contract.causes import Cause


class Status(IntEnum):
    """<stat> of +CLCC."""

    ACTIVE = 0
    HELD = 1
    DIALING = 2
    ALERTING = 3
    INCOMING = 4
    WAITING = 5
    ENDED = 6  # only in SIMCom's automatic reports


@dataclass(eq=False)
class ModemCall:
    index: int
    incoming: bool
    number: str | None
    status: Status
    network: NetworkCall
    connected_at: float | None = None
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def line(self) -> str:
        """The call as +CLCC lists it."""
        number = self.number or ""
        kind = 145 if number.startswith("+") else 129 if number else 128
        return f'{self.index},{int(self.incoming)},{int(self.status)},0,0,"{number}",{kind}'

    def talked_s(self) -> int:
        now = asyncio.get_running_loop().time()
        return 0 if self.connected_at is None else int(now - self.connected_at)


RESULT_OF_CAUSE: Final[Mapping[Cause, str]] = {
    Cause.USER_BUSY: "BUSY",
    Cause.NO_ANSWER_FROM_USER: "NO ANSWER",
    Cause.NO_USER_RESPONDING: "NO ANSWER",
}
DSCI_STATUS: Final[Mapping[Status, int]] = {
    Status.DIALING: 2,
    Status.ACTIVE: 3,
    Status.INCOMING: 4,
    Status.ENDED: 6,
    Status.ALERTING: 7,
}
Switches = Mapping[str, int]
Reporter = Callable[[ModemCall, Switches, Cause | None], list[str]]
"""A call that changed; `cause` tells why it ended, None when the computer ended it."""


def _result(call: ModemCall, cause: Cause | None) -> list[str]:
    if call.status is not Status.ENDED or cause is None:
        return []
    if call.incoming or call.connected_at is not None:
        return ["NO CARRIER"]
    return [RESULT_OF_CAUSE.get(cause, "NO CARRIER")]


def _simcom(call: ModemCall, switches: Switches, cause: Cause | None) -> list[str]:
    lines = [f"+CLCC: {call.line()}"] if switches["+CLCC"] else []
    if call.status is Status.ACTIVE:
        lines.append("VOICE CALL: BEGIN")
    elif call.status is Status.ENDED and call.connected_at is not None:
        lines.append(f"VOICE CALL: END: {call.talked_s():06d}")
    elif call.status is Status.ENDED and call.incoming and cause is not None:
        lines.append(f"MISSED_CALL: 11:01AM {call.number or ''}")
    return lines + _result(call, cause)


def _quectel(call: ModemCall, switches: Switches, cause: Cause | None) -> list[str]:
    lines: list[str] = []
    if switches["^DSCI"] and call.status in DSCI_STATUS:
        number, status = call.number or "", DSCI_STATUS[call.status]
        lines.append(f"^DSCI: {call.index},{int(call.incoming)},{status},0,{number},129")
    if switches["ccinfo"]:
        state = -1 if call.status is Status.ENDED else int(call.status)
        rest = f'0,0,"{call.number or ""}",129'
        lines.append(f'+QIND: "ccinfo",{call.index},{int(call.incoming)},{state},{rest}')
    return lines + _result(call, cause)


def _huawei(call: ModemCall, switches: Switches, cause: Cause | None) -> list[str]:
    if not switches["^CURC"]:
        return []
    if call.status is Status.ENDED:
        why = "29" if cause is None else f"25,{int(cause)}"
        return [f"^CEND:{call.index},{call.talked_s()},{why}"]
    match call.status:
        case Status.DIALING:
            return [f"^ORIG:{call.index},0"]
        case Status.ALERTING:
            return [f"^CONF:{call.index}"]
        case Status.ACTIVE:
            return [f"^CONN:{call.index},0"]
        case _:
            return []


def _plain(call: ModemCall, _switches: Switches, cause: Cause | None) -> list[str]:
    """SIM800: a caller who gives up leaves no trace but that RING stops."""
    if call.incoming and call.connected_at is None:
        return []
    return _result(call, cause)


REPORTERS: Final[Mapping[Family, Reporter]] = {
    Family.SIM7600: _simcom,
    Family.EC25: _quectel,
    Family.HUAWEI: _huawei,
    Family.SIM800: _plain,
}

CEER_TEXT: Final[Mapping[Cause, str]] = {
    Cause.UNALLOCATED_NUMBER: "Unassigned (unallocated) number",
    Cause.NORMAL_CALL_CLEARING: "Normal call clearing",
    Cause.USER_BUSY: "User busy",
    Cause.NO_USER_RESPONDING: "No user responding",
    Cause.NO_ANSWER_FROM_USER: "User alerting, no answer",
    Cause.CALL_REJECTED: "Call rejected",
}


def ceer(family: Family, cause: Cause | None) -> str:
    """The answer to AT+CEER; the shape differs by family, and so does its honesty."""
    if cause is None:
        return "+CEER: No cause information available"
    if family is Family.EC25:
        return f"+CEER: CC,{int(cause)}"
    return f"+CEER: {CEER_TEXT.get(cause, f'cause {int(cause)}')}"
