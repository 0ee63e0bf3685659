"""Pick-up of a call that rings elsewhere, and taking a parked one."""

from firmware.apps.codes.order import Order
from firmware.apps.phone.calling import refuse
from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.calls.taking import may_take, take
from firmware.contract.leg_state import LegState
from firmware.store.rows import Disposition


async def pick_up(order: Order) -> None:
    """Take the call that rings at an extension, or at one of a group."""
    config = order.office.config
    group = config.group_numbered(order.behind)
    await _take_ringing(order, group.extensions if group else (order.behind,))


async def pick_up_group(order: Order) -> None:
    """Take a call that rings in any group the phone is in."""
    groups = order.office.config.groups
    mine = [one for group in groups if order.own.id in group.extensions for one in group.extensions]
    await _take_ringing(order, tuple(mine))


async def take_parked(order: Order) -> None:
    if not order.behind:
        order.visit.call.step("feature.no-place-named", order.visit.caller)
        await refuse(order.visit, "not-parked")
        return
    place = int(order.behind) if order.behind.isdecimal() else 0
    parked = order.office.parked.get(place)
    if parked is None or not may_take(parked):
        order.visit.call.step("feature.not-parked", order.visit.caller, place=order.behind)
        await refuse(order.visit, "not-parked")
        return
    parked.step("feature.taken-from-park", order.visit.caller, by=order.own.id, place=place)
    await _take(order, parked)


async def _take_ringing(order: Order, extensions: tuple[str, ...]) -> None:
    for call in order.office.calls.values():
        ringing = _ringing_at(order, call, extensions) if may_take(call) else None
        if ringing is not None:
            call.step("feature.picked-up", ringing, by=order.own.id, extension=_of(order, ringing))
            await _take(order, call)
            return
    order.visit.call.step("feature.nothing-rings", order.visit.caller)
    await refuse(order.visit, "nothing-rings")


def _ringing_at(order: Order, call: Call, extensions: tuple[str, ...]) -> Leg | None:
    return next(
        (
            leg
            for leg in call.legs
            if leg.state is LegState.CALL_DELIVERED and _of(order, leg) in extensions
        ),
        None,
    )


def _of(order: Order, leg: Leg) -> str:
    extension = order.office.config.extension_of_device(leg.line_id)
    return extension.id if extension else ""


async def _take(order: Order, target: Call) -> None:
    """From here on the phone is on that call, and this one's script is over."""
    order.visit.call.disposition = Disposition.ANSWERED
    take(target, order.visit.call, order.visit.caller)
    await order.visit.call.until(lambda: None, None)
