"""Chapter [backup]: when the box makes a backup of itself, and how many it keeps."""

from typing import Annotated, Literal

from pydantic import Field

from firmware.config.chapter import Chapter
from firmware.config.timetables import Weekday


class Backup(Chapter):
    every: Literal["never", "day", "week"] = "never"
    weekday: Weekday = Weekday.SUNDAY
    """Of a backup made every week."""
    hour: Annotated[int, Field(ge=0, le=23)] = 3
    """Of the office's clock."""
    keep: Annotated[int, Field(ge=1, le=60)] = 7
    """So many stay; older ones make way."""
    recordings: bool = False
    """With the sound of recorded calls; voicemail is always in it."""
    folder: Annotated[str, Field(pattern=r"^(/[A-Za-z0-9_./-]*[A-Za-z0-9_-])?$")] = ""
    """A mounted disk that gets a copy of each, e.g. /srv/tipring-backups; "" for none."""
