"""The worker process that renders sounds: `python -m firmware.prompts.worker`.

Jobs come as JSON lines on standard input, answers go out as JSON lines; it ends
with its input. A process of its own, so that neither synthesis nor numpy ever
costs the exchange a moment.
"""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from firmware.contract.errors import TipringError
from firmware.contract.texts import Text
from firmware.prompts.conversion import convert
from firmware.prompts.jobs import JOBS, Convert, Rendered, Speak
from firmware.prompts.speech import speak


def main() -> None:
    os.nice(10)
    for line in sys.stdin.buffer:
        answer = render(JOBS.validate_json(line))
        sys.stdout.buffer.write(answer.model_dump_json().encode() + b"\n")
        sys.stdout.buffer.flush()


def render(job: Speak | Convert) -> Rendered:
    """Return what became of the job; a fault is part of the answer, never an exception."""
    try:
        duration_ms = _make(job)
    except TipringError as error:
        return Rendered(target=job.target, fault=error.text)
    except OSError as error:
        why = error.strerror or str(error)
        args: dict[str, str | int | float] = {"file": job.name, "why": why}
        return Rendered(target=job.target, fault=Text(code="config.cannot-write", args=args))
    return Rendered(target=job.target, duration_ms=duration_ms)


def _make(job: Speak | Convert) -> int:
    target = Path(job.target)
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(job, Convert):
        return convert(Path(job.source), target, job.name)
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder) / "spoken.wav"
        speak(job.text, job.language, spoken, job.name)
        return convert(spoken, target, job.name)


if __name__ == "__main__":
    main()
