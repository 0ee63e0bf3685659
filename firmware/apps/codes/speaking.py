"""What the box says of itself: its address, its lines, the phone's number; and the echo test."""

import socket
from pathlib import Path
from typing import Final

from firmware.apps.codes.order import Order
from firmware.apps.phone.calling import refuse
from firmware.apps.phone.claim_code import say_claim_code
from firmware.contract.line_state import Ability, Health
from firmware.store.rows import Disposition

ECHO_S: Final = 60.0
SOMEWHERE: Final = ("192.0.2.1", 9)
"""TEST-NET-1 (RFC 5737): asked for the way there only, nothing is sent."""


async def box_address(order: Order) -> None:
    address = own_address()
    if address is None:
        await order.confirm("feature.speaks", "no-address", value="-")
        return
    voices, language = order.office.voices, order.visit.call.language
    point = await voices.files("point", language)
    said: list[Path] = [*await voices.files("box-address", language)]
    for place, part in enumerate(address.split(".")):
        said += [*(point if place else ()), *voices.digits(part, language)]
    await _speak(order, address, said)


async def box_state(order: Order) -> None:
    """Say how many lines are ready, phones left out, and how many are not."""
    lines = [one for one in order.office.lines.entries() if one.settings is not None]
    trunks = [one for one in lines if Ability.PHONE not in one.state.abilities]
    ready = sum(one.state.health is Health.READY for one in trunks)
    voices, language = order.office.voices, order.visit.call.language
    said = [*await voices.files("lines-ready", language), *voices.number(ready, language)]
    if missing := len(trunks) - ready:
        said += await voices.files("lines-not-ready", language)
        said += voices.number(missing, language)
    await _speak(order, f"{ready}/{len(trunks)}", said)


async def claim_code(order: Order) -> None:
    """While nobody owns the box, say what makes an owner; later there is no such code."""
    visit = order.visit
    if order.office.claim_code:
        await say_claim_code(order.office, visit.call, visit.caller)
    else:
        await refuse(visit, "code-unknown")


async def own_number(order: Order) -> None:
    voices, language = order.office.voices, order.visit.call.language
    digits = voices.digits(order.own.id, language)
    await _speak(order, order.own.id, [*await voices.files("your-number", language), *digits])


async def echo_test(order: Order) -> None:
    """Let the phone hear itself until it hangs up."""
    await order.confirm("feature.echo", "echo-test")
    phone = order.visit.caller
    phone.sound.enter(order.visit.call.room, echo=True)
    await phone.until(lambda: None, ECHO_S)


async def _speak(order: Order, value: str, said: list[Path]) -> None:
    order.visit.call.disposition = Disposition.ANSWERED
    order.visit.call.step("feature.speaks", order.visit.caller, value=value)
    await order.visit.caller.play(said)


def own_address() -> str | None:
    """Return the IPv4 address this box has on its network, None where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(SOMEWHERE)
        except OSError:
            return None
        address: str = probe.getsockname()[0]
        return address
