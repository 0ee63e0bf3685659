"""The state of the box as page and command line see it: built from what is, kept nowhere."""

from firmware.calls.office import Office
from firmware.calls.toll_caps import caps_in_use
from firmware.contract.message import LineId
from firmware.contract.views import CapView, LineView


def line_view(office: Office, line_id: LineId) -> LineView:
    """Raises NotFound."""
    entry = office.lines.entry(line_id)
    settings = entry.settings
    return LineView(
        line=entry.state,
        label=settings.label if settings else "",
        number=settings.number if settings else entry.state.identity.get("number"),
        enabled=settings.enabled if settings else True,
        calls=office.lines.legs_on(line_id),
    )


def line_views(office: Office) -> tuple[LineView, ...]:
    """In the order of the configuration, then what is plugged in but not configured."""
    return tuple(line_view(office, entry.state.line_id) for entry in office.lines.entries())


def cap_views(office: Office) -> tuple[CapView, ...]:
    """Return what is used of each limit for calls out: the box, flows, extensions, lines."""
    return tuple(
        CapView(
            scope=cap.account.scope.value,
            id=cap.account.id,
            per="month" if cap.is_of_month else "day",
            unit=office.config.office.currency if cap.is_money else "min",
            used=round(float(cap.used), 2),
            limit=float(cap.limit),
        )
        for cap in caps_in_use(office.config, office.tolls.ledger)
    )
