"""The courier in a process of its own, to be killed: `python -m tests.webui.courier_process STATE`.

Its receivers are on loopback, which the product's own never reaches.
"""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from firmware.store.archive import Archive
from webui.web_db import WebDatabase
from webui.webhooks import sending
from webui.webhooks.courier import Courier
from webui.webhooks.kept import Webhooks
from webui.webhooks.sending import Outcome


async def post(url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
    return await sending.post(url, headers, body, lambda _: True)


def main() -> None:
    state = Path(sys.argv[1])
    hooks = Webhooks(WebDatabase(state / "web.db"))
    archive = Archive(state / "tipring.db")
    asyncio.run(Courier(hooks, archive, state / "run" / "control.sock", post).run())


if __name__ == "__main__":
    main()
