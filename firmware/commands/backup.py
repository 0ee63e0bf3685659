"""`tipring backup [FILE]`: the whole box in one sealed file; works whether it runs or not."""

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path

from firmware.backup.key import KeptKey, keep_key, kept_key, new_secret
from firmware.backup.making import make_backup, office_of
from firmware.backup.refusal import BackupRefused
from firmware.backup.shelf import folder_of, name_of
from firmware.commands.state_option import add_state_option
from firmware.commands.wording import say


def arguments(parser: ArgumentParser) -> None:
    add_state_option(parser)
    parser.add_argument("--recordings", action="store_true", help="with the recordings of calls")
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="default: in the box")


def main(options: Namespace) -> int:
    """Raises BackupRefused or StorageFault."""
    state: Path = options.state
    _name, box = office_of(state)
    now = datetime.now(UTC)
    key = kept_key(state) or _new_key(state, now)
    target = (options.file or folder_of(state) / name_of(box, now)).absolute()
    if not target.parent.is_dir():
        raise BackupRefused("backup.no-such-folder", folder=str(target.parent))
    made = make_backup(state, target, key.raw(), now, recordings=options.recordings)
    say("backup.written", file=str(target), files=made.members, sheet=made.sheet)
    return 0


def _new_key(state: Path, now: datetime) -> KeptKey:
    """The terminal is the emergency sheet: the secret is shown here and nowhere again."""
    secret = new_secret()
    kept = keep_key(state, secret.public(), now)
    say("backup.new-key", sheet=secret.sheet, key=secret.shown())
    return kept
