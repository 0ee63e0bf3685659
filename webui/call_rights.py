"""Which calls somebody may see: decided here for lists, stories, recordings and exports alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends

from firmware.store.archive import MAX_PAGE, Archive
from firmware.store.call_filter import CallFilter
from firmware.store.call_rows import ListedCall
from firmware.store.rows import CallStory
from webui.accounts import Role, User
from webui.deps import DeskDep, SessionDep

NOBODYS: Final = ""
"""The extension of an agent who has none: no call is theirs."""


def only_of(user: User) -> str | None:
    """Return the extension whose calls alone the user may see; None sees all."""
    return None if user.role is not Role.AGENT else user.extension or NOBODYS


@dataclass(frozen=True)
class CallsInSight:
    """The archive as far as one user may look into it; blocks as the archive does."""

    archive: Archive
    only_of: str | None

    def page(
        self, wanted: CallFilter, before: str | None = None, limit: int = MAX_PAGE
    ) -> tuple[ListedCall, ...]:
        return self.archive.calls(wanted, before, limit, self.only_of)

    def all(self, wanted: CallFilter) -> Iterator[ListedCall]:
        """Yield call after call, newest first, a page at a time in memory."""
        page = self.page(wanted)
        while page:
            yield from page
            page = self.page(wanted, page[-1].call_id) if len(page) == MAX_PAGE else ()

    def story(self, call_id: str) -> CallStory:
        """Raises NotFound, for a call that is not theirs too: it tells nothing about it."""
        return self.archive.story(call_id, self.only_of)


async def calls_in_sight(desk: DeskDep, session: SessionDep) -> CallsInSight:
    return CallsInSight(desk.archive, only_of(session.user))


CallsDep = Annotated[CallsInSight, Depends(calls_in_sight)]
