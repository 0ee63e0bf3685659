"""What the worker is asked to send, and what it answers."""

from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from firmware.config.mail import Mail
from firmware.contract.texts import Text
from firmware.mail.faults import Blame
from firmware.mail.letter import Letter


class Job(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    letter_id: str
    letter: Letter
    account: Mail
    office: str
    state: Path


class Outcome(BaseModel):
    """Without a fault the server has taken the letter."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    fault: Text | None = None
    blame: Blame | None = None
