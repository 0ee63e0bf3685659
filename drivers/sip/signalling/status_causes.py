"""Q.850 causes and SIP statuses, one table (RFC 3398, sections 7.2.4.1 and 8.2.6.1)."""

import re
from typing import Final, NamedTuple

from firmware.contract.causes import Cause


class Row(NamedTuple):
    cause: Cause
    says: int
    """The status we refuse a call with for this cause."""
    means: tuple[int, ...] = ()
    """The statuses that tell us of this cause."""


TABLE: Final = (
    Row(Cause.UNALLOCATED_NUMBER, 404, (404, 485, 604)),
    Row(Cause.NO_ROUTE_TO_DESTINATION, 404),
    Row(Cause.SEND_SPECIAL_INFORMATION_TONE, 404),
    Row(Cause.CHANNEL_UNACCEPTABLE, 503),
    Row(Cause.PREEMPTION, 480),
    Row(Cause.NORMAL_CALL_CLEARING, 480, (487,)),
    Row(Cause.USER_BUSY, 486, (486, 600)),
    Row(Cause.NO_USER_RESPONDING, 480, (480,)),
    Row(Cause.NO_ANSWER_FROM_USER, 480),
    Row(Cause.SUBSCRIBER_ABSENT, 480),
    Row(Cause.CALL_REJECTED, 603, (401, 402, 403, 407, 603, 607, 608)),
    Row(Cause.NUMBER_CHANGED, 410, (301, 410)),
    Row(Cause.DESTINATION_OUT_OF_ORDER, 502),
    Row(Cause.INVALID_NUMBER_FORMAT, 484, (484, 416)),
    Row(Cause.FACILITY_REJECTED, 501),
    Row(Cause.NORMAL_UNSPECIFIED, 480),
    Row(Cause.NO_CIRCUIT_AVAILABLE, 503),
    Row(Cause.NETWORK_OUT_OF_ORDER, 503, (502,)),
    Row(Cause.TEMPORARY_FAILURE, 503, (400, 481, 500, 503)),
    Row(Cause.SWITCHING_EQUIPMENT_CONGESTION, 503),
    Row(Cause.REQUESTED_CIRCUIT_NOT_AVAILABLE, 503),
    Row(Cause.RESOURCE_UNAVAILABLE, 503),
    Row(Cause.FACILITY_NOT_SUBSCRIBED, 403),
    Row(Cause.OUTGOING_CALLS_BARRED, 403),
    Row(Cause.INCOMING_CALLS_BARRED, 403),
    Row(Cause.BEARER_CAPABILITY_NOT_AUTHORIZED, 403),
    Row(Cause.BEARER_CAPABILITY_NOT_AVAILABLE, 488, (415, 488, 606)),
    Row(Cause.SERVICE_NOT_AVAILABLE, 503, (405, 406)),
    Row(Cause.FACILITY_NOT_IMPLEMENTED, 501, (501,)),
    Row(Cause.INVALID_CALL_REFERENCE, 481),
    Row(Cause.INCOMPATIBLE_DESTINATION, 488),
    Row(Cause.INVALID_MESSAGE, 400),
    Row(Cause.RECOVERY_ON_TIMER_EXPIRY, 504, (408, 504)),
    Row(Cause.PROTOCOL_ERROR, 500),
    Row(Cause.INTERWORKING, 500, (413, 414, 420, 421, 422, 423, 482, 483, 505, 513)),
)
"""RFC 3398 names causes 25 and 79, which we do not have: 482 and 483 are interworking here,
and 406, 415 and 501 the nearest that tells the owner more."""

_SAYS: Final = {row.cause: row.says for row in TABLE}
_MEANS: Final = {status: row.cause for row in TABLE for status in row.means}
_CLASSES: Final = {
    3: Cause.NORMAL_UNSPECIFIED,
    4: Cause.TEMPORARY_FAILURE,
    5: Cause.NETWORK_OUT_OF_ORDER,
    6: Cause.CALL_REJECTED,
}
_CAUSE: Final = re.compile(r"^\s*Q\.850\s*;.*?\bcause\s*=\s*(\d{1,3})\b", re.IGNORECASE)
_KNOWN: Final = frozenset(int(cause) for cause in Cause)


def status_of(cause: Cause) -> int:
    """Return the status that refuses a call for `cause`."""
    return _SAYS[cause]


def cause_of(status: int, reasons: tuple[str, ...] = ()) -> Cause:
    """Return why a call ended; 0 is an ordinary BYE.

    `reasons` are Reason headers (RFC 3326): a Q.850 value in one says more than any status.
    """
    told = (_CAUSE.match(part) for value in reasons for part in value.split(","))
    values = (int(found[1]) for found in told if found)
    for value in values:
        if value in _KNOWN:
            return Cause(value)
    if status == 0:
        return Cause.NORMAL_CALL_CLEARING
    return _MEANS.get(status) or _CLASSES.get(status // 100, Cause.NORMAL_UNSPECIFIED)


def reason_header(cause: Cause) -> str:
    return f"Q.850;cause={int(cause)}"
