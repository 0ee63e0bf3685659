"""`python -m firmware.bundle.stick DEVICE --state DIR`: from a stick into STATE/incoming.

Runs in a sandbox that may read that device and write that folder, nothing else.
It changes nothing: the exchange looks at what it left, and asks.
"""

import argparse
import logging
import os
import sys
from pathlib import Path

from firmware.bundle.archive import MAX_ARCHIVE_BYTES
from firmware.bundle.bundle import read_bundle
from firmware.bundle.fat import StickRefused, read_bundle_file
from firmware.bundle.incoming import leave_bundle, leave_refusal
from firmware.bundle.refusal import shown
from firmware.contract.errors import ConfigurationRefused, TipringError
from firmware.contract.texts import Text, word

log = logging.getLogger("firmware.bundle.stick")


def main(arguments: list[str] | None = None) -> int:
    """Return 0 when a bundle was left, 1 when a sentence was."""
    parser = argparse.ArgumentParser(prog="firmware.bundle.stick", description=__doc__)
    parser.add_argument("device", type=Path)
    parser.add_argument("--state", type=Path, required=True)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    options = parser.parse_args(arguments)
    try:
        name, data = _bundle_on(options.device)
        read_bundle(data)
        bundle_id = leave_bundle(options.state, data)
    except ConfigurationRefused as refused:
        return _refused(options.state, refused.faults[0])
    except TipringError as refused:
        return _refused(options.state, refused.text)
    log.info("%s %s", word(Text(code="stick.taken", args={"name": shown(name)})), bundle_id)
    return 0


def _refused(state: Path, text: Text) -> int:
    log.warning("%s", word(text))
    leave_refusal(state, text)
    return 1


def _bundle_on(device: Path) -> tuple[str, bytes]:
    try:
        descriptor = os.open(device, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return read_bundle_file(
                lambda at, length: os.pread(descriptor, length, at), MAX_ARCHIVE_BYTES
            )
        finally:
            os.close(descriptor)
    except (OSError, OverflowError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else ""
        raise StickRefused("stick.cannot-read", why=why or "") from fault


if __name__ == "__main__":
    sys.exit(main())
