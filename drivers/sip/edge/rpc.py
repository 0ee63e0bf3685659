"""Questions to the running Kamailio: JSON-RPC, a datagram each, over a Unix socket."""

import asyncio
import json
import socket
from itertools import count
from pathlib import Path
from typing import Final

from firmware.contract.errors import LineError, LineTimeout

PATIENCE_S: Final = 2.0
LONGEST_ANSWER: Final = 1 << 20

_numbers: Final = count(1)


async def ask(path: Path, method: str, *params: str | int) -> object:
    """Return the result. Raises LineTimeout when Kamailio is away or mute, LineError when it
    says no.
    """
    number = next(_numbers)
    request = {"jsonrpc": "2.0", "method": method, "params": params, "id": number}
    try:
        async with asyncio.timeout(PATIENCE_S):
            answer = json.loads(await _exchange(path, json.dumps(request).encode()))
    except (OSError, TimeoutError, ValueError):  # ValueError: an answer that was cut short
        raise LineTimeout("sip.edge-mute", method=method) from None
    if "error" in answer:
        raise LineError("sip.edge-refused", method=method, why=str(answer["error"]))
    return answer.get("result")


async def table(path: Path, name: str) -> dict[str, str]:
    """Return what stands in one of Kamailio's tables now; raises as `ask` does."""
    slots = await ask(path, "htable.dump", name)
    assert isinstance(slots, list)
    return {item["name"]: str(item["value"]) for slot in slots for item in slot["slot"]}


async def _exchange(path: Path, request: bytes) -> bytes:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
        ours.setblocking(False)
        ours.bind("")  # a name made up by the kernel, so that an answer finds us
        ours.connect(str(path))
        await loop.sock_sendall(ours, request)
        return await loop.sock_recv(ours, LONGEST_ANSWER)
