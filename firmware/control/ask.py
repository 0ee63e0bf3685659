"""One question to the exchange and its answer, for programs without an event loop (the CLI)."""

import socket
from pathlib import Path
from typing import Final

from pydantic import JsonValue, ValidationError

from firmware.contract.control import Answer, TakeSnapshot
from firmware.contract.errors import RequestRefused, TipringError
from firmware.contract.message import MAX_LINE_BYTES
from firmware.contract.request import Request
from firmware.contract.views import Snapshot

TIMEOUT_S: Final = 10.0


class ExchangeAway(TipringError):
    """Nobody answers on the control socket."""


def control_socket(state: Path) -> Path:
    return state / "run" / "control.sock"


def ask(state: Path, request: Request, timeout_s: float = TIMEOUT_S) -> JsonValue:
    """Return what the exchange answered with `ok`.

    Raises ExchangeAway when it does not answer, RequestRefused (its text and
    faults) when it says no.
    """
    answer = parse_answer(_one_line(control_socket(state), request.to_line(), timeout_s))
    if answer.problem is not None:
        raise Refused(answer)
    return answer.ok


def take_snapshot(state: Path, timeout_s: float = TIMEOUT_S) -> Snapshot:
    """Return the whole state of the box as the page would show it."""
    return Snapshot.model_validate(ask(state, TakeSnapshot(), timeout_s))


class Refused(RequestRefused):
    """The exchange said no; `faults` are the single reasons, if there are several."""

    def __init__(self, answer: Answer) -> None:
        problem = answer.problem
        code, args = (problem.code, problem.args) if problem else ("control.refused", {})
        super().__init__(code, **args)
        self.faults = answer.faults


def parse_answer(line: bytes) -> Answer:
    """Raises ExchangeAway when the line is not an answer: we would not know what it means."""
    try:
        return Answer.model_validate_json(line)
    except ValidationError:
        raise ExchangeAway("control.exchange-away") from None


def _one_line(path: Path, question: bytes, timeout_s: float) -> bytes:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
            wire.settimeout(timeout_s)
            wire.connect(str(path))
            wire.sendall(question)
            with wire.makefile("rb") as lines:
                return lines.readline(MAX_LINE_BYTES)
    except OSError:
        raise ExchangeAway("control.exchange-away") from None
