"""A letter, and the one thing the rest of the box does with it: `send`.

    await office.mail.send(Letter(to=("office@example.com",), subject="…", body="…"))

returns as soon as the letter is safe in the outbox, long before a server has it,
so a call may wait for it. What is wrong with the letter is told there and then;
what goes wrong on the way is tried again for two days and then raises an alarm.
"""

import re
from pathlib import PurePosixPath
from typing import Annotated, ClassVar, Final, Protocol

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from firmware.config.mail import Addresses
from firmware.contract.errors import RequestRefused

MAX_BODY: Final = 20_000
MAX_SUBJECT: Final = 200
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class MailRefused(RequestRefused):
    """No account is set up, or the outbox is full: this letter was not taken."""


def _one_line(value: str) -> str:
    """A caller's name may say anything; in a subject it is words on one line."""
    return " ".join(_UNPRINTABLE.sub(" ", value).split())[:MAX_SUBJECT]


def _lines(value: str) -> str:
    return _UNPRINTABLE.sub("", value.replace("\r\n", "\n"))[:MAX_BODY]


def _below_state(value: str) -> str:
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError("a sound stands below the state folder")
    return value


class Letter(BaseModel):
    """Raises ValidationError for an address that is none; all else is made to fit."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    to: Annotated[Addresses, Field(min_length=1)]
    subject: Annotated[str, BeforeValidator(_one_line)]
    body: Annotated[str, BeforeValidator(_lines)]
    """Plain text."""
    sound: Annotated[str, AfterValidator(_below_state)] | None = None
    """A file below the state folder, such as voicemail/….flac, attached as MP3."""
    sound_name: Annotated[str, Field(pattern=r"^[\w.-]{1,80}\.mp3$")] = "message.mp3"


class Mail(Protocol):
    @property
    def is_set_up(self) -> bool:
        """Whether there is an account to write from."""

    async def send(self, letter: Letter) -> None:
        """Return once the letter is in the outbox. Raises MailRefused."""


class NoMail:
    """For an office without an outbox, such as one of a test."""

    is_set_up = False

    async def send(self, letter: Letter) -> None:
        raise MailRefused("mail.not-set-up")
