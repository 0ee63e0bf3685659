"""The configuration as forms see and change it: read whole, changed one entry at a time.

Every change is a version of its own with a comment, live at once, and comments
in tipring.toml survive it. Two people who change things at the same moment both get theirs.
"""

import asyncio
from collections.abc import Callable
from typing import Final, TypeAlias

from firmware.config.danger import CONFIRM_WITHIN_S, can_lock_out
from firmware.config.model import Config
from firmware.contract.control import ApplyConfig, TakeSnapshot
from firmware.contract.errors import ConfigurationRefused, RequestRefused
from firmware.contract.texts import Text, word
from firmware.contract.views import Snapshot
from webui.dear_dialling import want_proof
from webui.deps import Desk
from webui.sessions import Session

Edit: TypeAlias = Callable[[str, Config], str]
"""From the live text, and what it says, to the changed text."""
TRIES: Final = 3


async def live_office(desk: Desk) -> Config:
    """Return what is live, secrets included. Raises ConfigurationRefused when broken by hand."""
    return await asyncio.to_thread(lambda: desk.history.check(desk.history.live_text()))


async def change_office(desk: Desk, session: Session, note: Text, edit: Edit) -> None:
    """Make `edit` live. Raises ConfigurationRefused, RequestRefused; nothing has changed then.

    Raises NotAllowed where it opens what can cost money and no password was typed of late.
    """
    for tries_left in reversed(range(TRIES)):
        snapshot = Snapshot.model_validate(await desk.link.ask(TakeSnapshot()))
        if snapshot.config_unconfirmed_until is not None:
            # Another version on top would keep the trial for good without anybody saying so.
            raise RequestRefused("web.settings-on-trial")
        toml = await asyncio.to_thread(_edited, desk, edit)
        await want_proof(desk, session, toml)
        try:
            await desk.link.ask(
                ApplyConfig(
                    toml=toml,
                    who=session.user.name,
                    comment=word(note)[:200],
                    based_on=snapshot.config_version,
                    confirm_within_s=await asyncio.to_thread(trial_of, desk, toml),
                )
            )
        except RequestRefused as refused:
            if refused.text.code != "config.version-came-between" or not tries_left:
                raise
        else:
            return


def _edited(desk: Desk, edit: Edit) -> str:
    text = desk.history.live_text()
    return edit(text, desk.history.check(text))


def trial_of(desk: Desk, toml: str) -> int | None:
    """Return how soon somebody must confirm this text: None where nobody can be locked out.

    A faulty text needs no trial: the exchange refuses it. Blocks.
    """
    try:
        before, after = desk.history.check(desk.history.live_text()), desk.history.check(toml)
    except ConfigurationRefused:
        return None
    return CONFIRM_WITHIN_S if can_lock_out(before, after) else None
