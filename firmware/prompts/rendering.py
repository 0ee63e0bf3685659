"""Runs the worker on a list of jobs, without waiting for it anywhere but in `await`."""

import asyncio
import sys
from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError

from firmware.contract.texts import Text
from firmware.prompts.jobs import Convert, Rendered, Speak

TIMEOUT_S: Final = 90.0
"""For one job; espeak-ng needs milliseconds, a long upload on a small box some seconds."""


async def render(jobs: Sequence[Speak | Convert]) -> tuple[Rendered, ...]:
    """Return one answer per job, in order; a worker that dies or hangs is a fault of its job."""
    if not jobs:
        return ()
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "firmware.prompts.worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    answers: list[Rendered] = []
    try:
        for job in jobs:
            answers.append(await _one(worker, job))  # noqa: PERF401  partial on purpose
    finally:
        if worker.stdin is not None:
            worker.stdin.close()
        if worker.returncode is None and len(answers) < len(jobs):
            worker.kill()
        await worker.wait()
    return tuple(answers)


async def _one(worker: asyncio.subprocess.Process, job: Speak | Convert) -> Rendered:
    assert worker.stdin is not None  # both are pipes
    assert worker.stdout is not None
    try:
        worker.stdin.write(job.model_dump_json().encode() + b"\n")
        await worker.stdin.drain()
        async with asyncio.timeout(TIMEOUT_S):
            return Rendered.model_validate_json(await worker.stdout.readline())
    except (OSError, TimeoutError, ValidationError):
        if worker.returncode is None:
            worker.kill()
        args: dict[str, str | int | float] = {"prompt": job.name, "why": "the worker gave up"}
        return Rendered(target=job.target, fault=Text(code="sound.cannot-speak", args=args))
