"""Why a call ended, from what modems say about it to a Q.850 cause.

GSM 24.008 gives its call control causes the same numbers as Q.850.
"""

import re
from collections.abc import Mapping
from typing import Final

from drivers.gsm.at import ResultKind, value_of
from firmware.contract.causes import Cause

CAUSE_OF_RESULT: Final[Mapping[ResultKind, Cause]] = {
    ResultKind.BUSY: Cause.USER_BUSY,
    ResultKind.NO_ANSWER: Cause.NO_ANSWER_FROM_USER,
    ResultKind.NO_DIALTONE: Cause.NETWORK_OUT_OF_ORDER,
}
"""NO CARRIER is not here: it says only that the call is over."""

_CLASSES: Final = (
    (31, Cause.NORMAL_UNSPECIFIED),
    (47, Cause.RESOURCE_UNAVAILABLE),
    (63, Cause.SERVICE_NOT_AVAILABLE),
    (79, Cause.FACILITY_NOT_IMPLEMENTED),
    (95, Cause.INVALID_MESSAGE),
    (111, Cause.PROTOCOL_ERROR),
    (127, Cause.INTERWORKING),
)
_PHRASES: Final = (
    ("unassigned", Cause.UNALLOCATED_NUMBER),
    ("unallocated", Cause.UNALLOCATED_NUMBER),
    ("no route", Cause.NO_ROUTE_TO_DESTINATION),
    ("user busy", Cause.USER_BUSY),
    ("no user responding", Cause.NO_USER_RESPONDING),
    ("no answer", Cause.NO_ANSWER_FROM_USER),
    ("rejected", Cause.CALL_REJECTED),
    ("number changed", Cause.NUMBER_CHANGED),
    ("destination out of order", Cause.DESTINATION_OUT_OF_ORDER),
    ("invalid number", Cause.INVALID_NUMBER_FORMAT),
    ("no circuit", Cause.NO_CIRCUIT_AVAILABLE),
    ("no channel", Cause.NO_CIRCUIT_AVAILABLE),
    ("network out of order", Cause.NETWORK_OUT_OF_ORDER),
    ("temporary failure", Cause.TEMPORARY_FAILURE),
    ("congestion", Cause.SWITCHING_EQUIPMENT_CONGESTION),
    ("barred", Cause.OUTGOING_CALLS_BARRED),
    ("normal call clearing", Cause.NORMAL_CALL_CLEARING),
    ("normal", Cause.NORMAL_UNSPECIFIED),
)
"""Words of TS 24.008 table 10.5.123 as firmware prints them; the first that fits counts."""


def cause_of(value: int) -> Cause | None:
    """Return the cause of a number, or its class's catch-all (Q.850 2.2.5); None beyond 127."""
    if value in set(Cause):
        return Cause(value)
    return next((cause for top, cause in _CLASSES if 0 < value <= top), None)


def parse_ceer(line: str) -> Cause | None:
    """Return the cause in an answer to AT+CEER; None when it tells none."""
    text = (value_of(line, "+CEER") or "").lower()
    for phrase, cause in _PHRASES:
        if phrase in text:
            return cause
    numbers = re.findall(r"\d{1,3}", text)
    return cause_of(int(numbers[-1])) if numbers else None
