"""All prompts of a configuration as sound files, made before the first call needs them.

Files are STATE/prompts/HASH.wav. For an upload the hash is that of the uploaded
file's bytes; for typed text that of the text, its language and the recipe, so
that a text is spoken once in the life of the box. Nothing is ever overwritten,
so a version that is restored finds its sounds.
"""

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from firmware.config.model import Config
from firmware.config.prompts import built_in_prompts, spoken
from firmware.contract.errors import NotFound, TipringError
from firmware.contract.texts import Text
from firmware.prompts.jobs import Convert, Speak
from firmware.prompts.rendering import render

FOLDER: Final = "prompts"
RECIPE: Final = "espeak-ng 145 wpm, -20 dBm0, 1"
"""Part of every text's hash: a new recipe makes new sounds."""
SPOKEN_NUMBERS: Final = 21
"""0 to 20 are spoken as words; longer numbers digit by digit."""


class PromptLibrary:
    def __init__(self, state: Path) -> None:
        self._folder = (state / FOLDER).absolute()
        self._preparing = asyncio.Lock()

    async def prepare(self, config: Config) -> tuple[Text, ...]:
        """Make every sound that is missing and return the faults; ask when a version goes live.

        The prompts of the configuration come first, then built-in ones and
        numbers. A second call waits for the first and finds its work done.
        """
        async with self._preparing:
            wanted = await asyncio.to_thread(self._missing, config)
            faults = [one.fault for one in await render(wanted) if one.fault is not None]
            lost = await asyncio.to_thread(self._lost_uploads, config)
        return (*faults, *lost)

    def files(self, prompt: str, language: str, config: Config) -> list[Path]:
        """Return the files of a prompt, in the office's first language where it has no other.

        Raises NotFound when there is no such prompt, or its sound is not made (yet).
        """
        for tongue in dict.fromkeys((language, *config.office.languages)):
            file = self._file_of(prompt, tongue, config)
            if file is not None and file.exists():
                return [file]
        raise NotFound("sound.no-such-prompt", prompt=prompt, language=language)

    def digits(self, digits: str, language: str) -> list[Path]:
        """Return the files that say the digits one by one; what is no digit is left out."""
        return [self._text_file(digit, language) for digit in digits if digit in "0123456789"]

    def number(self, number: int, language: str) -> list[Path]:
        """Return the files that say a number: as a word up to 20, else digit by digit."""
        if 0 <= number < SPOKEN_NUMBERS:
            return [self._text_file(str(number), language)]
        return self.digits(str(number), language)

    def extension(self, extension: str, language: str, config: Config) -> list[Path]:
        """Return the files that say "extension", then its digits."""
        return [*self.files("extension", language, config), *self.digits(extension, language)]

    async def take_upload(self, upload: Path, name: str) -> str:
        """Bring the uploaded file (an absolute path) in; return its hash for `sound = "…"`.

        Raises TipringError with one sentence when it is no sound we can use.
        """
        sound = await asyncio.to_thread(_hash_of_file, upload)
        target = self._folder / f"{sound}.wav"
        if not target.exists():
            job = Convert(name=name, source=str(upload), target=str(target))
            (done,) = await render([job])
            if done.fault is not None:
                raise TipringError(done.fault.code, **done.fault.args)
        return sound

    async def speak(self, text: str, language: str) -> str:
        """Return the hash of the spoken text; it is what callers hear once the text is live.

        Raises TipringError with one sentence when it cannot be spoken.
        """
        target = self._text_file(text, language)
        if not await asyncio.to_thread(target.exists):
            name = text[:40]
            job = Speak(name=name, target=str(target), text=text, language=language)
            (done,) = await render([job])
            if done.fault is not None:
                raise TipringError(done.fault.code, **done.fault.args)
        return target.stem

    # ---- which file is which

    def _file_of(self, prompt: str, language: str, config: Config) -> Path | None:
        heard = spoken(prompt, language, config.prompts)
        if heard is None:
            return None
        if heard.text is not None:
            return self._text_file(heard.text, language)
        return self._folder / f"{heard.sound}.wav"

    def _text_file(self, text: str, language: str) -> Path:
        recipe = f"{RECIPE}\n{language}\n{text}"
        return self._folder / f"{hashlib.sha256(recipe.encode()).hexdigest()}.wav"

    def _missing(self, config: Config) -> list[Speak]:
        jobs: dict[Path, Speak] = {}
        for name, language, text in _texts(config):
            file = self._text_file(text, language)
            if not file.exists():
                job = Speak(name=name, target=str(file), text=text, language=language)
                jobs.setdefault(file, job)
        return list(jobs.values())

    def _lost_uploads(self, config: Config) -> list[Text]:
        return [
            Text(code="sound.not-here", args={"prompt": prompt})
            for prompt, by_language in config.prompts.items()
            for heard in by_language.values()
            if heard.sound is not None and not (self._folder / f"{heard.sound}.wav").exists()
        ]


def _texts(config: Config) -> Iterator[tuple[str, str, str]]:
    """Yield name, language and text of all that may have to be said, the soonest needed first."""
    languages = config.spoken_languages()
    for prompts in (tuple(config.prompts), built_in_prompts()):
        for language in languages:
            for prompt in prompts:
                heard = spoken(prompt, language, config.prompts)
                if heard is not None and heard.text is not None:
                    yield prompt, language, heard.text
    for language in languages:
        for number in range(SPOKEN_NUMBERS):
            yield str(number), language, str(number)


def _hash_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
