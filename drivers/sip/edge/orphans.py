"""Ends the calls of a signalling worker that died: nobody else would tell the phones."""

import asyncio
import logging
import socket
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from drivers.sip.edge import rpc
from drivers.sip.edge.place import EdgeWorker
from firmware.contract.errors import LineError

log = logging.getLogger(__name__)

CONFIRMED: Final = 3
"""First of the dialog module's states in which BYE is right; before, it is CANCEL."""
KEEP_ALIVE: Final = b"\r\n\r\n"
"""RFC 5626: a worker that is there drops it."""
PATIENCE_S: Final = 0.2
SORRY: Final = (503, "Call lost")


async def end_orphans(path: Path, workers: Collection[EdgeWorker], inner_port: int) -> None:
    """End the calls whose worker is neither one of `workers` nor there at all.

    One that only takes no new calls goes on with those it has. Raises LineError
    when Kamailio is not there.
    """
    calls = await rpc.table(path, "calls")
    strangers = set(calls.values()) - {worker.incarnation for worker in workers}
    dead = {one for one in strangers if await _is_dead(int(one.rpartition("-")[2]))}
    orphans = {call for call, worker in calls.items() if worker in dead}
    if not orphans:
        return
    log.warning("%s calls of %s are ended: it died", len(orphans), ", ".join(sorted(dead)))
    for dialog in await _dialogs(path):
        if dialog["call-id"] in orphans:
            await _end(path, dialog, inner_port)
    for call in orphans:
        await _ask_in_vain(path, "htable.delete", "calls", call)


async def _end(path: Path, dialog: dict[str, Any], inner_port: int) -> None:
    """Say BYE to both sides of a call; of one that is not answered, tell the living side."""
    if dialog["state"] >= CONFIRMED:
        await _ask_in_vain(path, "dlg.end_dlg", dialog["h_entry"], dialog["h_id"])
        return
    call, number = dialog["call-id"], dialog["caller"]["cseq"]
    if dialog["caller"]["socket"] == f"udp:127.0.0.1:{inner_port}":
        await _ask_in_vain(path, "tm.cancel", call, number)
    else:
        await _ask_in_vain(path, "tm.reply_callid", *SORRY, call, number, "edge", ".")


async def _dialogs(path: Path) -> list[dict[str, Any]]:
    dialogs = await rpc.ask(path, "dlg.list")
    return dialogs if isinstance(dialogs, list) else []


async def _ask_in_vain(path: Path, method: str, *params: str | int) -> None:
    """What is over already cannot be ended, and that is fine."""
    with suppress(LineError):
        await rpc.ask(path, method, *params)


async def _is_dead(port: int) -> bool:
    """Return whether nothing listens there: the kernel says so on loopback."""
    loop = asyncio.get_running_loop()
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.setblocking(False)
        probe.connect(("127.0.0.1", port))
        try:
            async with asyncio.timeout(PATIENCE_S):
                await loop.sock_sendall(probe, KEEP_ALIVE)
                await loop.sock_recv(probe, 1)
        except ConnectionRefusedError:
            return True
        except TimeoutError:
            pass
    return False
