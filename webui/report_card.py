"""What a device that is plugged in can do, and why not: one card each for the first set-up."""

from typing import Final, Literal, Self

from pydantic import BaseModel

from firmware.contract.line_state import Ability, Audio, Health, LineState
from firmware.contract.texts import Text
from firmware.contract.views import LineView


class Point(BaseModel):
    """`can` is None where only the first call will tell."""

    what: Literal["voice", "two-way", "caller-id", "sms"]
    can: bool | None


class ReportCard(BaseModel):
    line_id: str
    driver: str
    name: str
    """What the owner calls it, else what it calls itself."""
    number: str | None
    operator: str | None
    signal_dbm: int | None
    health: Health
    is_line: bool
    """Set up already; else this set-up makes it a line."""
    phone: bool
    points: list[Point]
    why: Text | None
    """What keeps it from something, or from working at all."""

    @classmethod
    def of(cls, view: LineView) -> Self:
        line = view.line
        identity = line.identity
        return cls(
            line_id=line.line_id,
            driver=line.driver,
            name=view.label or _calls_itself(line),
            number=view.number or identity.get("number"),
            operator=identity.get("operator"),
            signal_dbm=line.signal_dbm,
            health=line.health,
            is_line=line.health is not Health.UNASSIGNED,
            phone=Ability.PHONE in line.abilities,
            points=points_of(line),
            why=None if line.why and line.why.code in NO_FAULT else line.why,
        )


def _calls_itself(line: LineState) -> str:
    """A practice phone's model says nothing."""
    names = ("serial", "model") if line.driver == "virtual" else ("model", "serial")
    return next((line.identity[name] for name in names if name in line.identity), line.line_id)


NO_FAULT: Final = frozenset({"fxo.unassigned"})
"""Says of a device that it is new, which the set-up is about to change."""


def points_of(line: LineState) -> list[Point]:
    """A phone has no text messages and shows whatever number we send it: two points do."""
    unknown = not _looked_into(line)
    voice = None if unknown else line.audio is not Audio.NONE
    points = [
        Point(what="voice", can=voice),
        Point(what="two-way", can=None if unknown else line.audio is Audio.FULL),
    ]
    if Ability.PHONE in line.abilities:
        return points
    return [
        *points,
        Point(what="caller-id", can=_caller_id(line, voice)),
        Point(what="sms", can=Ability.SMS in line.abilities),
    ]


def _looked_into(line: LineState) -> bool:
    """An analogue modem tells its model once it was started; before that it is a name only."""
    return line.driver != "fxo" or "model" in line.identity


def _caller_id(line: LineState, voice: bool | None) -> bool | None:
    """Whether an analogue line sends it depends on what was ordered from the phone company."""
    return None if line.driver == "fxo" and voice else voice
