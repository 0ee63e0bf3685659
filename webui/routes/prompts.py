"""Sounds for prompts: uploaded once, named in the configuration by their content."""

import asyncio
import hashlib
import io
import os
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import soundfile
import soxr
from fastapi import APIRouter, File, UploadFile
from numpy.typing import NDArray
from pydantic import BaseModel

from firmware.contract.errors import StorageFault, TipringError
from firmware.contract.pcm import FULL_SCALE, SAMPLE_RATE_HZ
from firmware.contract.texts import Text
from webui.deps import DESK_STAFF, DeskDep, SessionDep

router = APIRouter(prefix="/prompts", tags=["prompts"], dependencies=[DESK_STAFF])

MAX_S: Final = 600


class SoundRefused(TipringError):
    """The upload is no sound we can play to a caller."""


class SoundView(BaseModel):
    sound: str
    """What `sound =` of a prompt is to be."""
    duration_ms: int


@router.post("", status_code=201)
async def upload(
    file: Annotated[UploadFile, File()], desk: DeskDep, session: SessionDep
) -> SoundView:
    """Keep a sound in the box's own format, whatever it came in."""
    content = await file.read()
    kept = await asyncio.to_thread(_keep, content, desk.state / "prompts")
    what = Text(code="web.audit-uploaded", args={"name": (file.filename or "")[:80]})
    await desk.note(session.user.name, what)
    return kept


def _keep(content: bytes, folder: Path) -> SoundView:
    samples = _as_spoken(content)
    wav = io.BytesIO()
    soundfile.write(wav, samples, SAMPLE_RATE_HZ, format="WAV", subtype="PCM_16")
    name = hashlib.sha256(wav.getvalue()).hexdigest()
    try:
        _write(folder / f"{name}.wav", wav.getvalue())
    except OSError as error:
        raise StorageFault("web.sound-not-kept", why=error.strerror or "") from None
    return SoundView(sound=name, duration_ms=1000 * len(samples) // SAMPLE_RATE_HZ)


def _as_spoken(content: bytes) -> NDArray[np.int16]:
    """Return 8 kHz, 16 bit, mono. Raises SoundRefused."""
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as sound:
            rate = sound.samplerate
            if not 0 < sound.frames <= MAX_S * rate:
                raise SoundRefused("web.sound-length", most_s=MAX_S)
            heard = sound.read(dtype="float32", always_2d=True).mean(axis=1)
    except soundfile.LibsndfileError as error:
        raise SoundRefused("web.sound-refused", why=str(error)) from None
    at_8k = soxr.resample(heard, rate, SAMPLE_RATE_HZ)
    samples: NDArray[np.int16] = (np.clip(at_8k, -1.0, 1.0) * FULL_SCALE).astype(np.int16)
    return samples


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, also when the power fails."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
