"""`practice call`: somebody outside calls in, does as told, and gives an account of it."""

import asyncio
import os
from pathlib import Path
from typing import Annotated, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from drivers.simulators.mouth import sound
from drivers.simulators.party import Party, Stage
from drivers.simulators.settings import Conversation, PracticeNumber
from drivers.simulators.subscriber import LISTENS_ON_S, converse
from firmware.contract.causes import Cause
from firmware.contract.errors import NotFound

PATIENCE_S: Final = 90.0
"""So long the caller waits for an answer."""


class Account(BaseModel):
    """What the caller met with (design.md, section 9)."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    class Event(BaseModel):
        at_s: float
        what: str

    answered: bool
    ring_s: float
    talk_s: float
    digits_heard: str
    tones_heard: list[str]
    cause: int
    call_id: str = ""
    """The exchange's, filled in by who can see it; the wire does not carry it."""
    events: list[Event]


class OutsideCall(BaseModel):
    """What the caller shall do."""

    called: PracticeNumber
    patience_s: Annotated[float, Field(gt=0, le=600)] = PATIENCE_S
    conversation: Conversation
    record: Path | None = None


async def call_in(party: Party, plan: OutsideCall) -> Account:
    """Have `party` make the call; returns when it is over. Cancelling hangs up.

    Raises NotFound, before anybody is called, for a file to say or a folder to record in.
    """
    await asyncio.to_thread(_check_files, plan)
    try:
        party.dial(plan.called)
        if await _answered(party, plan.patience_s):
            await converse(party, plan.conversation)
        elif party.stage is Stage.LEFT:
            await party.hears_for(LISTENS_ON_S)
    finally:
        party.hang_up()
    if plan.record is not None:
        await asyncio.to_thread(party.ear.record, plan.record)
    return _account(party)


def _check_files(plan: OutsideCall) -> None:
    if plan.conversation.say is not None:
        sound(plan.conversation.say)
    if plan.record is not None and not os.access(plan.record.parent, os.W_OK):
        raise NotFound("practice.no-such-folder", file=str(plan.record))


async def _answered(party: Party, patience_s: float) -> bool:
    try:
        async with asyncio.timeout(patience_s):
            return await party.reaches(Stage.TALKING, Stage.LEFT) is Stage.TALKING
    except TimeoutError:
        return False


def _account(party: Party) -> Account:
    talk_s = party.seconds_in.get(Stage.TALKING)
    own_end = Cause.NO_ANSWER_FROM_USER if talk_s is None else Cause.NORMAL_CALL_CLEARING
    return Account(
        answered=talk_s is not None,
        ring_s=round(party.seconds_in.get(Stage.ALERTING, 0.0), 3),
        talk_s=round(talk_s or 0.0, 3),
        digits_heard=party.ear.digits,
        tones_heard=party.ear.tones,
        cause=int(party.cause or own_end),
        events=[Account.Event(at_s=event.at_s, what=event.what) for event in party.events],
    )
