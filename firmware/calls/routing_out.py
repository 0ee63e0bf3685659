"""Which lines a call out may take, in which order, and whether it may go out at all.

Emergency goes first and is never refused; then the toll guard's ordered rules,
then caps, then the cheapest line able to do it, then the next one when the network fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from firmware.calls.charge import Charge, Payer
from firmware.calls.dialled import Dialled, Meaning, as_dialled, to_e164
from firmware.calls.line_book import LineBook, LineEntry
from firmware.calls.toll_guard import Asked, is_abroad, refusal
from firmware.config.model import Config
from firmware.config.number_kind import number_country, number_kind
from firmware.config.routes_out import LineOut
from firmware.contract.causes import Cause
from firmware.contract.line_state import Ability, Audio, Health
from firmware.contract.message import LineId
from firmware.contract.texts import Text

TRY_ANOTHER_LINE: Final = frozenset(
    {
        Cause.CHANNEL_UNACCEPTABLE,
        Cause.NO_CIRCUIT_AVAILABLE,
        Cause.NETWORK_OUT_OF_ORDER,
        Cause.TEMPORARY_FAILURE,
        Cause.SWITCHING_EQUIPMENT_CONGESTION,
        Cause.REQUESTED_CIRCUIT_NOT_AVAILABLE,
        Cause.RESOURCE_UNAVAILABLE,
        Cause.SERVICE_NOT_AVAILABLE,
        Cause.RECOVERY_ON_TIMER_EXPIRY,
        Cause.PROTOCOL_ERROR,
    }
)
"""The line or the network failed, not the called party."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """One line to try and what to dial there."""

    line_id: LineId
    called: str
    cost_per_minute: Decimal = Decimal(0)
    extension: str | None = None
    """Whose call it is; None for flows and callers from outside."""
    abroad: bool = False
    country: str | None = None
    emergency: bool = False
    """Costs nothing, counts for nothing, and clears a call that is in its way."""


@dataclass(frozen=True, slots=True)
class RouteOut:
    """Ways in the order to try; without any, `refused` says why."""

    ways: tuple[WayOut, ...] = ()
    refused: Text | None = None


Room: TypeAlias = Callable[[Payer, Decimal], Text | None]
"""Says why a call at that price a minute cannot begin now, None when it can."""


def emergency_ways(number: str, lines: LineBook) -> tuple[WayOut, ...]:
    """Return every line an emergency call could take: free ones, busy ones, then without service.

    A GSM modem that is registered nowhere may still reach emergency services
    over a foreign network.
    """
    able = [entry for entry in lines.entries() if _could_place(entry)]
    ready = [entry for entry in able if entry.state.health is Health.READY]
    free = [entry for entry in ready if lines.is_free(entry.state.line_id)]
    busy = [entry for entry in ready if entry not in free]
    last = [entry for entry in able if entry.state.health is Health.NO_SERVICE]
    return tuple(
        WayOut(entry.state.line_id, number, emergency=True) for entry in (*free, *busy, *last)
    )


def route_out(
    dialled: Dialled,
    extension: str | None,
    config: Config,
    lines: LineBook,
    room: Room,
    *,
    at: datetime | None = None,
    pin_given: bool = False,
) -> RouteOut:
    """Return the ways a call of `extension` (None: of a flow) may take to `dialled`.

    `at` is an aware time, None is now. Where a PIN is asked for and has not
    been given, the call is refused with `toll.pin-needed`.
    """
    if dialled.meaning is Meaning.EMERGENCY:
        ways = emergency_ways(dialled.number, lines)
        return RouteOut(ways, None if ways else Text(code="route.no-line-at-all"))
    if dialled.meaning is not Meaning.OUTSIDE:
        return RouteOut(refused=Text(code="route.not-a-number", args={"number": dialled.number}))
    asked = Asked(dialled.number, extension, at or datetime.now(UTC), pin_given)
    refused = refusal(asked, config)
    if refused is not None:
        return RouteOut(refused=refused)
    abroad = is_abroad(dialled.number, config)
    kind = number_kind(dialled.number)
    able = [
        (price(dialled.number, out, config), out.line)
        for out in _lines_out(config)
        if lines.can_talk(out.line, Ability.PLACE) and out.carries(kind, abroad=abroad)
    ]
    refusals = {line: room(Payer(line, extension), cost) for cost, line in able}
    if able and all(refusals.values()):
        return RouteOut(refused=refusals[able[0][1]])
    country = number_country(dialled.number)
    ways = tuple(
        WayOut(
            line,
            _called(dialled.number, lines.entry(line), config),
            cost,
            extension=extension,
            abroad=abroad,
            country=country,
        )
        for cost, line in sorted(able, key=lambda one: one[0])
        if refusals[line] is None and lines.is_free(line)
    )
    return RouteOut(ways, None if ways else Text(code="route.no-free-line"))


def price(e164: str, out: LineOut, config: Config) -> Decimal:
    """Return what a minute to that number costs over that line."""
    return out.cost_of_minute(e164, number_kind(e164), abroad=is_abroad(e164, config))


def charge_of_leg(
    called: str, line_id: LineId, extension: str | None, config: Config
) -> Charge | None:
    """Return what a call we placed costs whom; None for what is no number, e.g. emergency."""
    number = to_e164(called, config.office.country)
    if number is None:
        return None
    cost = price(number, config.routes_out.of(line_id) or LineOut(line=line_id), config)
    return Charge(Payer(line_id, extension), cost, is_abroad(number, config))


def _could_place(entry: LineEntry) -> bool:
    return (
        entry.settings is not None
        and entry.state.audio is Audio.FULL
        and Ability.PLACE in entry.state.abilities
    )


def _lines_out(config: Config) -> tuple[LineOut, ...]:
    if config.routes_out.lines:
        return config.routes_out.lines
    return tuple(LineOut(line=line.id) for line in config.lines)


def _called(e164: str, entry: LineEntry, config: Config) -> str:
    national = entry.state.driver == "fxo"
    return as_dialled(e164, config.office.country, national=national)
