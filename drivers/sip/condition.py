"""How a SIP line fares, and the one sentence that says why it does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from drivers.sip.signalling_messages import Registration
from firmware.contract.line_state import Health
from firmware.contract.texts import Text

PASSWORD_REFUSED: Final = frozenset({401, 403, 407})
NOBODY_ANSWERED: Final = frozenset({0, 408, 502, 503, 504})
"""The library says 408, 502 or 503 itself when there is no answer or no such host."""


@dataclass(frozen=True, slots=True)
class Condition:
    health: Health
    why: Text | None = None


STARTING: Final = Condition(Health.STARTING)
READY: Final = Condition(Health.READY)


def of_registration(news: Registration, server: str, user: str) -> Condition:
    """Return what the registrar's answer means for the trunk."""
    if news.registered:
        return READY
    facts: dict[str, str | int | float] = {"server": server, "user": user}
    if news.status in PASSWORD_REFUSED:
        return Condition(
            Health.NEEDS_ATTENTION, Text(code="sip.trunk-password-refused", args=facts)
        )
    if news.status == 404:
        return Condition(Health.NEEDS_ATTENTION, Text(code="sip.trunk-user-unknown", args=facts))
    if news.status in NOBODY_ANSWERED:
        return Condition(Health.NO_SERVICE, Text(code="sip.trunk-unreachable", args=facts))
    facts |= {"status": news.status, "reason": news.reason[:80]}
    return Condition(Health.NO_SERVICE, Text(code="sip.trunk-refused", args=facts))


def of_trunk(answers: Mapping[str, Condition]) -> Condition:
    """Return the better of what the trunk's servers say."""
    known = [one for one in answers.values() if one != STARTING]
    if READY in known:
        return READY
    return known[0] if known else STARTING
