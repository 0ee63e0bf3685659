"""The office's prompts for its calls: made ahead, and waited for a moment while they are made."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final
from uuid import uuid4

from firmware.config.model import Config
from firmware.contract.errors import NotFound
from firmware.contract.texts import Text
from firmware.prompts.jobs import Convert, Speak
from firmware.prompts.library import PromptLibrary
from firmware.prompts.rendering import render
from firmware.store.rows import VoicemailRow

log = logging.getLogger(__name__)

PATIENCE_S: Final = 5.0
"""How long a caller waits for a prompt that is being made (only after a change or first start)."""
LOOK_EVERY_S: Final = 0.1


class PromptVoices:
    """Implements firmware.calls.office.Voices."""

    def __init__(self, state: Path, config: Config, alarm: Callable[[Text], None]) -> None:
        self._library = PromptLibrary(state)
        self._state = state
        self._config = config
        self._alarm = alarm
        self._changed = asyncio.Event()
        self._busy = True
        self._changed.set()

    def use(self, config: Config) -> None:
        """Speak for this configuration from now on; what it lacks is made at once."""
        self._config = config
        self._busy = True
        self._changed.set()

    async def prepare(self) -> None:
        """Make what is missing whenever the configuration changes; until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            for fault in await self._library.prepare(self._config):
                log.warning("prompts: %s", fault)
                self._alarm(fault)
            self._busy = self._changed.is_set()

    def number(self, number: int, language: str) -> Sequence[Path]:
        return [file for file in self._library.number(number, language) if file.exists()]

    def digits(self, digits: str, language: str) -> Sequence[Path]:
        return [file for file in self._library.digits(digits, language) if file.exists()]

    async def spoken(self, text: str, language: str) -> Path | None:
        if not text.strip():
            return None
        target = self._state / "run" / f"spoken-{uuid4().hex}.wav"
        job = Speak(name=text[:40], target=str(target), text=text, language=language)
        (made,) = await render([job])
        if made.fault is not None:
            self._alarm(made.fault)
            return None
        return target

    async def message(self, row: VoicemailRow) -> Path | None:
        source = self._state / "voicemail" / row.file
        target = self._state / "run" / f"heard-{row.voicemail_id}-{uuid4().hex[:8]}.wav"
        (made,) = await render(
            [Convert(name=row.voicemail_id, source=str(source), target=str(target))]
        )
        if made.fault is not None:
            self._alarm(made.fault)
            return None
        return target

    async def files(self, prompt: str, language: str) -> Sequence[Path]:
        for _ in range(int(PATIENCE_S / LOOK_EVERY_S)):
            try:
                return self._library.files(prompt, language, self._config)
            except NotFound as missing:
                if not self._busy:
                    self._alarm(missing.text)
                    return ()
            await asyncio.sleep(LOOK_EVERY_S)
        return ()
