"""The event stream as server-sent events, for scripts: `curl -N`, EventSource.

Each message carries its place as `id`, which EventSource sends back as
Last-Event-ID when it connects again. Who has no place, or one too old, gets a
snapshot and goes on from there.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Final

from fastapi.responses import StreamingResponse
from starlette.types import Send

from firmware.contract.control import TakeSnapshot
from firmware.contract.errors import TipringError
from firmware.contract.views import Snapshot
from webui.control_link import ControlLink
from webui.event_feed import Client, EventFeed, ReachableMessage, ResyncMessage, SnapshotMessage

LAST_ID: Final = re.compile(r"([\w-]{1,80}):(\d{1,15})")
NUMBERED: Final = re.compile(r'\{"kind":"event","epoch":"([^"]+)","seq":(\d+),')
RESYNC: Final = ResyncMessage().model_dump_json()
STILL_HERE: Final = b""
SNAPSHOT_RETRY_S: Final = 1.0
QUIET_S: Final = 15.0
"""After so long a comment is sent, so that whoever is in between keeps the connection."""
TAKEN_WITHIN_S: Final = 20.0
"""Who does not read for so long is dropped, and may come back with its last id."""


class ScriptStream(StreamingResponse):
    """Ends when the reader stops reading."""

    media_type = "text/event-stream"

    async def stream_response(self, send: Send) -> None:
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        try:
            async for chunk in self.body_iterator:
                body = chunk if isinstance(chunk, bytes) else str(chunk).encode()
                async with asyncio.timeout(TAKEN_WITHIN_S):
                    await send({"type": "http.response.body", "body": body, "more_body": True})
        except TimeoutError:
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def place_of(last_event_id: str | None, epoch: str, after: int) -> tuple[str, int]:
    """Return where the script has got to: its Last-Event-ID, else what the address says."""
    found = LAST_ID.fullmatch(last_event_id or "")
    return (found[1], int(found[2])) if found else (epoch, after)


async def lines(
    feed: EventFeed, link: ControlLink, place: tuple[str, int], ended: asyncio.Task[None]
) -> AsyncGenerator[str]:
    """Yield the stream's text until `ended` is done, which is cancelled afterwards."""
    try:
        while not ended.done():
            with feed.client(*place) as client:
                beating = asyncio.create_task(_beat(client, ended))
                try:
                    async for text in _until_resync(client):
                        yield text
                finally:
                    beating.cancel()
            while not ended.done():
                snapshot = await _snapshot(link)
                if snapshot is not None:
                    place = (snapshot.epoch, snapshot.seq)
                    yield _text(SnapshotMessage(snapshot=snapshot).model_dump_json(), place)
                    break
                yield _text(ReachableMessage(reachable=False).model_dump_json())
                await asyncio.sleep(SNAPSHOT_RETRY_S)
    finally:
        ended.cancel()
        await asyncio.gather(ended, return_exceptions=True)


async def _beat(client: Client, ended: asyncio.Task[None]) -> None:
    while not (await asyncio.wait({ended}, timeout=QUIET_S))[0]:
        client.put(STILL_HERE)
    client.end()


async def _until_resync(client: Client) -> AsyncIterator[str]:
    async with aclosing(client.messages()) as messages:
        async for message in messages:
            if message == RESYNC:
                return
            yield _text(message) if message else ": still here\n\n"


async def _snapshot(link: ControlLink) -> Snapshot | None:
    try:
        return Snapshot.model_validate(await link.ask(TakeSnapshot()))
    except TipringError:
        return None


def _text(message: str, place: tuple[str, int] | None = None) -> str:
    found = NUMBERED.match(message)
    epoch, seq = (found[1], found[2]) if found else place or ("", 0)
    numbered = f"id: {epoch}:{seq}\n" if epoch else ""
    return f"data: {message}\n{numbered}\n"
