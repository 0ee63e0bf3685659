"""Faults of the toll guard's chapters: what contradicts itself and so would never work."""

from collections.abc import Iterable, Iterator
from typing import Final

from firmware.config.fault import Fault
from firmware.config.flows import Connect
from firmware.config.model import Config
from firmware.config.number_kind import NumberKind, countries, number_country, number_kind
from firmware.config.toll_guard import OPENED_BY_COUNTRY, Caps, DialClass
from firmware.config.toml_places import Path

_GUARD: Final = "toll_guard"


def toll_faults(config: Config) -> Iterator[Fault]:
    guard = config.toll_guard
    for key in ("countries", "premium_countries"):
        yield from _no_countries(getattr(guard, key), (_GUARD, key))
    for pattern in sorted({*guard.block} & {*guard.allow}):
        yield Fault("config.blocked-and-allowed", (_GUARD, "allow"), {"value": pattern})
    yield from _flow_class(config)
    for index, one in enumerate(config.dial_classes):
        yield from _dial_class(one, config, ("dial_classes", index))
    yield from _caps(guard, (_GUARD,))
    yield from _never_reached(config)
    for index, out in enumerate(config.routes_out.lines):
        yield from _caps(out, ("routes_out", "lines", index))
        capped = out.money_per_day is not None or out.money_per_month is not None
        if capped and not out.has_a_price:
            key = "money_per_day" if out.money_per_day is not None else "money_per_month"
            yield Fault("config.money-without-price", ("routes_out", "lines", index, key))


def _no_countries(named: Iterable[str], path: Path) -> Iterator[Fault]:
    for country in named:
        if country not in countries():
            yield Fault("config.no-such-country", path, {"value": country})


def _flow_class(config: Config) -> Iterator[Fault]:
    of = config.dial_class_of(None)
    if of.pin is not None:
        yield Fault("config.flow-class-with-pin", (_GUARD, "flow_class"), {"value": of.id})


def _never_reached(config: Config) -> Iterator[Fault]:
    """Mobiles and numbers of flows that nobody could ever be connected with."""
    for index, extension in enumerate(config.extensions):
        if extension.mobile is not None:
            here: Path = ("extensions", index, "mobile")
            yield from _closed(extension.mobile, config.dial_class_of(extension.id), config, here)
    for flow, nodes in config.flows.items():
        for name, node in nodes.nodes.items():
            if isinstance(node, Connect) and node.number is not None:
                here = ("flows", flow, "nodes", name, "number")
                yield from _closed(node.number, config.dial_class_of(None), config, here)


def _closed(number: str, of: DialClass, config: Config, path: Path) -> Iterator[Fault]:
    """A number no plan knows may be of a new range; the call itself will tell."""
    kind, country, guard = number_kind(number), number_country(number), config.toll_guard
    own = config.office.country
    opened = country in {own, *guard.countries} and guard.opens(kind, country)
    in_class = of.countries is None or country in {own, *of.countries}
    fits = guard.excepts(number) or kind in {*of.kinds, NumberKind.OTHER}
    if guard.blocks(number) or not ((opened or guard.excepts(number)) and in_class and fits):
        args = {"value": number, "class": of.name or of.id}
        yield Fault("config.number-closed", path, args)


def _dial_class(one: DialClass, config: Config, here: Path) -> Iterator[Fault]:
    opened = {config.office.country, *config.toll_guard.countries}
    for country in one.countries or ():
        if country not in opened:
            args = {"value": country, "class": one.id}
            yield Fault("config.country-not-opened", (*here, "countries"), args)
    premium = sorted(OPENED_BY_COUNTRY.intersection(one.kinds))
    if premium and not (config.toll_guard.premium_countries or config.toll_guard.allow):
        yield Fault("config.premium-not-opened", (*here, "kinds"), {"value": premium[0].value})
    yield from _caps(one, here)


def _caps(caps: Caps, here: Path) -> Iterator[Fault]:
    pairs = (
        ("minutes_per_day", caps.minutes_per_day, caps.minutes_per_month),
        ("money_per_day", caps.money_per_day, caps.money_per_month),
    )
    for key, day, month in pairs:
        if day is not None and month is not None and day > month:
            args = {"value": str(day), "most": str(month)}
            yield Fault("config.day-above-month", (*here, key), args)
