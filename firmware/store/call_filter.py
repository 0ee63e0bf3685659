"""Which calls a person looks for."""

from datetime import UTC, datetime
from typing import Annotated, ClassVar, Final, TypeAlias

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from firmware.contract.message import LineId
from firmware.store.call_rows import Length
from firmware.store.rows import Disposition

FIRST_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)
LAST_MOMENT: Final = datetime(2200, 1, 1, tzinfo=UTC)


def _within_reason(at: datetime) -> datetime:
    """No call is older or later, and every table of time ends somewhere beyond."""
    return min(max(at, FIRST_MOMENT), LAST_MOMENT)


Moment: TypeAlias = Annotated[AwareDatetime, AfterValidator(_within_reason)]
Wanted: TypeAlias = Annotated[str, Field(max_length=100)]


class CallFilter(BaseModel):
    """Everything given must hold; None asks for nothing."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    text: Wanted | None = None
    """Found anywhere in a number, a name or a note of a call that is over; a number may be
    typed as people do. Fewer than three characters are an extension."""
    number: Wanted | None = None
    """Digits as a person types them; a leading 0 or 00 and all signs do not matter."""
    line_id: LineId | None = None
    extension: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    """Somebody whose phone rang or who talked."""
    incoming: bool | None = None
    disposition: Disposition | None = None
    length: Length | None = None
    since: Moment | None = None
    until: Moment | None = None
    """Began before this."""
    recorded: bool | None = None
    voicemail: bool | None = None
    starred: bool | None = None
