"""The ways a call of an extension may take to a number outside, as of now."""

from firmware.calls.call import Call
from firmware.calls.dialled import Dialled
from firmware.calls.office import Office
from firmware.calls.routing_out import RouteOut, route_out
from firmware.contract.texts import Text


def outside_route(office: Office, dialled: Dialled, extension: str | None) -> RouteOut:
    return route_out(dialled, extension, office.config, office.lines, office.tolls.room)


def refusal(call: Call, why: Text) -> None:
    """Note in the call's story why it may not go out."""
    call.step(why.code, None, **why.args)
