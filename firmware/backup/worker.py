"""`python -m firmware.backup.worker`: one backup, its copy elsewhere, and room made for it.

Told all by its arguments; its one line of output is an Outcome.
"""

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from firmware.backup.key import kept_key
from firmware.backup.making import make_backup, remove_parts
from firmware.backup.names import BACKUPS
from firmware.backup.refusal import BackupRefused
from firmware.backup.shelf import copy_elsewhere, file_of, folder_of, keep_newest, name_of
from firmware.contract.errors import TipringError
from firmware.contract.texts import Text


class Outcome(BaseModel):
    """What was made, and the sentence that tells of it or of what went wrong."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    made: bool
    whole: bool
    """Nothing went wrong, with the copy elsewhere neither."""
    text: Text


def main(arguments: list[str] | None = None) -> int:
    """Return 0 however it went: the line says all."""
    parser = argparse.ArgumentParser(prog="firmware.backup.worker", description=__doc__)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--box", required=True)
    parser.add_argument("--at", type=datetime.fromisoformat, required=True)
    parser.add_argument("--keep", type=int, required=True)
    parser.add_argument("--recordings", action="store_true")
    parser.add_argument("--elsewhere", type=Path)
    outcome = _make(parser.parse_args(arguments))
    sys.stdout.write(outcome.model_dump_json() + "\n")
    return 0


def _make(options: argparse.Namespace) -> Outcome:
    state: Path = options.state
    try:
        text = _make_here(state, options)
    except TipringError as refused:
        return Outcome(made=False, whole=False, text=refused.text)
    try:
        keep_newest(state / BACKUPS, options.keep)
        if options.elsewhere is not None:
            _copy(state, options)
    except TipringError as refused:
        return Outcome(made=True, whole=False, text=refused.text)
    return Outcome(made=True, whole=True, text=text)


def _make_here(state: Path, options: argparse.Namespace) -> Text:
    key = kept_key(state)
    if key is None:
        raise BackupRefused("backup.no-key")
    folder = folder_of(state)
    remove_parts(folder)
    target = folder / name_of(options.box, options.at)
    made = make_backup(state, target, key.raw(), options.at, recordings=options.recordings)
    return Text(code="backup.made", args={"files": made.members})


def _copy(state: Path, options: argparse.Namespace) -> None:
    elsewhere: Path = options.elsewhere
    copy_elsewhere(state, file_of(state, name_of(options.box, options.at)), elsewhere)
    keep_newest(elsewhere, options.keep)


if __name__ == "__main__":
    sys.exit(main())
