"""The form every message has: one frozen pydantic model, one line of JSON on a Unix socket.

A session can be read with `socat`. Unknown fields are refused, so a version
skew shows at once. Audio never travels this way: it is on the highway.
"""

from typing import Annotated, ClassVar, Final, TypeAlias
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

MAX_LINE_BYTES: Final = 1 << 20
"""A longer line is nonsense; the reader closes the connection."""

LegId: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-z-]{1,40}$")]
LineId: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$", examples=["gsm-1"])]
DialString: TypeAlias = Annotated[str, Field(pattern=r"^\+?[0-9A-D*#,wp]{1,32}$")]
"""What may be dialled, checked here so that no driver has to; `,` `w` `p` are pauses."""
Digits: TypeAlias = Annotated[str, Field(pattern=r"^[0-9A-D*#]{1,32}$")]
Timeslot: TypeAlias = Annotated[int, Field(ge=0, lt=1024)]


class Message(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    def to_line(self) -> bytes:
        """Return the message as it goes over the socket, newline included."""
        return self.model_dump_json(exclude_defaults=False).encode() + b"\n"


class LegMessage(Message):
    leg_id: LegId


class LineMessage(Message):
    line_id: LineId


def new_leg_id() -> str:
    return uuid4().hex
