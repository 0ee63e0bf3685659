"""`tipring doctor`: has this machine what the box needs? One sentence per finding."""

import errno
import json
import os
import shutil
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware.commands.state_option import add_state_option
from firmware.commands.wording import in_words
from firmware.contract.errors import TipringError
from firmware.contract.line_state import Ability, Health
from firmware.contract.texts import Text
from firmware.contract.views import Snapshot
from firmware.control.ask import take_snapshot
from firmware.supervisor.plan import REAL_DEVICES
from firmware.supervisor.state_folder import refuse_long_path

LOW_DISK_MB: Final = 500
LIBRARIES: Final = {"libspeexdsp1": "speexdsp", "libportaudio2": "portaudio"}
"""Debian package -> library as the dynamic linker knows it."""


@dataclass(frozen=True, slots=True)
class Finding:
    text: Text
    fine: bool = True


def arguments(parser: ArgumentParser) -> None:
    add_state_option(parser)
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def main(options: Namespace) -> int:
    """Return 1 when something is missing that the box cannot do without."""
    findings = list(_findings(options.state))
    if options.json:
        plain = [
            {"code": one.text.code, "args": one.text.args, "fine": one.fine} for one in findings
        ]
        sys.stdout.write(json.dumps(plain, indent=1, ensure_ascii=False) + "\n")
    else:
        for one in findings:
            print(("  " if one.fine else "! ") + in_words(one.text))
    return 0 if all(one.fine for one in findings) else 1


def _findings(state: Path) -> Iterator[Finding]:
    yield _package("espeak-ng", there=shutil.which("espeak-ng") is not None)
    for package, library in LIBRARIES.items():
        yield _package(package, there=find_library(library) is not None)
    yield _kamailio()
    yield from _state_folder(state)
    count = len(list(REAL_DEVICES.iterdir())) if REAL_DEVICES.is_dir() else 0
    yield Finding(Text(code="doctor.devices-there", args={"count": count}))
    yield from _exchange(state)


def _caps(snapshot: Snapshot) -> Iterator[Finding]:
    """A limit that is used up is no fault of the machine, but somebody may be looking for it."""
    names = {"box": snapshot.office, "flows": "IVR"}
    for cap in snapshot.caps:
        args: dict[str, str | int | float] = {
            "who": cap.id or names[cap.scope],
            "used": f"{cap.used:.2f}",
            "limit": f"{cap.limit:.2f}",
            "unit": cap.unit,
        }
        text = Text(code="doctor.cap-of-day", args=args)
        if cap.per == "month":
            text = Text(code="doctor.cap-of-month", args=args)
        yield Finding(text, fine=cap.used < cap.limit)


def _kamailio() -> Finding:
    """Debian keeps it out of an ordinary user's PATH."""
    where = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
    if shutil.which("kamailio", path=where) is None:
        return Finding(Text(code="doctor.kamailio-missing"), fine=False)
    return _package("kamailio", there=True)


def _package(name: str, *, there: bool) -> Finding:
    code = "doctor.package-there" if there else "doctor.package-missing"
    return Finding(Text(code=code, args={"package": name}), fine=there)


def _state_folder(state: Path) -> Iterator[Finding]:
    """Looks only: whoever starts the box makes the folder."""
    try:
        refuse_long_path(state)
    except TipringError as refused:
        yield Finding(refused.text, fine=False)
        return
    there = next(folder for folder in (state, *state.parents) if folder.exists())
    fault = (
        errno.ENOTDIR if not there.is_dir() else 0 if os.access(there, os.W_OK) else errno.EACCES
    )
    if fault:
        args: dict[str, str | int | float] = {"path": str(state), "why": os.strerror(fault)}
        yield Finding(Text(code="run.state-not-writable", args=args), fine=False)
        return
    code = "doctor.state-there" if there == state else "doctor.state-not-yet"
    yield Finding(Text(code=code, args={"path": str(state)}))
    free_mb = shutil.disk_usage(there).free >> 20
    enough = free_mb >= LOW_DISK_MB
    code = "doctor.disk-space" if enough else "doctor.disk-low"
    yield Finding(Text(code=code, args={"free_mb": free_mb}), fine=enough)


def _exchange(state: Path) -> Iterator[Finding]:
    """A box that is not running is no fault of the machine; a line that needs help is."""
    try:
        snapshot = take_snapshot(state, timeout_s=2.0)
    except TipringError as away:
        yield Finding(away.text)
        return
    yield Finding(Text(code="doctor.exchange-up"))
    yield from _caps(snapshot)
    for view in snapshot.lines:
        line = view.line
        if line.health not in {Health.READY, Health.STARTING, Health.UNASSIGNED}:
            why = line.why or Text(code=f"health.{line.health.value}")
            health = f"{in_words(Text(code=f'health.{line.health.value}'))}: {in_words(why)}"
            args: dict[str, str | int | float] = {
                "line": line.line_id,
                "label": view.label,
                "health": health,
            }
            # A phone may be switched off; anything else a person should look at.
            switched_off = line.health is Health.NO_SERVICE and Ability.PHONE in line.abilities
            yield Finding(Text(code="status.line", args=args), fine=switched_off)
