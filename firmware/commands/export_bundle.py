"""`tipring export BUNDLE`: configuration and prompts into one file; secrets stay in the box."""

import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from firmware.bundle.making import Wishes, bundle_of_box
from firmware.bundle.minisign import SecretKey, parse_secret_key, public_line
from firmware.bundle.owner import BundleOwner, hash_of
from firmware.bundle.refusal import BundleRefused
from firmware.commands.state_option import add_state_option
from firmware.commands.wording import in_words, say
from firmware.contract.texts import Text

_LONGEST_KEY: Final = 4_096
LEAST_PASSWORD: Final = 12


def arguments(parser: ArgumentParser) -> None:
    add_state_option(parser)
    parser.add_argument("--sign", type=Path, metavar="KEY", help="minisign secret key, no password")
    parser.add_argument("--box", default="", metavar="NAME", help="the only box that shall take it")
    parser.add_argument(
        "--owner", default="", metavar="NAME", help="whose a box becomes that has no owner yet"
    )
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")


def main(options: Namespace) -> int:
    """Raises BundleRefused or StorageFault."""
    key = _key(options.sign)
    wishes = Wishes(options.box, key, _owner(options.owner, key))
    made = bundle_of_box(options.state, datetime.now(UTC), wishes)
    _write(options.bundle, made.data)
    say("bundle.exported", file=str(options.bundle), prompts=made.sounds)
    return 0


def _owner(name: str, key: SecretKey | None) -> BundleOwner | None:
    """Ask for the password on the terminal, or take a line of the input."""
    if not name:
        return None
    if key is None:
        raise BundleRefused("bundle.owner-needs-key")
    password = _password(name)
    refusal = BundleRefused("bundle.bad-owner", least=LEAST_PASSWORD)
    if len(password) < LEAST_PASSWORD:
        raise refusal
    try:
        return BundleOwner(name=name, public_key=public_line(key), password=hash_of(password))
    except ValidationError:
        raise refusal from None


def _password(name: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return getpass(in_words(Text(code="bundle.owner-password", args={"name": name})))


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
