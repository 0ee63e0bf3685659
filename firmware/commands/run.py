"""`tipring run`: the whole box in the foreground, until SIGTERM or Ctrl-C."""

import asyncio
import logging
import os
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import Final

from firmware.backup.switching import finish
from firmware.commands.state_option import add_state_option
from firmware.commands.wording import in_words
from firmware.config.document import check_file
from firmware.contract.errors import ConfigurationRefused
from firmware.contract.texts import Text
from firmware.supervisor.page_port import refuse_taken_port
from firmware.supervisor.phone_passwords import make_phone_passwords
from firmware.supervisor.plan import Place
from firmware.supervisor.run import Supervisor
from firmware.supervisor.state_folder import first_configuration, lock, prepare

LAST_PORT: Final = 65_535
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
TEMPLATES: Final = Path(__file__).parents[1] / "config"


def arguments(parser: ArgumentParser) -> None:
    add_state_option(parser)
    parser.add_argument("--config", type=Path, metavar="FILE", help="use this configuration")
    parser.add_argument("--port", type=_port, default=8080, metavar="N", help="port of the page")
    parser.add_argument("--listen", default="127.0.0.1", metavar="ADDRESS", help="page's address")
    parser.add_argument(
        "--https-port", type=_port, default=8443, metavar="N", help="with --listen beyond loopback"
    )
    parser.add_argument(
        "--sip-port", type=_port, default=5060, metavar="N", help="where SIP phones register"
    )
    parser.add_argument("--practice", action="store_true", help="with simulated lines")


def main(options: Namespace) -> int:
    """Raises StateRefused or ConfigurationRefused before anything is started."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    state: Path = options.state
    prepare(state, options.practice)
    held = lock(state)
    finish(state)
    refuse_taken_port(options.listen, options.port)
    if options.listen not in LOOPBACK:
        refuse_taken_port(options.listen, options.https_port)
    template = TEMPLATES / ("practice.toml" if options.practice else "minimal.toml")
    if options.config is not None:
        _refuse_faulty(options.config)
    first_configuration(state, options.config, template)
    if options.practice:
        make_phone_passwords(state)
    place = Place(
        state,
        options.port,
        options.listen,
        options.practice,
        options.sip_port,
        options.https_port,
    )
    try:
        asyncio.run(Supervisor(place, _say).run())
    finally:
        os.close(held)
    return 0


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= LAST_PORT):
        raise ArgumentTypeError(f"a port is a number up to {LAST_PORT}, not {text!r}")
    return int(text)


def _refuse_faulty(configuration: Path) -> None:
    faults = check_file(configuration)
    if faults:
        raise ConfigurationRefused(tuple(faults))


def _say(text: Text) -> None:
    print(in_words(text), flush=True)
