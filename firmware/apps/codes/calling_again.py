"""Redial of the last number, and calling back who called last."""

import asyncio

from firmware.apps.codes.order import Order
from firmware.apps.phone.calling import call_number, refuse
from firmware.calls.dialled import Dialled, Meaning, understand
from firmware.contract.errors import StorageFault
from firmware.store.archive import Archive

CALLABLE = frozenset({Meaning.EXTENSION, Meaning.GROUP, Meaning.FLOW, Meaning.OUTSIDE})
"""An emergency call is never made by a short code."""


async def redial(order: Order) -> None:
    archive = order.office.records.archive
    dialled = await asyncio.to_thread(_dialled_before, archive, order.own.id)
    understood = (understand(one, order.office.config) for one in dialled)
    number = next((one for one in understood if one.meaning in CALLABLE), None)
    if number is None:
        order.visit.call.step("feature.nothing-to-redial", order.visit.caller)
        await refuse(order.visit, "nothing-to-redial")
    else:
        await _call(order, "feature.redials", number)


async def call_back(order: Order) -> None:
    archive = order.office.records.archive
    caller = await asyncio.to_thread(_last_caller, archive, order.own.id)
    number = understand(caller or "", order.office.config)
    if number.meaning not in CALLABLE:
        order.visit.call.step("feature.nobody-called", order.visit.caller)
        await refuse(order.visit, "nobody-called")
    else:
        await _call(order, "feature.calls-back", number)


async def _call(order: Order, step: str, number: Dialled) -> None:
    order.visit.call.step(step, order.visit.caller, number=number.number)
    order.visit.call.change(called=number.number)
    # What the other side may hear is in the office's language, not in this extension's.
    order.visit.call.language = order.office.config.office.languages[0]
    await call_number(order.visit, number)


def _dialled_before(archive: Archive, extension: str) -> tuple[str, ...]:
    try:
        return archive.dialled_by(extension)
    except StorageFault:
        return ()  # a disk at fault has its alarm; nothing is known of before


def _last_caller(archive: Archive, extension: str) -> str | None:
    try:
        return archive.last_caller(extension)
    except StorageFault:
        return None
