"""`python -m webui`: the web process. Loopback only, unless told to listen elsewhere."""

import argparse
import os
from pathlib import Path

# Before numpy is imported anywhere: its threads would take the box's cores from the calls.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import uvicorn

from firmware.commands.wording import say
from webui.accounts import Accounts, CodePurpose
from webui.app import create_app
from webui.web_db import WebDatabase


def main() -> None:
    asked = _arguments()
    if asked.recover:
        _say_code(asked.state, CodePurpose.RECOVER, "web.recovery-code")
        return
    if not Accounts(WebDatabase(asked.state / "web.db")).claimed():
        _say_code(asked.state, CodePurpose.CLAIM, "web.set-up-code")
    uvicorn.run(
        create_app(
            asked.state,
            frozenset(asked.name),
            on_lan=asked.listen not in {"127.0.0.1", "::1"},
            sip_port=asked.sip_port,
        ),
        host=asked.listen,
        port=asked.port,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws_max_size=64 * 1024,
        timeout_graceful_shutdown=2,
        log_level="warning",
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="webui")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--listen", default="127.0.0.1", metavar="ADDRESS")
    parser.add_argument("--sip-port", type=int, default=5060, help="where phones register")
    parser.add_argument("--name", action="append", default=[], help="a host name of this box")
    parser.add_argument("--recover", action="store_true", help="print a code for a new password")
    return parser.parse_args()


def _say_code(state: Path, purpose: CodePurpose, sentence: str) -> None:
    """The console is the one place where the code stands; only its hash is kept."""
    db = WebDatabase(state / "web.db")
    code = Accounts(db).new_code(purpose)
    db.close()
    say(sentence, code=code)


if __name__ == "__main__":
    main()
