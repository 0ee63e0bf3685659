"""The virtual line's wire, pure: packets of a SOCK_SEQPACKET Unix socket in and out.

The first byte tells: `A` and 320 bytes of one block (s16le), or `J` and a JSON
object whose `event` says what happened. README.md has the table.
"""

import json
from typing import Annotated, ClassVar, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from firmware.contract.errors import MessageRefused
from firmware.contract.pcm import BLOCK_BYTES, Samples

AUDIO: Final = b"A"
JSON: Final = b"J"
MAX_PACKET_BYTES: Final = 4096
NUMBER: Final = r"^\+?[0-9*#]{0,32}$"


class FarEndEvent(BaseModel):
    """What the far end says happened; fields that its kind has no use for are None."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    event: Literal["lift", "hang-up", "digit", "flash", "call", "alerting", "answered", "cleared"]
    digit: Annotated[str | None, Field(pattern=r"^[0-9A-D*#]$")] = None
    calling: Annotated[str | None, Field(pattern=NUMBER)] = None
    calling_name: Annotated[str | None, Field(max_length=60)] = None
    called: Annotated[str | None, Field(pattern=NUMBER)] = None
    cause: Annotated[int | None, Field(ge=1, le=127)] = None


def parse(packet: bytes) -> Samples | FarEndEvent:
    """Return the block or the event of one packet; raises MessageRefused for anything else."""
    kind, body = packet[:1], packet[1:]
    if kind == AUDIO and len(body) == BLOCK_BYTES:
        return np.frombuffer(body, "<i2").astype(np.int16)
    if kind == JSON:
        try:
            return FarEndEvent.model_validate_json(body)
        except ValidationError as error:
            raise MessageRefused("virtual.nonsense", size=len(packet)) from error
    raise MessageRefused("virtual.nonsense", size=len(packet))


def audio(block: Samples) -> bytes:
    return AUDIO + block.astype("<i2").tobytes()


def event(name: str, **fields: str | int | None) -> bytes:
    return JSON + json.dumps({"event": name, **fields}).encode()
