"""The state as of now and what happens from then on."""

import asyncio
from contextlib import aclosing, suppress
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, WebSocket, WebSocketDisconnect
from starlette.requests import HTTPConnection

from firmware.contract.control import TakeSnapshot
from firmware.contract.views import Snapshot
from webui.deps import CLOSED_SESSION_ENDED, EVERYBODY, Desk, DeskDep, live_session
from webui.event_feed import AnyMessage, EventFeed
from webui.script_stream import ScriptStream, lines, place_of

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
    response_class=ScriptStream,
    responses={
        200: {
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
            "description": "A `data:` line for each message, its place in the `id:` line. "
            "The page's WebSocket has `resync` where scripts get a snapshot.",
            "model": AnyMessage,
        },
    },
)
async def stream(
    connection: HTTPConnection,
    desk: DeskDep,
    epoch: Epoch = "",
    after: After = 0,
    last_event_id: Annotated[str | None, Header(max_length=100)] = None,
) -> ScriptStream:
    """The same messages as server-sent events, for scripts (`curl -N`).

    Without a place, or with one too old, a snapshot comes first. It ends with the session.
    """
    ended = asyncio.create_task(_until_session_ends(connection, desk))
    place = place_of(last_event_id, epoch, after)
    return ScriptStream(lines(desk.feed, desk.link, place, ended))


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


async def _until_session_ends(connection: HTTPConnection, desk: Desk) -> None:
    """An open stream is not use: it neither ends a session nor keeps it alive."""
    while True:
        await asyncio.sleep(SESSION_CHECK_S)
        if await asyncio.to_thread(live_session, connection, desk, in_use=False) is None:
            return
