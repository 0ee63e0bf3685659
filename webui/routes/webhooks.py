"""Webhooks: which programs are told of what, how their messages fare, and a test of each."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter
from fastapi import Path as InPath
from pydantic import AwareDatetime, BaseModel, Field

from firmware.contract.texts import Text
from webui.deps import OWNER_ONLY, PROVED, Desk, DeskDep, SessionDep
from webui.webhooks.happenings import HookKind, HookMessage
from webui.webhooks.kept import MOST_PARKED, Waiting, Webhook
from webui.webhooks.sending import MOST_URL, check_url

router = APIRouter(prefix="/webhooks", tags=["webhooks"], dependencies=[OWNER_ONLY])
posted = APIRouter()
"""What we send, described in the API's own document."""

SHOWN_PARKED: Final = 10
HookId = Annotated[str, InPath(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$")]


class HookWish(BaseModel):
    url: Annotated[str, Field(min_length=1, max_length=MOST_URL, examples=["https://crm.lan/in"])]
    kinds: Annotated[frozenset[HookKind], Field(min_length=1)]


class HookChange(HookWish):
    enabled: bool


class ParkedView(BaseModel):
    """A message that was given up, and why."""

    kind: str
    at: AwareDatetime
    why: Text | None


class HookView(BaseModel):
    hook_id: str
    url: str
    kinds: tuple[HookKind, ...]
    enabled: bool
    made_by: str
    delivered_at: AwareDatetime | None
    waiting: int
    why: Text | None
    """Why the message whose turn it is has not been delivered yet."""
    next_try_at: AwareDatetime | None
    parked_count: Annotated[int, Field(ge=0, le=MOST_PARKED)]
    parked: tuple[ParkedView, ...]
    """The newest of them."""


class MadeHook(BaseModel):
    webhook: HookView
    secret: str
    """Shown this once: the receiver checks signatures with it."""


class HookTest(BaseModel):
    """`why` is null when the receiver took the test message."""

    why: Text | None


@router.get("")
async def list_webhooks(desk: DeskDep) -> tuple[HookView, ...]:
    hooks = await asyncio.to_thread(desk.hooks.all)
    return tuple([await asyncio.to_thread(_view, desk, hook) for hook in hooks])


@router.post("", status_code=201, dependencies=[PROVED])
async def add_webhook(wish: HookWish, desk: DeskDep, session: SessionDep) -> MadeHook:
    """From now on what happens is posted there."""
    check_url(wish.url)
    await _note(desk, session, "web.audit-hook-added", wish.url)
    hook = await asyncio.to_thread(desk.hooks.add, wish.url, wish.kinds, session.user.name)
    desk.courier.changed()
    return MadeHook(webhook=await asyncio.to_thread(_view, desk, hook), secret=hook.secret)


@router.put("/{hook_id}", status_code=204, dependencies=[PROVED])
async def change_webhook(
    hook_id: HookId, wish: HookChange, desk: DeskDep, session: SessionDep
) -> None:
    """What waits is tried again at once, at the address as it is now."""
    await asyncio.to_thread(desk.hooks.get, hook_id)
    check_url(wish.url)
    await _note(desk, session, "web.audit-hook-changed", wish.url)
    change = desk.hooks.change
    await asyncio.to_thread(change, hook_id, wish.url, wish.kinds, enabled=wish.enabled)
    desk.courier.changed()


@router.delete("/{hook_id}", status_code=204)
async def remove_webhook(hook_id: HookId, desk: DeskDep, session: SessionDep) -> None:
    """What waits for it is dropped."""
    hook = await asyncio.to_thread(desk.hooks.get, hook_id)
    await _note(desk, session, "web.audit-hook-removed", hook.url)
    await asyncio.to_thread(desk.hooks.remove, hook_id)
    desk.courier.changed()


@router.post("/{hook_id}/test")
async def test_webhook(hook_id: HookId, desk: DeskDep) -> HookTest:
    """Post a message of kind `test` now and tell how it fared."""
    hook = await asyncio.to_thread(desk.hooks.get, hook_id)
    return HookTest(why=(await desk.courier.test(hook)).why)


@router.post("/{hook_id}/parked", status_code=204)
async def send_parked_again(hook_id: HookId, desk: DeskDep) -> None:
    """Try what was given up once more, before anything newer."""
    await asyncio.to_thread(desk.hooks.get, hook_id)
    await asyncio.to_thread(desk.hooks.send_parked_again, hook_id)
    desk.courier.changed()


@router.delete("/{hook_id}/parked", status_code=204)
async def drop_parked(hook_id: HookId, desk: DeskDep) -> None:
    await asyncio.to_thread(desk.hooks.get, hook_id)
    await asyncio.to_thread(desk.hooks.drop_parked, hook_id)


@posted.post("what-happened")
def what_happened(message: HookMessage) -> None:
    """Sent to each webhook that asked for its kind, in order, until it is answered with 2xx.

    Signed as standardwebhooks.com describes: `webhook-id`, `webhook-timestamp` and
    `webhook-signature`. The same id may come twice; redirects are not followed.
    """


async def _note(desk: Desk, session: SessionDep, code: str, url: str) -> None:
    await desk.note(session.user.name, Text(code=code, args={"url": url}))


def _view(desk: Desk, hook: Webhook) -> HookView:
    first = desk.hooks.next_for(hook.hook_id)
    parked = desk.hooks.parked(hook.hook_id)
    tried = first is not None and first.why is not None
    return HookView(
        hook_id=hook.hook_id,
        url=hook.url,
        kinds=tuple(sorted(hook.kinds)),
        enabled=hook.enabled,
        made_by=hook.made_by,
        delivered_at=None if hook.delivered_s is None else _at(hook.delivered_s),
        waiting=desk.hooks.waiting(hook.hook_id),
        why=first.why if first else None,
        next_try_at=_at(first.due_s) if first and tried else None,
        parked_count=len(parked),
        parked=tuple(map(_parked, parked[:SHOWN_PARKED])),
    )


def _parked(message: Waiting) -> ParkedView:
    return ParkedView(kind=message.kind, at=_at(message.made_s), why=message.why)


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
