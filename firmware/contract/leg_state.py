"""The states one leg may be in, as ITU-T Q.931 names them (user side)."""

from enum import StrEnum


class LegState(StrEnum):
    NULL = "null"  # U0
    CALL_INITIATED = "call-initiated"  # U1
    CALL_PROCEEDING = "call-proceeding"  # U3
    CALL_DELIVERED = "call-delivered"  # U4
    CALL_RECEIVED = "call-received"  # U7
    CONNECT_REQUEST = "connect-request"  # U8
    ACTIVE = "active"  # U10
    DISCONNECT_INDICATION = "disconnect-indication"  # U12
    RELEASE_REQUEST = "release-request"  # U19
