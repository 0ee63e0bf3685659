"""What would happen to a call, in sentences: the same rules as for a real one, and nobody rings."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from firmware.calls.dialled import Meaning, understand
from firmware.calls.office import Office
from firmware.calls.routing_in import Arrival, RoutedIn, normalised, route_in
from firmware.calls.routing_out import route_out
from firmware.config.callers import CallerClass, Withheld
from firmware.config.flows import Hours
from firmware.config.model import Config
from firmware.config.number_kind import number_kind
from firmware.config.opening import opening
from firmware.config.routes_in import Destination
from firmware.contract.errors import RequestRefused
from firmware.contract.texts import Text
from firmware.contract.views import Opening
from firmware.contract.whereabouts import LineToTry, TryArrival, TryDialling, WaysOut, Whereabouts


def arrival(office: Office, asked: TryArrival) -> Whereabouts:
    """Return where such a call would go by the rules, whatever is switched at the moment.

    Raises NotFound for a line nobody knows.
    """
    office.lines.entry(asked.line_id)
    config = office.config
    at = _on_the_clock(asked.at, config)
    calling = normalised(asked.calling, config)
    routed = route_in(Arrival(asked.line_id, calling, asked.called or None, at), config)
    return Whereabouts(steps=(*_switched(office), *_steps(config, asked.line_id, routed, at)))


def dialling(office: Office, asked: TryDialling) -> WaysOut:
    """Return the lines a call out would try as things are now, but for the time.

    Raises RequestRefused for what is no number outside.
    """
    config = office.config
    dialled = understand(asked.number, config)
    if dialled.meaning not in (Meaning.OUTSIDE, Meaning.EMERGENCY):
        raise RequestRefused("route.not-a-number", number=asked.number)
    at = _on_the_clock(asked.at, config)
    room = office.tolls.room
    route = route_out(dialled, asked.extension, config, office.lines, room, at=at, pin_given=True)
    is_outside = dialled.meaning is Meaning.OUTSIDE
    return WaysOut(
        number=dialled.number,
        kind=number_kind(dialled.number).value if is_outside else "emergency",
        lines=tuple(
            LineToTry(line_id=way.line_id, cost_per_minute=float(way.cost_per_minute))
            for way in route.ways
        ),
        refused=route.refused,
    )


def _on_the_clock(at: datetime, config: Config) -> datetime:
    return at.replace(tzinfo=ZoneInfo(config.office.timezone))


def _switched(office: Office) -> Iterator[Text]:
    if office.features.opening is not Opening.BY_HOURS:
        yield Text(code=f"preview.switched-{office.features.opening.value}")


def _steps(config: Config, line_id: str, routed: RoutedIn, at: datetime) -> Iterator[Text]:
    line = config.line(line_id)
    if line is not None and not line.enabled:
        yield Text(code="preview.line-off")
        return
    yield from _caller(config, routed)
    if routed.caller is CallerClass.BLOCKED:
        return
    if routed.closure is not None:
        name = routed.closure.name or routed.closure.id
        yield Text(code="preview.closure", args={"name": name})
        if routed.closure.prompt is not None:
            yield Text(code="preview.hears", args={"prompt": routed.closure.prompt})
    yield from _rule(config, routed, at)
    if routed.to is not None:
        yield from _destination(config, routed.to, at)


def _caller(config: Config, routed: RoutedIn) -> Iterator[Text]:
    match routed.caller:
        case CallerClass.BLOCKED:
            yield Text(code="preview.blocked")
        case CallerClass.VIP:
            yield Text(code="preview.vip")
        case CallerClass.WITHHELD if config.callers.withheld is Withheld.CHALLENGE:
            yield Text(code="preview.challenge")
        case _:
            pass


def _rule(config: Config, routed: RoutedIn, at: datetime) -> Iterator[Text]:
    """Say which rule fits, and why those before it with hours do not."""
    if routed.to is None:
        yield Text(code="preview.nothing-fits")
    last = routed.rule or (0 if routed.to is not None else len(config.routes_in))
    for place, rule in enumerate(config.routes_in[:last], start=1):
        if rule.timetable is None:
            continue
        found = opening(config, rule.timetable, at)
        if place == routed.rule or not found.is_open:
            yield from _hours(config, rule.timetable, at)
    if routed.rule is not None:
        yield Text(code="preview.rule", args={"rule": routed.rule})


def _hours(config: Config, timetable: str, at: datetime) -> Iterator[Text]:
    found = opening(config, timetable, at)
    code = "preview.open" if found.is_open else "preview.closed"
    yield Text(code=code, args={"timetable": timetable})
    yield found.why


def _destination(config: Config, to: Destination, at: datetime) -> Iterator[Text]:
    flow = config.flows.get(to.flow or "")
    extension = config.extension(to.extension or "")
    group, box = config.group(to.group or ""), config.mailbox(to.voicemail or "")
    if flow is not None:
        yield Text(code="preview.to-flow", args={"flow": to.flow or ""})
        first = flow.nodes.get(flow.start)
        if isinstance(first, Hours):
            yield from _hours(config, first.timetable, at)
    elif extension is not None:
        args: dict[str, str | int | float] = {"extension": extension.id, "name": extension.name}
        yield Text(code="preview.to-extension", args=args)
    elif group is not None:
        yield Text(code="preview.to-group", args={"group": group.name or group.id})
    elif box is not None:
        yield Text(code="preview.to-voicemail", args={"mailbox": box.name or box.id})
    else:
        yield Text(code="preview.to-hang-up")
