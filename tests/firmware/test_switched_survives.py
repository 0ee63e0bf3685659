"""What people have switched is so again when the exchange comes back."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

from firmware.exchange.exchange import Exchange
from tests.firmware.scripted_box import eventually, new_state
from tests.firmware.scripted_card import ControlClient
from tests.firmware.scripted_office import SCRIPTED_OFFICE


async def snapshot_of(state: Path, *requests: dict[str, Any]) -> dict[str, Any]:
    """Run an exchange, ask it these things, and return its snapshot; then it stops."""
    stop = asyncio.Event()
    running = asyncio.create_task(Exchange(state).run(stop))
    try:
        await eventually((state / "run" / "control.sock").exists, bool)
        control = await ControlClient.connect(state)
        for request in requests:
            assert (await control.ask(who="owner", **request))["problem"] is None
        snapshot: dict[str, Any] = (await control.ask("snapshot"))["ok"]
        control.close()
        return snapshot
    finally:
        stop.set()
        await running


async def test_an_exchange_that_comes_back_knows_what_was_switched(sounds: Path) -> None:
    state = new_state(SCRIPTED_OFFICE, sounds)
    try:
        await snapshot_of(
            state,
            {"do": "switch-extension", "extension": "102", "forward_busy": "103"},
            {"do": "switch-extension", "extension": "102", "do_not_disturb": True},
            {"do": "switch-opening", "to": "closed"},
        )
        (state / "run" / "control.sock").unlink(missing_ok=True)
        again = await snapshot_of(state)
    finally:
        shutil.rmtree(state)

    (workshop,) = [one for one in again["extensions"] if one["extension"] == "102"]
    assert (workshop["do_not_disturb"], workshop["forward_busy"]) == (True, "103")
    assert again["opening"] == "closed"
