"""A box in the middle of its day: calls up, an alarm, a morning on record."""

import asyncio
from datetime import timedelta

from firmware.contract.texts import Text
from firmware.contract.views import (
    AlarmView,
    CallPhase,
    CapView,
    ExtensionView,
)
from tests.webui.practice_office import (
    add_sip,
    furnish,
    lines,
    live_call,
    now,
    sip_lines,
    write_calls,
)
from tests.webui.served import Served

SECOND_CALL = "01JD0000000000000000000002"


async def liven(box: Served) -> str:
    """Return the id of the call with a recording."""
    await asyncio.to_thread(furnish, box.state, now())
    await asyncio.to_thread(add_sip, box.state, now())
    recorded = await write_calls(box.state, now())
    in_menu = live_call(now() - timedelta(seconds=4), CallPhase.MENU).model_copy(
        update={"call_id": SECOND_CALL, "calling": "+441632960456"}
    )
    alarm = AlarmView(
        text=Text(code="gsm.silent-alarm"), line_id="gsm-4", since=now() - timedelta(minutes=3)
    )
    box.exchange.snapshot = box.exchange.snapshot.model_copy(
        update={
            "lines": (*lines(), *sip_lines()),
            "extensions": (
                ExtensionView(extension="102", name="Workshop", do_not_disturb=True),
                ExtensionView(extension="203", name="Sales", forward_busy="102"),
            ),
            "calls": (live_call(now() - timedelta(seconds=72)), in_menu),
            "caps": (
                CapView(scope="box", per="day", unit="min", used=51.5, limit=60),
                CapView(scope="line", id="trunk-1", per="month", unit="GBP", used=4.2, limit=40),
                CapView(scope="extension", id="203", per="day", unit="GBP", used=2, limit=2),
            ),
            "alarms": (alarm,),
            "new_voicemails": 1,
            "config_version": 3,
        }
    )
    return recorded
