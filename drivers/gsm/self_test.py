"""A check of the line without a call, in words."""

from drivers.gsm.condition import Condition
from firmware.contract.line_state import Health
from firmware.contract.texts import Text


def findings(condition: Condition) -> tuple[tuple[Text, ...], bool]:
    """Return what was found, and whether calls are possible. The modem has just answered."""
    found: list[Text] = []
    if condition.found is not None:
        model = condition.found.identity.model
        found.append(Text(code="gsm.answers", args={"model": model}))
    if condition.sim is None:
        found.append(Text(code="gsm.sim-open"))
    service = condition.service
    if service.obstacle() is None:
        found.append(Text(code="gsm.registered", args={"operator": service.operator or "?"}))
    if service.signal_dbm is not None:
        found.append(Text(code="gsm.signal", args={"dbm": service.signal_dbm}))
    health, why = condition.health()
    if why is not None:
        found.append(why)
    return tuple(found), health is Health.READY
