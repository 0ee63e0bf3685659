"""Tells the exchange the set-up code, so that a phone of a box nobody owns can speak it.

Told again and again while nobody has claimed the box, since the exchange forgets it with
every restart; only its hash is ever on the disk.
"""

import asyncio
from typing import Final

from firmware.contract.claim import TellClaimCode
from firmware.contract.errors import TipringError
from webui.accounts import Accounts
from webui.control_link import ControlLink

EVERY_S: Final = 2.0


async def tell_claim_code(link: ControlLink, accounts: Accounts, code: str) -> None:
    """Return once the box has an owner and the exchange knows that."""
    while True:
        claimed = await asyncio.to_thread(accounts.claimed)
        if (claimed or code) and await _told(link, "" if claimed else code) and claimed:
            return
        await asyncio.sleep(EVERY_S)


async def _told(link: ControlLink, code: str) -> bool:
    """Return False while the exchange is not there."""
    try:
        await link.ask(TellClaimCode(code=code))
    except TipringError:
        return False
    return True
