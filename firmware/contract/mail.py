"""What the page may ask about e-mail: how the outbox stands, and a letter to try an account."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from firmware.contract.message import Message
from firmware.contract.request import Request, Who
from firmware.contract.texts import Text


class LetterView(Message):
    """A letter that waits, or was given up; what is written in it stays on the box."""

    letter_id: str
    to: tuple[str, ...]
    subject: str
    queued_at: AwareDatetime
    tries: int
    fault: Text | None = None
    """What the last try came to."""
    given_up: bool = False


class TrialView(Message):
    """The last letter that was sent to try an account."""

    to: str
    running: bool = False
    fault: Text | None = None
    """None once it is over: the server has taken the letter."""


class MailView(Message):
    letters: tuple[LetterView, ...] = ()
    """Newest first, at most 50."""
    waiting: int = 0
    trial: TrialView | None = None


class ReadMail(Request):
    """Answer: MailView."""

    do: Literal["read-mail"] = "read-mail"


class TryMail(Request):
    """Send one letter with these settings of [mail], live or not; `read-mail` tells the outcome.

    Without a password the kept one is used, if server, port and user are those it is kept for.
    """

    do: Literal["try-mail"] = "try-mail"
    account: Annotated[dict[str, str | int | None], Field(max_length=20)]
    to: Annotated[str, Field(max_length=254)]
    who: Who
