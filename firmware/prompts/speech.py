"""Typed text spoken by espeak-ng, offline.

espeak-ng is GPL and stays a program of its own, called and never linked. The
text goes in on standard input, so that no text can be an option or a file name.
"""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from firmware.contract.errors import TipringError

VOICES: Final[Mapping[str, str]] = MappingProxyType(
    {"en": "en-gb", "pt-BR": "pt-br", "ro": "ro", "pl": "pl", "ru": "ru", "es": "es"}
)
"""Language -> espeak-ng voice."""
WORDS_PER_MINUTE: Final = 145
TIMEOUT_S: Final = 60


class CannotSpeak(TipringError):
    """The synthesiser is not there or failed."""


def speak(text: str, language: str, target: Path, prompt: str) -> None:
    """Write the spoken text as a WAV of the synthesiser's own rate. Raises CannotSpeak."""
    voice = VOICES[language]
    command = ["espeak-ng", "-v", voice, "-s", str(WORDS_PER_MINUTE), "-w", str(target), "--stdin"]
    try:
        done = subprocess.run(
            command, input=text.encode(), capture_output=True, timeout=TIMEOUT_S, check=False
        )
    except FileNotFoundError:
        raise CannotSpeak("sound.cannot-speak", prompt=prompt, why="no espeak-ng") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotSpeak("sound.cannot-speak", prompt=prompt, why=str(error)) from error
    if done.returncode != 0 or not target.exists():
        why = done.stderr.decode(errors="replace").strip()[:200] or f"exit {done.returncode}"
        raise CannotSpeak("sound.cannot-speak", prompt=prompt, why=why)
