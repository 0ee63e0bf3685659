"""The life of one leg, as ITU-T Q.931 names it (user side).

Everything that may change a leg's state is in TRANSITIONS, and nowhere else.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from firmware.contract import messages as m
from firmware.contract.errors import IllegalTransition
from firmware.contract.leg_state import LegState
from firmware.contract.message import LegMessage

S = LegState
Exits: TypeAlias = Mapping[type[LegMessage], LegState]

# The far end may give up and the card may lose the line at any moment.
_THE_END: Final[Exits] = {
    m.Disconnect: S.DISCONNECT_INDICATION,
    m.ClearCall: S.RELEASE_REQUEST,
    m.Release: S.NULL,
}

TRANSITIONS: Final[Mapping[LegState, Exits]] = {
    S.NULL: {
        m.PlaceCall: S.CALL_INITIATED,
        m.AlertCall: S.CALL_INITIATED,
        m.Setup: S.CALL_RECEIVED,
        # A card that died and came back may say Release once more.
        m.Release: S.NULL,
    },
    S.CALL_INITIATED: {
        m.Proceeding: S.CALL_PROCEEDING,
        m.Progress: S.CALL_PROCEEDING,
        m.Alerting: S.CALL_DELIVERED,
        m.Connect: S.ACTIVE,
        m.MediaQuality: S.CALL_INITIATED,
        **_THE_END,
    },
    S.CALL_PROCEEDING: {
        m.Proceeding: S.CALL_PROCEEDING,
        m.Progress: S.CALL_PROCEEDING,
        m.Alerting: S.CALL_DELIVERED,
        m.Connect: S.ACTIVE,
        m.MediaQuality: S.CALL_PROCEEDING,
        **_THE_END,
    },
    S.CALL_DELIVERED: {
        m.Proceeding: S.CALL_DELIVERED,
        m.Progress: S.CALL_DELIVERED,
        m.Alerting: S.CALL_DELIVERED,
        m.Connect: S.ACTIVE,
        m.MediaQuality: S.CALL_DELIVERED,
        **_THE_END,
    },
    S.CALL_RECEIVED: {
        m.AnswerCall: S.CONNECT_REQUEST,
        # A phone that went off hook dials before anybody answers it.
        m.Digit: S.CALL_RECEIVED,
        m.HookFlash: S.CALL_RECEIVED,
        m.MediaQuality: S.CALL_RECEIVED,
        **_THE_END,
    },
    S.CONNECT_REQUEST: {
        m.Connect: S.ACTIVE,
        m.Digit: S.CONNECT_REQUEST,
        m.HookFlash: S.CONNECT_REQUEST,
        m.MediaQuality: S.CONNECT_REQUEST,
        **_THE_END,
    },
    S.ACTIVE: {
        m.Digit: S.ACTIVE,
        m.HookFlash: S.ACTIVE,
        m.Held: S.ACTIVE,
        m.Retrieved: S.ACTIVE,
        m.TransferRequested: S.ACTIVE,
        m.AnswerTransfer: S.ACTIVE,
        m.MediaQuality: S.ACTIVE,
        m.Progress: S.ACTIVE,
        m.SendDigits: S.ACTIVE,
        m.Flash: S.ACTIVE,
        m.SetDirection: S.ACTIVE,
        # A line that guessed the answer may learn of the real one later.
        m.Connect: S.ACTIVE,
        **_THE_END,
    },
    S.DISCONNECT_INDICATION: {
        m.MediaQuality: S.DISCONNECT_INDICATION,
        m.Disconnect: S.DISCONNECT_INDICATION,
        m.ClearCall: S.RELEASE_REQUEST,
        m.Release: S.NULL,
    },
    # Both ends may hang up at once; what was on its way to us changes nothing.
    S.RELEASE_REQUEST: {
        m.Proceeding: S.RELEASE_REQUEST,
        m.Progress: S.RELEASE_REQUEST,
        m.Alerting: S.RELEASE_REQUEST,
        m.Connect: S.RELEASE_REQUEST,
        m.Digit: S.RELEASE_REQUEST,
        m.HookFlash: S.RELEASE_REQUEST,
        m.Held: S.RELEASE_REQUEST,
        m.Retrieved: S.RELEASE_REQUEST,
        m.TransferRequested: S.RELEASE_REQUEST,
        m.MediaQuality: S.RELEASE_REQUEST,
        m.Disconnect: S.RELEASE_REQUEST,
        m.ClearCall: S.RELEASE_REQUEST,
        m.Release: S.NULL,
    },
}


def next_state(state: LegState, message: LegMessage) -> LegState:
    """Return the state that follows `state` on `message`.

    Raises IllegalTransition, and nothing has changed, if there is none.
    """
    try:
        return TRANSITIONS[state][type(message)]
    except KeyError:
        kind = str(getattr(message, "kind", type(message).__name__))
        raise IllegalTransition("leg.no-such-step", message=kind, state=state.value) from None
