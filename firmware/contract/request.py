"""What every request of the page and the command line has: its number, and who asks."""

from typing import Annotated, TypeAlias

from pydantic import Field

from firmware.contract.message import Message

Who: TypeAlias = Annotated[str, Field(min_length=1, max_length=80)]
"""Who asks, for the audit: a user of the page, `cli`, or a USB stick."""


class Request(Message):
    id: int = 0
