"""Where a call goes that comes in: the first rule that fits decides."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from firmware.calls.dialled import to_e164
from firmware.config.callers import CallerClass
from firmware.config.closures import Closure, closure_at
from firmware.config.model import Config
from firmware.config.opening import is_open
from firmware.config.routes_in import Destination, RouteIn


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call as it came in; `calling` is in E.164 form, None when withheld."""

    line_id: str
    calling: str | None
    called: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class RoutedIn:
    """`to` is None when nothing fits; `rule` counts from 1.

    `closure` is on: its prompt is said before anything else.
    """

    caller: CallerClass
    to: Destination | None
    rule: int | None = None
    closure: Closure | None = None


def normalised(number: str | None, config: Config) -> str | None:
    """Return a caller's number in E.164 form; one no plan knows stays as the network told it."""
    if not number:
        return None
    return to_e164(number, config.office.country) or number


IsOpen = Callable[[Config, str, datetime], bool]
"""Whether a timetable is open, unless somebody has switched the office open or closed."""


def route_in(
    arrival: Arrival, config: Config, open_at: IsOpen = is_open, *, closures: bool = True
) -> RoutedIn:
    """Without `closures` those of the office do not count: somebody has switched it open."""
    caller = config.callers.classify(arrival.calling)
    if caller is CallerClass.BLOCKED:
        return RoutedIn(caller, None)
    on = config.closures if closures else ()
    closure = closure_at(on, config.office.timezone, arrival.at)
    if closure is not None and closure.to is not None:
        return RoutedIn(caller, closure.to, closure=closure)
    for place, rule in enumerate(config.routes_in, start=1):
        if _fits(rule, arrival, caller, config, open_at):
            return RoutedIn(caller, rule.to, place, closure)
    return RoutedIn(caller, None, closure=closure)


def _fits(
    rule: RouteIn, arrival: Arrival, caller: CallerClass, config: Config, open_at: IsOpen
) -> bool:
    on_line = not rule.lines or arrival.line_id in rule.lines
    to_number = not rule.called or _called_fits(arrival, rule.called, config)
    by_caller = not rule.callers or caller in rule.callers
    return (
        on_line
        and to_number
        and by_caller
        and (rule.timetable is None or open_at(config, rule.timetable, arrival.at))
    )


def _called_fits(arrival: Arrival, wanted: tuple[str, ...], config: Config) -> bool:
    line = config.line(arrival.line_id)
    called = arrival.called or (line.number if line else None)
    ours = normalised(called, config)
    return ours is not None and any(ours == normalised(one, config) for one in wanted)
