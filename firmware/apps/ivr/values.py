"""Values of a call in its flow: set, tested, and put into texts."""

from firmware.calls.visit import Visit
from firmware.config.flow_node import filled
from firmware.config.flow_values import CompareValue, SetValue


def value_of(visit: Visit, name: str) -> str:
    """Return a value of the call; one that was never given is empty."""
    given = {
        "caller": visit.caller.number,
        "called": visit.call.row.called,
        "line": visit.caller.line_id,
        "language": visit.call.language,
    }
    return visit.call.variables.get(name) or given.get(name) or ""


def set_value(visit: Visit, node: SetValue) -> str:
    """The story says what was filled in, not with what: it may be a secret."""
    visit.call.variables[node.variable] = filled(node.value, lambda name: value_of(visit, name))
    visit.call.step("ivr.value-set", None, variable=node.variable, value=node.value)
    return node.next


def compare_value(visit: Visit, node: CompareValue) -> str:
    holds = node.holds(value_of(visit, node.variable))
    visit.call.step("ivr.value-holds" if holds else "ivr.value-differs", variable=node.variable)
    return node.yes if holds else node.no
