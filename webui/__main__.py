"""`python -m webui`: the web process. Loopback only, unless told to listen elsewhere.

There it speaks HTTPS; plain HTTP has only what cannot do without (plain_door.py).
"""

import argparse
import asyncio
import os
from pathlib import Path
from typing import Final

# Before numpy is imported anywhere: its threads would take the box's cores from the calls.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import uvicorn
from fastapi import FastAPI

from firmware.backup.switching import wait_until_finished
from firmware.commands.wording import say
from webui.accounts import Accounts, CodePurpose
from webui.app import create_app
from webui.known_names import KnownNames
from webui.restoring import forget_leftovers
from webui.serving import config, serve_both
from webui.web_db import WebDatabase

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def main() -> None:
    asked = _arguments()
    wait_until_finished(asked.state)
    forget_leftovers(asked.state)
    if asked.recover:
        _say_code(asked.state, CodePurpose.RECOVER, "web.recovery-code")
        return
    code = ""
    if not Accounts(WebDatabase(asked.state / "web.db")).claimed():
        code = _say_code(asked.state, CodePurpose.CLAIM, "web.set-up-code")
    if asked.listen in LOOPBACK:
        uvicorn.Server(config(_app(asked, code), asked.listen, asked.port)).run()
    else:
        app = _app(asked, code, asked.port)
        names = KnownNames(asked.state, frozenset(asked.name))
        ports = (asked.port, asked.https_port)
        asyncio.run(serve_both(app, app.state.desk.https, asked.listen, ports, names))


def _app(asked: argparse.Namespace, claim_code: str, plain_port: int | None = None) -> FastAPI:
    return create_app(
        asked.state,
        frozenset({*asked.name, asked.listen}),
        on_lan=asked.listen not in LOOPBACK,
        sip_port=asked.sip_port,
        plain_port=plain_port,
        claim_code=claim_code,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="webui")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--listen", default="127.0.0.1", metavar="ADDRESS")
    parser.add_argument("--https-port", type=int, default=8443, help="beyond loopback only")
    parser.add_argument("--sip-port", type=int, default=5060, help="where phones register")
    parser.add_argument("--name", action="append", default=[], help="a host name of this box")
    parser.add_argument("--recover", action="store_true", help="print a code for a new password")
    return parser.parse_args()


def _say_code(state: Path, purpose: CodePurpose, sentence: str) -> str:
    """Return the code. The console is where it stands; only its hash is kept."""
    db = WebDatabase(state / "web.db")
    code = Accounts(db).new_code(purpose)
    db.close()
    say(sentence, code=code)
    return code


if __name__ == "__main__":
    main()
