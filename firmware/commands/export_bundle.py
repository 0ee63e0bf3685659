"""`tipring export BUNDLE`: configuration and prompts into one file; secrets stay in the box."""

import re
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from firmware.bundle.bundle import make_bundle
from firmware.bundle.minisign import SecretKey, parse_secret_key
from firmware.bundle.refusal import BundleRefused
from firmware.commands.state_option import add_state_option
from firmware.commands.wording import say
from firmware.config.history import History

_NAMED: Final = re.compile(r"\b[0-9a-f]{64}\b")
_LONGEST_KEY: Final = 4_096


def arguments(parser: ArgumentParser) -> None:
    add_state_option(parser)
    parser.add_argument("--sign", type=Path, metavar="KEY", help="minisign secret key, no password")
    parser.add_argument("--box", default="", metavar="NAME", help="the only box that shall take it")
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")


def main(options: Namespace) -> int:
    """Raises BundleRefused or StorageFault."""
    configuration = History(options.state).live_text()
    if not configuration:
        raise BundleRefused("bundle.nothing-to-export", path=str(options.state))
    sounds = _uploaded(options.state / "prompts", configuration)
    now = datetime.now(UTC)
    bundle = make_bundle(
        configuration,
        sounds,
        serial=int(now.timestamp()),  # grows by itself, whichever machine made the last one
        made_at=now,
        box=options.box,
        key=_key(options.sign),
    )
    _write(options.bundle, bundle)
    say("bundle.exported", file=str(options.bundle), prompts=len(sounds))
    return 0


def _uploaded(folder: Path, configuration: str) -> dict[str, bytes]:
    """Return the uploaded sounds the configuration names; spoken ones are made anew anywhere."""
    files = (folder / f"{name}.wav" for name in set(_NAMED.findall(configuration)))
    return {file.name: file.read_bytes() for file in files if file.is_file()}


def _key(file: Path | None) -> SecretKey | None:
    if file is None:
        return None
    try:
        with file.open(encoding="utf-8") as text:
            return parse_secret_key(text.read(_LONGEST_KEY))
    except (OSError, UnicodeDecodeError):
        raise BundleRefused("bundle.bad-secret-key") from None


def _write(file: Path, bundle: bytes) -> None:
    try:
        file.write_bytes(bundle)
    except OSError as fault:
        raise BundleRefused(
            "bundle.cannot-write", file=file.name, why=fault.strerror or ""
        ) from fault
