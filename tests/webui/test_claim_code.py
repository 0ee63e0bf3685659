"""The set-up code on its way to the phones: told while nobody owns the box, taken back then."""

import asyncio

import pytest

from firmware.contract.claim import TellClaimCode
from tests.webui.served import Served, until
from webui import claim_teller
from webui.claim_teller import tell_claim_code

CODE = "JD42-K63V-5G5C-5H5Q"


async def test_the_exchange_knows_the_code_until_somebody_owns_the_box(
    fresh: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim_teller, "EVERY_S", 0.02)
    desk, exchange = fresh.desk, fresh.exchange
    telling = asyncio.create_task(tell_claim_code(desk.link, desk.accounts, CODE))

    def told() -> list[str]:
        return [one.code for one in exchange.requests(TellClaimCode)]

    await until(lambda: CODE in told())
    await exchange.die()
    exchange.asked.clear()
    await exchange.come_back("second")
    await until(lambda: CODE in told())
    await fresh.claim()
    await asyncio.wait_for(telling, 20)

    assert told()[-1] == ""
