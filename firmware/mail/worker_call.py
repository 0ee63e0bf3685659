"""Runs the worker for one letter and waits for what came of it, in the exchange's own loop."""

import asyncio
import logging
import sys
from typing import Final

from pydantic import ValidationError

from firmware.contract.texts import Text
from firmware.mail.faults import Blame
from firmware.mail.jobs import Job, Outcome

log = logging.getLogger(__name__)

MAX_S: Final = 300.0
"""A slow server may take a while over a message with sound; a stuck one shall not hold the rest."""


async def send_by_worker(job: Job) -> Outcome:
    """Return what came of it; a worker that dies or takes too long is tried again later."""
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "firmware.mail.worker"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        said, why = await asyncio.wait_for(
            worker.communicate(job.model_dump_json().encode()), MAX_S
        )
    except TimeoutError:
        said, why = b"", b"took too long"
    finally:
        if worker.returncode is None:
            worker.kill()
            await worker.wait()
    try:
        return Outcome.model_validate_json(said)
    except ValidationError:
        last_words = why.decode("utf-8", "replace").strip()[-200:]
        log.exception("mail worker: %s", last_words)
        return Outcome(fault=Text(code="mail.worker-died"), blame=Blame.LATER)
