"""Messages by phone: the own mailbox from the own phone, any mailbox with its PIN."""

from typing import Final

from firmware.apps.codes.order import Order
from firmware.apps.phone.calling import refuse
from firmware.apps.voicemail.listening import hear_mailbox
from firmware.apps.voicemail.pin import Pin
from firmware.config.recording import Mailbox

FIRST_KEY_S: Final = 10.0
NEXT_KEY_S: Final = 5.0
MAX_PIN: Final = 12


async def own_mailbox(order: Order) -> None:
    mailbox = order.office.config.mailbox(order.own.voicemail or "")
    if mailbox is None:
        order.visit.call.step("route.no-mailbox", order.visit.caller)
        await refuse(order.visit, None, "congestion")
    elif mailbox.pin_on_own_phone and not await _knows_pin(order, mailbox):
        return
    else:
        await _hear(order, mailbox)


async def any_mailbox(order: Order) -> None:
    """Ask for an extension; its mailbox is heard by who knows the PIN."""
    phone = order.visit.caller
    await order.visit.say("enter-extension", until_key=True)
    number = await phone.collect(6, FIRST_KEY_S, NEXT_KEY_S)
    extension = order.office.config.extension(number)
    mailbox = order.office.config.mailbox((extension.voicemail if extension else None) or "")
    if mailbox is None:
        order.visit.call.step("route.no-mailbox", phone)
        await refuse(order.visit, "no-such-extension")
    elif await _knows_pin(order, mailbox):
        await _hear(order, mailbox)


async def _knows_pin(order: Order, mailbox: Mailbox) -> bool:
    """Ask until the PIN is right or none is taken any more; then the phone has heard so."""
    pin = Pin(order.office, mailbox)
    while not pin.is_locked:
        await order.visit.say("enter-pin", until_key=True)
        keys = await order.visit.caller.collect(MAX_PIN, FIRST_KEY_S, NEXT_KEY_S)
        if keys and await pin.is_right(keys):
            return True
        order.visit.call.step("voicemail.wrong-pin", order.visit.caller, mailbox=mailbox.id)
        if not keys:
            break
        await order.visit.say("wrong-pin", until_key=True)
    if pin.is_locked:
        order.visit.call.step("voicemail.pin-locked", order.visit.caller, mailbox=mailbox.id)
        await refuse(order.visit, "mailbox-locked")
    return False


async def _hear(order: Order, mailbox: Mailbox) -> None:
    visit = order.visit
    await hear_mailbox(order.office, visit.call, visit.caller, mailbox, order.own.id)
