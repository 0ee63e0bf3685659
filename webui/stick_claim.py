"""A box without an owner gets one from a stick: the bundle names them, the exchange does the rest.

First the owner stands in web.db, together with which bundle is still to be
taken; then the exchange is asked. A power cut between leaves a note that is
followed at the next start. Once there is an owner nothing here ever makes another.
"""

import asyncio
import logging
from typing import Final

from pydantic import BaseModel

from firmware.contract.bundles import BundleResult, BundleView, ClaimByBundle, ListBundles
from firmware.contract.errors import RequestRefused, TipringError
from firmware.contract.texts import Text
from webui.accounts import AlreadyClaimed
from webui.control_link import ExchangeGone
from webui.deps import Desk

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 2.0
TAKING_S: Final = 60.0


class _Listed(BaseModel):
    bundles: tuple[BundleView, ...]
    last: BundleResult | None


async def await_owner(desk: Desk) -> None:
    """Return when the box has an owner and what they brought is live; until cancelled."""
    while True:
        try:
            pending = await asyncio.to_thread(desk.accounts.claimed_by_stick)
            if pending is not None:
                await _take(desk, *pending)
                return
            if await asyncio.to_thread(desk.accounts.claimed):
                return
            await _look(desk)
        except TipringError as fault:
            log.debug("no owner from a stick: %s", fault)
        await asyncio.sleep(LOOK_EVERY_S)


async def _look(desk: Desk) -> None:
    """Make the owner that the newest bundle names. Raises ExchangeGone, RequestRefused."""
    listed = _Listed.model_validate(await desk.link.ask(ListBundles()))
    view = next((one for one in listed.bundles if one.owner is not None), None)
    if view is None or view.owner is None:
        return
    owner = view.owner
    try:
        await asyncio.to_thread(
            desk.accounts.claim_by_stick, owner.name, owner.password, owner.code, view.bundle_id
        )
    except AlreadyClaimed:
        return
    log.info("%s is the owner, by a bundle", owner.name)


async def _take(desk: Desk, name: str, bundle_id: str) -> None:
    """Raises ExchangeGone: then the note stays and is followed later."""
    try:
        await desk.link.ask(ClaimByBundle(bundle_id=bundle_id, who=name), TAKING_S)
    except ExchangeGone:
        raise
    except (RequestRefused, TipringError) as refused:
        # Taken before a power cut, or not to be taken at all: the owner sees which in the page.
        log.warning("the owner's bundle: %s", refused)
    await asyncio.to_thread(desk.accounts.stick_taken)
    await desk.note(name, Text(code="web.audit-claimed-by-stick"))
