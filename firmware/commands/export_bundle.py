"""`tipring export BUNDLE`: configuration and prompts into one file; secrets stay in the box."""

import re
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from firmware.commands.bundle import Bundle, BundleRefused, write_bundle
from firmware.commands.state_option import add_state_option
from firmware.commands.wording import say
from firmware.config.history import History

_NAMED: Final = re.compile(r"\b[0-9a-f]{64}\b")


def arguments(parser: ArgumentParser) -> None:
    add_state_option(parser)
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")


def main(options: Namespace) -> int:
    """Raises BundleRefused or StorageFault."""
    configuration = History(options.state).live_text()
    if not configuration:
        raise BundleRefused("bundle.nothing-to-export", path=str(options.state))
    sounds = _uploaded(options.state / "prompts", configuration)
    write_bundle(options.bundle, Bundle(configuration, sounds))
    say("bundle.exported", file=str(options.bundle), prompts=len(sounds))
    return 0


def _uploaded(folder: Path, configuration: str) -> dict[str, bytes]:
    """Return the uploaded sounds the configuration names; spoken ones are made anew anywhere."""
    files = (folder / f"{name}.wav" for name in set(_NAMED.findall(configuration)))
    return {file.name: file.read_bytes() for file in files if file.is_file()}
