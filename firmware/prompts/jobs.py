"""What the worker is asked to render, and what it answers: JSON lines on its pipes."""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from firmware.contract.texts import Text


class Job(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    name: str
    """How a person knows it: the prompt's or the uploaded file's name."""
    target: str
    """Absolute path of the sound to make."""


class Speak(Job):
    do: Literal["speak"] = "speak"
    text: str
    language: str


class Convert(Job):
    do: Literal["convert"] = "convert"
    source: str


class Rendered(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    target: str
    duration_ms: int = 0
    fault: Text | None = None


AnyJob: TypeAlias = Annotated[Speak | Convert, Field(discriminator="do")]
JOBS: TypeAdapter[AnyJob] = TypeAdapter(AnyJob)
