"""Sentences for the terminal, in the language the terminal asks for."""

import os

from firmware.contract.texts import LANGUAGES, Text, word


def language() -> str:
    """Return the closest of our languages to LC_ALL, LC_MESSAGES or LANG; English without one."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    wanted = next(filter(None, names), "en").partition(".")[0].replace("_", "-")
    close = [ours for ours in LANGUAGES if ours.partition("-")[0] == wanted.partition("-")[0]]
    return wanted if wanted in LANGUAGES else next(iter(close), "en")


def in_words(text: Text) -> str:
    return word(text, language())


def say(code: str, /, **args: str | int | float) -> None:
    """Print one sentence at once, also when nobody reads yet."""
    print(in_words(Text(code=code, args=args)), flush=True)
