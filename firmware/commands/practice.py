"""`tipring practice`: play the outside world of a box that runs with practice lines.

Talks JSON lines to STATE/practice/control and knows nothing else of the practice network.
"""

import json
import socket
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from firmware.commands.state_option import add_state_option
from firmware.commands.wording import say
from firmware.contract.errors import NotFound, RequestRefused
from firmware.contract.texts import Text
from firmware.store.archive import Archive
from firmware.store.call_filter import CallFilter

Json = dict[str, Any]
PHONE_ACTIONS: Final = ("answer", "dial", "press", "flash", "hangup")


def arguments(parser: ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="practice", required=True, metavar="call|lines|phone|press")
    call = kinds.add_parser("call", help="somebody outside calls in on a practice line")
    _call_arguments(call)
    lines = kinds.add_parser("lines", help="the practice lines and their numbers")
    phone = kinds.add_parser("phone", help="use a practice phone by hand")
    phone.add_argument("id", metavar="ID", help="the phone's line, e.g. phone-1")
    phone.add_argument("action", choices=PHONE_ACTIONS)
    phone.add_argument("digits", nargs="?", metavar="NUMBER|DIGITS", help="for dial and press")
    press = kinds.add_parser("press", help="whoever called a line presses keys")
    press.add_argument("line", metavar="LINE", help="the line that was called, e.g. gsm-1")
    press.add_argument("digits", metavar="DIGITS")
    for command in (call, lines, phone, press):
        add_state_option(command)
        command.add_argument("--json", action="store_true", help="print JSON")


def _call_arguments(call: ArgumentParser) -> None:
    call.add_argument("--line", required=True, metavar="LINE", help="the line to call, e.g. gsm-1")
    call.add_argument(
        "--from", required=True, dest="number", metavar="NUMBER", help="who calls; '' withholds it"
    )
    call.add_argument("--to", metavar="NUMBER", help="call this number, not the line's own")
    call.add_argument("--press", default="", metavar="DIGITS", help="press these keys")
    call.add_argument(
        "--press-after", type=float, default=2.0, metavar="S", help="after the answer"
    )
    call.add_argument("--say", type=_file, metavar="FILE.wav", help="say this after the answer")
    call.add_argument("--hangup-after", type=float, metavar="S", help="after the answer")
    call.add_argument("--record", type=_file, metavar="FILE.wav", help="keep what is heard")


def main(options: Namespace) -> int:
    """Raises NotFound without a practice network, RequestRefused for what it will not do."""
    act: dict[str, Callable[[Namespace], Json]] = {
        "call": _call,
        "lines": lambda _: {"do": "lines"},
        "press": lambda given: {"do": "press", "line_id": given.line, "digits": given.digits},
        "phone": lambda given: {
            "do": "phone",
            "line_id": given.id,
            "action": given.action,
            "digits": given.digits,
        },
    }
    began_at = datetime.now(UTC)
    answer = _ask(options.state / "practice" / "control", act[options.practice](options))
    answer.pop("re", None)
    if options.practice == "call":
        answer["call_id"] = _call_id(options, began_at)
    if options.json:
        result = answer["lines"] if options.practice == "lines" else answer
        json.dump(result, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
    else:
        _SAY[options.practice](answer)
    return 0


def _call(given: Namespace) -> Json:
    return {
        "do": "call",
        "line_id": given.line,
        "number": given.number,
        "to": given.to,
        "press": given.press,
        "press_after_s": given.press_after,
        "say": given.say or False,
        "hang_up_after_s": given.hangup_after,
        "record": given.record,
    }


def _call_id(given: Namespace, began_at: datetime) -> str:
    """Return the box's id of the call; the wire carries none, so it is the first since then."""
    if given.to is not None:
        return ""  # it came in over whatever line has that number
    since = CallFilter(line_id=given.line, incoming=True, since=began_at)
    calls = Archive(given.state / "tipring.db").calls(since)
    return calls[-1].call_id if calls else ""


def _file(text: str) -> str:
    """Return an absolute path: the practice network runs in another folder."""
    return str(Path(text).absolute())


def _ask(path: Path, request: Json) -> Json:
    """Return the answer, however long it takes."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(json.dumps(request).encode() + b"\n")
            line = connection.makefile("rb").readline()
    except OSError as error:
        raise NotFound("practice.no-network") from error
    if not line:
        raise NotFound("practice.no-network")
    answer: Json = json.loads(line)
    if "problem" in answer:
        problem = Text.model_validate(answer["problem"])
        raise RequestRefused(problem.code, **problem.args)
    return answer


def _say_call(account: Json) -> None:
    if account["answered"]:
        say("practice.answered", ring=account["ring_s"], talk=account["talk_s"])
    else:
        say("practice.not-answered", cause=account["cause"])
    if account["digits_heard"]:
        say("practice.keys-heard", digits=account["digits_heard"])
    if account["tones_heard"]:
        say("practice.tones-heard", tones=", ".join(account["tones_heard"]))


def _say_lines(answer: Json) -> None:
    for line in answer["lines"]:
        code = "practice.phone" if line["phone"] else "practice.line"
        say(code, line=line["line_id"], number=line["number"], device=line["label"])


def _say_press(answer: Json) -> None:
    say("practice.pressed", digits=answer["pressed"])


def _say_phone(answer: Json) -> None:
    say(f"practice.phone-{answer['state']}")


_SAY: Final[dict[str, Callable[[Json], None]]] = {
    "call": _say_call,
    "lines": _say_lines,
    "phone": _say_phone,
    "press": _say_press,
}
