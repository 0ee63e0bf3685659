"""The call-back node: the box promises to call the caller back, and keeps its word."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from firmware.config.chapter import ExtensionId, Name
from firmware.config.flow_node import Exit, NodeBase, Variable


class CallBack(NodeBase):
    """Note that the caller is to be called back by somebody, in opening hours."""

    exit_fields = ("next", "failed")
    type: Literal["callback"]
    extensions: tuple[ExtensionId, ...] = ()
    group: Name | None = None
    timetable: Name
    variable: Variable | None = None
    """The number to call; None is the caller's own."""
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    every_min: Annotated[int, Field(ge=1, le=1440)] = 15
    """Between two tries."""
    prompt: Name = "call-back-promised"
    """Said once the promise is kept in the store."""
    next: Exit
    failed: Exit
    """No number, or one that may not be called."""

    @model_validator(mode="after")
    def exactly_one(self) -> Self:
        if bool(self.extensions) == (self.group is not None):
            raise PydanticCustomError("config.one-to-connect", "exactly one to connect to")
        return self

    def uses(self) -> dict[str, tuple[str, ...]]:
        return {} if self.variable is None else {"variable": (self.variable,)}
