"""`tipring status`: lines, processes, alarms and messages, in words or as JSON."""

import sys
from argparse import ArgumentParser, Namespace

from firmware.commands.state_option import add_state_option
from firmware.commands.wording import in_words, say
from firmware.contract.texts import Text
from firmware.contract.views import LineView, Snapshot
from firmware.control.ask import take_snapshot


def arguments(parser: ArgumentParser) -> None:
    add_state_option(parser)
    parser.add_argument("--json", action="store_true", help="print the whole snapshot as JSON")


def main(options: Namespace) -> int:
    """Raises ExchangeAway when the box is not running."""
    snapshot = take_snapshot(options.state)
    if options.json:
        sys.stdout.write(snapshot.model_dump_json(indent=1) + "\n")
        return 0
    _print(snapshot)
    return 0


def _print(snapshot: Snapshot) -> None:
    say("status.office", office=snapshot.office, version=snapshot.config_version)
    ids = max((len(line.line.line_id) for line in snapshot.lines), default=0)
    labels = max((len(line.label) for line in snapshot.lines), default=0)
    for line in snapshot.lines:
        line_id, label = line.line.line_id.ljust(ids), line.label.ljust(labels)
        say("status.line", line=line_id, label=label, health=_health(line))
    for process in snapshot.processes:
        if not process.connected:
            say("status.process-away", process=process.name)
    for alarm in snapshot.alarms:
        whose = f"{alarm.line_id}: " if alarm.line_id else ""
        print(whose + in_words(alarm.text))
    say("status.calls", calls=len(snapshot.calls))
    say("status.voicemails", count=snapshot.new_voicemails)


def _health(line: LineView) -> str:
    """Return the health in words, with the reason where there is one."""
    state = line.line
    health = in_words(Text(code=f"health.{state.health.value}"))
    return health if state.why is None else f"{health}: {in_words(state.why)}"
