"""One question to the practice network: a JSON line there, a JSON line back."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import JsonValue

from firmware.contract.errors import NotFound, RequestRefused
from firmware.contract.message import MAX_LINE_BYTES
from firmware.contract.texts import Text

WITHIN_S: Final = 10.0


async def ask(
    state: Path, request: Mapping[str, JsonValue], within_s: float = WITHIN_S
) -> dict[str, Any]:
    """Return the answer. Raises NotFound without a practice network, RequestRefused on its no."""
    try:
        async with asyncio.timeout(within_s):
            line = await _exchange(state / "practice" / "control", json.dumps(request).encode())
        answer = json.loads(line)
    except (OSError, TimeoutError, ValueError):
        raise NotFound("web.no-practice") from None
    if not isinstance(answer, dict):
        raise NotFound("web.no-practice")
    if answer.get("problem"):
        problem = Text.model_validate(answer["problem"])
        kind = NotFound if "no-such" in problem.code else RequestRefused
        raise kind(problem.code, **problem.args)
    return answer


async def _exchange(path: Path, request: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(path, limit=MAX_LINE_BYTES)
    try:
        writer.write(request + b"\n")
        return await reader.readline()
    finally:
        writer.close()
