"""A bundle that waits, taken by phone; and what became of the last one, spoken.

Only what a key of the office signed: the rest of it a phone cannot show, so an
unsigned bundle is for the page. Whoever has a PIN for calls is asked for it.
"""

from typing import Final

from firmware.apps.codes.order import Order
from firmware.apps.phone.calling import refuse
from firmware.apps.phone.dial_pin import ask_pin
from firmware.calls.toll_guard import pin_of
from firmware.contract.bundles import BundleView
from firmware.contract.errors import TipringError
from firmware.store.rows import Disposition

TAKE: Final = "1"
PATIENCE_S: Final = 8.0


async def take_bundle(order: Order) -> None:
    """Say who signed it and how much it changes; a key takes it. Raises LegEnded."""
    waiting = order.office.bundles.views()
    signed = next((one for one in waiting if one.signed_by is not None), None)
    if signed is None:
        which = "page-only" if waiting else "none"
        order.visit.call.step(f"feature.bundle-{which}", order.visit.caller)
        await refuse(order.visit, f"bundle-{which}")
        return
    if pin_of(order.own.id, order.office.config) is not None:
        refusal = await ask_pin(order.visit, order.own.id)
        if refusal is not None:
            order.visit.call.step(refusal.code, order.visit.caller)
            await refuse(order.visit, "bundle-left")
            return
    if await _wanted(order, signed):
        await _take(order, signed)
    else:
        await order.confirm("feature.bundle-left", "bundle-left")


async def bundle_result(order: Order) -> None:
    last = order.office.bundles.last
    if any(one.signed_by is not None for one in order.office.bundles.views()):
        await order.confirm("feature.speaks", "bundle-waits", value="bundle")
    elif last is None:
        await order.confirm("feature.speaks", "bundle-none", value="-")
    else:
        prompt = "bundle-taken" if last.taken else "bundle-refused"
        await order.confirm("feature.speaks", prompt, value=last.text.code)


async def _wanted(order: Order, bundle: BundleView) -> bool:
    voices, language = order.office.voices, order.visit.call.language
    name, count = bundle.signed_by or "", bundle.count
    order.visit.call.step("feature.bundle-asked", order.visit.caller, name=name, count=count)
    spoken = await voices.spoken(name, language)
    try:
        said = [
            *await voices.files("bundle-signed", language),
            *((spoken,) if spoken is not None else ()),
            *await voices.files("bundle-changes", language),
            *voices.number(count, language),
            *await voices.files("bundle-confirm", language),
        ]
        await order.visit.caller.play(said, until_key=True)
    finally:
        if spoken is not None:
            spoken.unlink(missing_ok=True)
    return await order.visit.caller.next_key(PATIENCE_S) == TAKE


async def _take(order: Order, bundle: BundleView) -> None:
    """The core looks at it once more: what was said a moment ago may have changed."""
    try:
        version = await order.office.bundles.accept(bundle.bundle_id, f"phone {order.own.id}")
    except TipringError as refused:
        order.visit.call.step(refused.text.code, order.visit.caller, **refused.text.args)
        order.visit.call.disposition = Disposition.FAILED
        await refuse(order.visit, "bundle-refused")
        return
    await order.confirm("feature.bundle-taken", "bundle-taken", version=version)
