"""The worker process that sends one letter: `python -m firmware.mail.worker`.

Its job is one JSON document on standard input (never the command line: the
password is in it), its answer one on standard output. A process of its own, so
that neither a silent server nor the making of an MP3 costs the exchange a moment.
"""

import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import soundfile

from firmware.mail.delivery import deliver
from firmware.mail.faults import NotSent
from firmware.mail.jobs import Job, Outcome
from firmware.mail.message import message_of


def main() -> None:
    os.nice(10)
    job = Job.model_validate_json(sys.stdin.buffer.read())
    sys.stdout.buffer.write(carry_out(job).model_dump_json().encode())


def carry_out(job: Job) -> Outcome:
    letter, sender = job.letter, job.account.sender or ""
    sound = as_mp3(job.state / letter.sound) if letter.sound else None
    now = datetime.now(UTC)
    message = message_of(letter, sender, job.office, job.letter_id, now, sound)
    try:
        deliver(job.account, message, letter.to)
    except NotSent as fault:
        return Outcome(fault=fault.text, blame=fault.blame)
    return Outcome()


def as_mp3(sound: Path) -> bytes | None:
    """Return the sound as every telephone and mail program plays it; None when it is gone."""
    try:
        samples, rate = soundfile.read(str(sound), dtype="int16")
    except (OSError, soundfile.LibsndfileError):
        return None
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "attached.mp3"
        # By name: writing to a file object needs a callback, which the unit's sandbox forbids.
        soundfile.write(str(made), samples, rate, format="MP3")
        return made.read_bytes()


if __name__ == "__main__":
    main()
