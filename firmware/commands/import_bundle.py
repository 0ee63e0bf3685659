"""`tipring import BUNDLE`: the bundle's configuration goes live, its sounds come along."""

import io
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import soundfile

from firmware.commands.bundle import Bundle, BundleRefused, read_bundle
from firmware.commands.state_option import add_state_option
from firmware.commands.wording import say
from firmware.config.history import History
from firmware.contract.control import ApplyConfig
from firmware.contract.errors import ConfigurationRefused
from firmware.contract.pcm import SAMPLE_RATE_HZ
from firmware.control.ask import ExchangeAway, Refused, ask

WHO: Final = "cli"


def arguments(parser: ArgumentParser) -> None:
    add_state_option(parser)
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")


def main(options: Namespace) -> int:
    """Raises BundleRefused, ConfigurationRefused, RequestRefused or StorageFault."""
    state: Path = options.state
    bundle = read_bundle(options.bundle)
    History(state).check(bundle.configuration)
    _refuse_torn(bundle)
    _keep_sounds(state / "prompts", bundle)
    version = _apply(state, bundle.configuration, options.bundle.name)
    say("bundle.imported", version=version, prompts=len(bundle.sounds))
    return 0


def _refuse_torn(bundle: Bundle) -> None:
    """What callers are to hear must be sound as the box keeps it: a torn file would be silence."""
    for name, data in bundle.sounds.items():
        try:
            with soundfile.SoundFile(io.BytesIO(data)) as sound:
                fits = sound.samplerate == SAMPLE_RATE_HZ and sound.channels == 1
        except soundfile.LibsndfileError:
            fits = False
        if not fits:
            raise BundleRefused("bundle.damaged", name=f"prompts/{name}")


def _apply(state: Path, configuration: str, name: str) -> int:
    """Through the exchange when it runs, so that it is live at once; else into the files."""
    request = ApplyConfig(toml=configuration, who=WHO, comment=name[:200])
    try:
        answer = ask(state, request)
    except ExchangeAway:
        made, _config = History(state).apply(configuration, WHO, datetime.now(UTC), comment=name)
        return made.number
    except Refused as refused:
        if refused.faults:
            raise ConfigurationRefused(refused.faults) from None
        raise
    version = answer.get("version") if isinstance(answer, dict) else None
    return version if isinstance(version, int) else 0


def _keep_sounds(folder: Path, bundle: Bundle) -> None:
    """Sounds are named by their hash: one that is there already is the same."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in bundle.sounds.items():
            if not (folder / name).exists():
                part = folder / f".{name}.part"
                part.write_bytes(data)
                part.replace(folder / name)
    except OSError as fault:
        raise BundleRefused(
            "bundle.cannot-write", file=str(folder), why=fault.strerror or ""
        ) from fault
