"""`tipring import BUNDLE`: what it changes is said, then it goes live with its sounds."""

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from firmware.bundle.archive import MAX_ARCHIVE_BYTES
from firmware.bundle.contacts import names_of
from firmware.bundle.refusal import BundleRefused
from firmware.bundle.taking import Offer, keep_sounds, look_at, taken
from firmware.commands.state_option import add_state_option
from firmware.commands.wording import in_words, say
from firmware.config.history import History
from firmware.contract.bundles import MOST_CONTACTS, ContactView, KeepContacts
from firmware.contract.control import ApplyConfig
from firmware.contract.errors import ConfigurationRefused
from firmware.control.ask import ExchangeAway, Refused, ask

WHO: Final = "cli"


def arguments(parser: ArgumentParser) -> None:
    add_state_option(parser)
    parser.add_argument("--look", action="store_true", help="only say what would change")
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")


def main(options: Namespace) -> int:
    """Raises BundleRefused, ConfigurationRefused, RequestRefused or StorageFault."""
    state: Path = options.state
    offer = look_at(state, _bytes_of(options.bundle))
    _tell(offer)
    if options.look:
        say("bundle.looked")
        return 0
    keep_sounds(state, offer.bundle)
    version = _apply(state, offer.configuration, options.bundle.name)
    _keep_contacts(state, offer)
    taken(state, offer)
    say("bundle.imported", version=version, prompts=len(offer.bundle.sounds))
    return 0


def _keep_contacts(state: Path, offer: Offer) -> None:
    """Only a running exchange can: the database is its own."""
    names = names_of(offer.bundle.contacts)
    rows = [ContactView(number=number, name=name) for number, name in names.items()]
    try:
        for first in range(0, len(rows), MOST_CONTACTS):
            some = tuple(rows[first : first + MOST_CONTACTS])
            ask(state, KeepContacts(contacts=some, who=WHO))
    except ExchangeAway:
        say("bundle.contacts-not-kept")


def _bytes_of(file: Path) -> bytes:
    try:
        with file.open("rb") as archive:
            return archive.read(MAX_ARCHIVE_BYTES + 1)
    except OSError as fault:
        raise BundleRefused(
            "bundle.cannot-read", file=file.name, why=fault.strerror or ""
        ) from fault


def _tell(offer: Offer) -> None:
    if offer.key is None:
        say("bundle.not-signed")
    else:
        name = offer.key.name or offer.key.id
        say("bundle.signed-by", name=name, serial=offer.bundle.manifest.serial)
    for change in offer.changes:
        print(in_words(change))
    if not offer.changes:
        say("bundle.same")


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
