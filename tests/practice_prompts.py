"""Prompts lent to practice boxes: spoken once for a whole test run, not at every first start.

A box of its own speaks some 160 sentences with the lowest priority; dozens of them on a
busy machine would have callers wait for their menus.
"""

import asyncio
import fcntl
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from firmware.config.load import load
from firmware.prompts.library import FOLDER, PromptLibrary

LENDER: Final = "TIPRING_TEST_PROMPTS"
"""A folder that lives as long as the test run; tests/conftest.py makes and removes it."""
PRACTICE: Final = Path(__file__).parents[1] / "firmware" / "config" / "practice.toml"


def lend_prompts(state: Path) -> None:
    """Put the practice office's sounds where a box with that state folder looks for them."""
    if LENDER not in os.environ:
        return
    lender = Path(os.environ[LENDER])
    with (lender / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (lender / FOLDER).exists():
            _speak(lender)
    (state / FOLDER).mkdir(parents=True, exist_ok=True)
    for sound in (lender / FOLDER).iterdir():
        if not (state / FOLDER / sound.name).exists():
            shutil.copyfile(sound, state / FOLDER / sound.name)


def _speak(lender: Path) -> None:
    config = load(PRACTICE.read_text("utf-8"))
    with ThreadPoolExecutor(1) as beside_a_running_loop:
        faults = beside_a_running_loop.submit(
            asyncio.run, PromptLibrary(lender).prepare(config)
        ).result()
    assert faults == (), faults
