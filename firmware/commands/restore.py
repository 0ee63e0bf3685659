"""`tipring restore FILE`: this state folder becomes the box that the backup was made of."""

import getpass
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from firmware.backup.key import BackupSecret, as_typed
from firmware.backup.refusal import BackupRefused
from firmware.backup.staging import stage
from firmware.backup.switching import finish, take_over
from firmware.commands.state_option import add_state_option
from firmware.commands.wording import in_words, say
from firmware.contract.texts import Text
from firmware.exchange.alone import alone_in
from firmware.supervisor.state_folder import lock, prepare


def arguments(parser: ArgumentParser) -> None:
    add_state_option(parser)
    parser.add_argument(
        "--key-file", type=Path, metavar="KEY", help="the key of the emergency sheet, in a file"
    )
    parser.add_argument("file", type=Path, metavar="FILE")


def main(options: Namespace) -> int:
    """Raises BackupRefused, StorageFault, or StateRefused while the box runs."""
    state: Path = options.state
    if not options.file.is_file():
        raise BackupRefused("backup.no-such-file", file=str(options.file))
    secret = _secret(options.key_file)
    prepare(state, practice=False)
    lock(state)  # held until this process ends
    with alone_in(state):
        finish(state)
        facts = stage(state, options.file, secret)
        take_over(state)
        finish(state)
    say("backup.restored", office=facts.office, made=f"{facts.made_at:%Y-%m-%d %H:%M} UTC")
    return 0


def _secret(file: Path | None) -> BackupSecret:
    if file is None:
        asked = in_words(Text(code="backup.key-asked"))
        typed = getpass.getpass(f"{asked} ") if sys.stdin.isatty() else sys.stdin.readline()
        return as_typed(typed)
    try:
        return as_typed(file.read_text("utf-8")[:400])
    except (OSError, UnicodeDecodeError):
        raise BackupRefused("backup.no-such-file", file=str(file)) from None
