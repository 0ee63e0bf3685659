"""The codes that switch something: written first, then done, then said."""

from typing import Final

from firmware.apps.codes.order import Order
from firmware.apps.codes.switching import forward_target
from firmware.apps.phone.calling import refuse
from firmware.calls.features import When
from firmware.calls.toll_refusals import PROMPT_OF_REFUSAL
from firmware.contract.errors import RequestRefused
from firmware.contract.views import Opening

FIRST_KEY_S: Final = 10.0
NEXT_KEY_S: Final = 5.0
LONGEST_NUMBER: Final = 20


async def do_not_disturb(order: Order, *, on: bool) -> None:
    await order.office.features.switch(order.own.id, do_not_disturb=on)
    which = "on" if on else "off"
    await order.confirm(f"feature.do-not-disturb-{which}", f"do-not-disturb-{which}")


async def call_waiting(order: Order, *, on: bool) -> None:
    await order.office.features.switch(order.own.id, call_waiting=on)
    which = "on" if on else "off"
    await order.confirm(f"feature.call-waiting-{which}", f"call-waiting-{which}")


async def forward(order: Order, *, when: When) -> None:
    """Set a forward to what stood behind the code, or to what is keyed in when asked."""
    keys = order.behind
    if not keys:
        await order.visit.say("enter-number", until_key=True)
        keys = await order.visit.caller.collect(LONGEST_NUMBER, FIRST_KEY_S, NEXT_KEY_S)
    try:
        target = forward_target(order.office, order.own, keys)
    except RequestRefused as refused:
        order.visit.call.step(refused.text.code, order.visit.caller, **refused.text.args)
        await refuse(order.visit, PROMPT_OF_REFUSAL.get(refused.text.code, "forward-refused"))
        return
    await order.office.features.switch(order.own.id, **{when.value: target})
    await order.confirm("feature.forward-set", "forward-set", to=target)


async def forward_off(order: Order, *, when: When) -> None:
    await order.office.features.switch(order.own.id, **{when.value: None})
    await order.confirm("feature.forward-cleared", "forward-cleared")


async def opening(order: Order, *, to: Opening) -> None:
    await order.office.features.switch_opening(to)
    await order.confirm(f"feature.office-{to.value}", f"office-{to.value}")
