"""When a backup is due: at an hour of the office's clock, each day or one day of the week.

A moment that was missed, because the box was off or the disk full, is made up for.
"""

from datetime import datetime, timedelta
from typing import Final

from firmware.config.backup import Backup
from firmware.config.timetables import Weekday

AGAIN_AFTER: Final = timedelta(hours=1)
_DAYS: Final = tuple(Weekday)


def is_due(plan: Backup, now: datetime, last: datetime | None, *, made: bool) -> bool:
    """Say whether to make one now; `last` is when it was last tried, `made` whether it worked.

    `now` is in the office's zone.
    """
    if plan.every == "never":
        return False
    if last is None or last > now or last < _last_moment(plan, now):
        return True
    return not made and now - last >= AGAIN_AFTER


def next_moment(plan: Backup, now: datetime) -> datetime | None:
    """Return when the schedule next asks for one, None when it never does."""
    if plan.every == "never":
        return None
    return _last_moment(plan, now) + timedelta(days=1 if plan.every == "day" else 7)


def _last_moment(plan: Backup, now: datetime) -> datetime:
    """Return the last moment of the schedule that is not ahead."""
    moment = now.replace(hour=plan.hour, minute=0, second=0, microsecond=0)
    if plan.every == "week":
        moment -= timedelta(days=(now.weekday() - _DAYS.index(plan.weekday)) % 7)
    if moment > now:
        moment -= timedelta(days=1 if plan.every == "day" else 7)
    return moment
