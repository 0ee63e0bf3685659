"""The option every command shares: where the box keeps its state."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Final

ON_THE_BOX: Final = Path("/var/lib/tipring")
IN_A_CHECKOUT: Final = Path("var")


def add_state_option(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--state",
        type=_folder,
        default=_default(),
        metavar="DIR",
        help="the state folder (default: %(default)s)",
    )


def _default() -> Path:
    named = os.environ.get("TIPRING_STATE")
    if named:
        return _folder(named)
    return ON_THE_BOX if ON_THE_BOX.is_dir() else IN_A_CHECKOUT.absolute()


def _folder(text: str) -> Path:
    return Path(text).absolute()
