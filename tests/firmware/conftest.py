"""What the tests of the exchange share: a configuration, its prompts, a scripted box."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.config.load import load
from firmware.prompts.library import PromptLibrary
from tests.firmware.scripted_box import ScriptedBox, scripted_box
from tests.firmware.scripted_office import SCRIPTED_OFFICE


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every prompt of the scripted office."""
    state = tmp_path_factory.mktemp("sounds")
    faults = asyncio.run(PromptLibrary(state).prepare(load(SCRIPTED_OFFICE)))
    assert not faults
    return state / "prompts"


@pytest.fixture
async def box(sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(SCRIPTED_OFFICE, sounds) as running:
        yield running
