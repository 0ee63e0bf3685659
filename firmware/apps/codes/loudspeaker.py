"""Intercom and announcements: phones that can answer by themselves do; the others simply ring.

Who hears an announcement is muted: it goes one way, to all phones of a group
that are free and may be disturbed, until the announcer hangs up.
"""

from typing import Final

from firmware.apps.codes.order import Order
from firmware.apps.phone.calling import refuse, ring_and_talk, shown_of
from firmware.calls.attempt import Attempt, PhoneAttempt
from firmware.config.extensions import Extension
from firmware.contract.causes import Cause
from firmware.contract.texts import Text
from firmware.contract.views import CallPhase
from firmware.store.rows import Disposition

INTERCOM_S: Final = 30.0
LONGEST_S: Final = 180.0
BEEP_MS: Final = 400


async def intercom(order: Order) -> None:
    extension = order.office.config.extension(order.behind)
    attempts = _phones(order, [extension] if extension else [])
    if not attempts:
        await _nobody(order)
        return
    order.visit.call.step("feature.intercom", order.visit.caller, extension=order.behind)
    await ring_and_talk(order.visit, attempts, INTERCOM_S)


async def page(order: Order) -> None:
    """Announce to a group or an extension. Raises LegEnded when the announcer hangs up."""
    config, call, phone = order.office.config, order.visit.call, order.visit.caller
    group = config.group_numbered(order.behind)
    wanted = group.extensions if group else (order.behind,)
    found = [one for one in map(config.extension, wanted) if one is not None]
    attempts = _phones(order, [one for one in found if one.id != order.own.id])
    if not attempts:
        await _nobody(order)
        return
    call.disposition = Disposition.ANSWERED
    call.step("feature.pages", phone, group=order.behind, count=len(attempts))
    call.enter(CallPhase.TALKING, Text(code="where.page"))
    phone.sound.tone("beep", BEEP_MS)
    phone.sound.enter(call.room)
    try:
        await phone.until(lambda: _all_over(order, attempts), LONGEST_S)
    finally:
        for one in attempts:
            one.give_up(Cause.NORMAL_CALL_CLEARING)


def _all_over(order: Order, attempts: list[Attempt]) -> bool:
    """Let hear who has answered; True when nobody is left."""
    for one in attempts:
        one.advance()
        leg = one.answered
        if leg is not None and leg.sound.room is None:
            leg.sound.mute()
            leg.sound.enter(order.visit.call.room)
    return all(one.cause is not None for one in attempts)


def _phones(order: Order, extensions: list[Extension]) -> list[Attempt]:
    """Return an attempt per phone that is free, of extensions that may be disturbed."""
    office = order.office
    return [
        PhoneAttempt(office, order.visit.call, line, shown_of(order.own), answer_by_itself=True)
        for one in extensions
        if not office.features.of(one.id).do_not_disturb
        for line in one.devices
        if office.lines.is_free(line)
    ]


async def _nobody(order: Order) -> None:
    order.visit.call.step("feature.nobody-to-page", order.visit.caller)
    await refuse(order.visit, None, "busy")
