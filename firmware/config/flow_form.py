"""The form node: several questions, answered by voice or by digits, kept together."""

from typing import Annotated, Literal

from pydantic import Field

from firmware.config.chapter import Chapter, Name
from firmware.config.flow_node import Exit, NodeBase, Retries, Seconds, Variable


class Question(Chapter):
    name: Variable
    """What the answer is called in the list of calls, and in later steps."""
    prompt: Name
    answer: Literal["voice", "digits"] = "voice"
    max_s: Annotated[int, Field(ge=5, le=300)] = 60
    """The longest spoken answer."""
    max_digits: Annotated[int, Field(ge=1, le=32)] = 16


class Form(NodeBase):
    """Ask one question after the other; each answer is kept as soon as it is given."""

    exit_fields = ("next", "timeout")
    type: Literal["form"]
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=20)]
    timeout_s: Seconds = 5.0
    """Silence after a question asked for digits, or after the last digit."""
    end_silence_s: Annotated[int, Field(ge=2, le=30)] = 4
    """So long nothing is said: the answer is done."""
    retries: Retries = 1
    retention_days: Annotated[int, Field(ge=1, le=3650)] = 90
    next: Exit
    timeout: Exit

    def prompts(self) -> dict[str, str]:
        return {f"questions.{at}.prompt": one.prompt for at, one in enumerate(self.questions)}

    def keeps(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.questions if one.answer == "digits")
