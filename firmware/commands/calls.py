"""`tipring calls`: the calls in progress; with an id, the story of that call."""

import json
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime

from firmware.commands.call_story import tell_story
from firmware.commands.state_option import add_state_option
from firmware.commands.wording import in_words, say
from firmware.contract.texts import Text
from firmware.contract.views import CallView
from firmware.control.ask import take_snapshot


def arguments(parser: ArgumentParser) -> None:
    add_state_option(parser)
    parser.add_argument("call_id", nargs="?", help="tell what happened on this call")
    parser.add_argument("--json", action="store_true", help="print the calls as JSON")


def main(options: Namespace) -> int:
    """Raises ExchangeAway when the box is not running; NotFound for a call that is not there."""
    if options.call_id:
        return tell_story(options.state, options.call_id.upper(), as_json=options.json)
    calls = take_snapshot(options.state).calls
    if options.json:
        plain = [call.model_dump(mode="json") for call in calls]
        sys.stdout.write(json.dumps(plain, indent=1, ensure_ascii=False) + "\n")
        return 0
    widest = max((len(_whom(call)) for call in calls), default=0)
    for call in calls:
        _print(call, widest)
    if not calls:
        say("calls.none")
    return 0


def _whom(call: CallView) -> str:
    return call.called or "?"


def _print(call: CallView, widest: int) -> None:
    """One call a row, the longest number deciding where the next column begins."""
    lasted_s = int((datetime.now(UTC) - call.began_at).total_seconds())
    phase = in_words(Text(code=f"phase.{call.phase.value}"))
    say(
        "calls.call",
        since=call.began_at.astimezone().strftime("%H:%M:%S"),
        calling=call.calling or "?",
        called=_whom(call).ljust(widest),
        line=call.line_id or next((leg.line_id for leg in call.legs), ""),
        phase=f"{phase}  {lasted_s // 60}:{lasted_s % 60:02}",
    )
