"""The command line: `tipring COMMAND`; each command is one module in firmware/commands."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from types import ModuleType
from typing import Final

from firmware.commands.wording import in_words
from firmware.contract.errors import ConfigurationRefused, TipringError

COMMANDS: Final[dict[str, str]] = {
    "run": "start the processes of the box and restart what dies",
    "check": "check a configuration file; one sentence per fault",
    "status": "lines, processes and alarms, in words",
    "calls": "calls in progress, or the story of one",
    "import": "read a bundle of configuration and prompts into the box",
    "export": "write configuration and prompts into a bundle",
    "backup": "write the whole box into one sealed file",
    "restore": "become the box that a backup was made of",
    "doctor": "check that this machine has what the box needs",
    "practice": "play the outside world of the practice lines",
    "listen": "say what the detectors hear in a recording",
}
MODULE_OF: Final[dict[str, str]] = {"import": "import_bundle", "export": "export_bundle"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the process's exit code: 0 done, 1 refused or failed, 2 wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    chosen = given[0] if given and given[0] in COMMANDS else None
    module = importlib.import_module(_module(chosen)) if chosen else None
    options = _parser(chosen, module).parse_args(given)
    if module is None:  # the parser has already ended the process for an unknown command
        return 2
    try:
        code = int(module.main(options))
        sys.stdout.flush()  # here and not at exit, where a closed pipe cannot be caught
    except ConfigurationRefused as refusal:
        for fault in refusal.faults:
            print(in_words(fault), file=sys.stderr)
        return 1
    except TipringError as problem:
        print(in_words(problem.text), file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read us has seen enough (`tipring status | head`); Python would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return code


def _parser(chosen: str | None, module: ModuleType | None) -> argparse.ArgumentParser:
    """Only the chosen command is imported: `tipring status` has no use for numpy."""
    parser = argparse.ArgumentParser(prog="tipring", description="The call appliance.")
    if chosen is None:  # looking the version up takes time that no command has to wait
        parser.add_argument("--version", action="version", version=version("tipring"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        if name == chosen and module is not None:
            module.arguments(command)
    return parser


def _module(command: str) -> str:
    return f"firmware.commands.{MODULE_OF.get(command, command)}"


if __name__ == "__main__":
    sys.exit(main())
