"""The state as of now and what happens from then on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from typing import Annotated, Final

from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

from firmware.contract.control import Snapshot, TakeSnapshot
from webui.deps import CLOSED_SESSION_ENDED, EVERYBODY, Desk, DeskDep, live_session
from webui.event_feed import AnyStreamMessage, EventFeed

router = APIRouter(tags=["events"], dependencies=[EVERYBODY])

SESSION_CHECK_S: Final = 3.0
CLOSED_START_AGAIN: Final = 4205

Epoch = Annotated[str, Query(max_length=80)]
After = Annotated[int, Query(ge=0)]


@router.get("/snapshot")
async def read_snapshot(desk: DeskDep) -> Snapshot:
    """Everything as of `seq` of `epoch`; ask for events with the same two."""
    return Snapshot.model_validate(await desk.link.ask(TakeSnapshot()))


@router.websocket("/events")
async def follow(socket: WebSocket, desk: DeskDep, epoch: Epoch = "", after: After = 0) -> None:
    """The page's stream; closes with 4401 when the session has ended, 4205 to start again."""
    await socket.accept()
    sending = asyncio.create_task(_send(socket, desk.feed, epoch, after))
    listening = asyncio.create_task(_until_gone(socket))
    watching = asyncio.create_task(_until_session_ends(socket, desk))
    tasks = {sending, listening, watching}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if listening not in done:
        with suppress(WebSocketDisconnect):  # it may have gone in this very moment
            await socket.close(CLOSED_START_AGAIN if sending in done else CLOSED_SESSION_ENDED)


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={200: {"model": AnyStreamMessage, "description": "One message a `data:` line."}},
)
async def stream(desk: DeskDep, epoch: Epoch = "", after: After = 0) -> StreamingResponse:
    """The same messages as server-sent events, for scripts (`curl -N`)."""
    return StreamingResponse(_as_lines(desk.feed, epoch, after), media_type="text/event-stream")


async def _send(socket: WebSocket, feed: EventFeed, epoch: str, after: int) -> None:
    with feed.client(epoch, after) as client:
        async with aclosing(client.messages()) as messages:
            async for message in messages:
                await socket.send_text(message)


async def _until_gone(socket: WebSocket) -> None:
    """Nothing is expected from the page; what it says is read and dropped."""
    try:
        while True:
            await socket.receive_text()
    except (WebSocketDisconnect, KeyError):
        return


async def _until_session_ends(socket: WebSocket, desk: Desk) -> None:
    """An open stream is not use: it neither ends a session nor keeps it alive."""
    while True:
        await asyncio.sleep(SESSION_CHECK_S)
        if await asyncio.to_thread(live_session, socket, desk, in_use=False) is None:
            return


async def _as_lines(feed: EventFeed, epoch: str, after: int) -> AsyncIterator[str]:
    with feed.client(epoch, after) as client:
        async with aclosing(client.messages()) as messages:
            async for message in messages:
                yield f"data: {message}\n\n"
