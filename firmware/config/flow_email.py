"""The node that writes an e-mail to somebody of the office about this call."""

from typing import Annotated, Literal

from pydantic import Field

from firmware.config.flow_node import FILLED, Exit, Filled, NodeBase, places
from firmware.config.mail import Addresses


class SendEmail(NodeBase):
    """Put a letter into the outbox and go on; the caller never waits for a server."""

    exit_fields = ("next", "failed")
    type: Literal["email"]
    to: Annotated[Addresses, Field(min_length=1)]
    subject: Filled = "{caller}"
    text: Annotated[str, Field(max_length=2000, pattern=FILLED)] = ""
    next: Exit
    failed: Exit | None = None
    """No account is set up, or the outbox is full; None goes on all the same."""

    def uses(self) -> dict[str, tuple[str, ...]]:
        return {"subject": places(self.subject), "text": places(self.text)}
