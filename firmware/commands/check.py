"""`tipring check FILE`: one sentence per fault of a configuration, exit 1 when there is any."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from firmware.commands.wording import in_words
from firmware.config.document import check_file, missing_in_file
from firmware.contract.texts import Text


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a tipring.toml")


def main(options: Namespace) -> int:
    return check(options.file)


def check(file: Path) -> int:
    """Print the faults, each with the line it is in, and return the exit code."""
    faults = check_file(file) or missing_in_file(file)
    for fault in faults:
        print(f"{_where(file, fault)}: {in_words(fault)}")
    if not faults:
        print(in_words(Text(code="config.no-faults", args={"file": file.name})))
    return 1 if faults else 0


def _where(file: Path, fault: Text) -> str:
    line, column = fault.args.get("line"), fault.args.get("column")
    return file.name if line is None else f"{file.name}:{line}:{column}"
