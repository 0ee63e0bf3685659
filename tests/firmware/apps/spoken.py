"""Which prompt a phone hears, known by its sound; and what a phone dials at one go."""

from pathlib import Path
from typing import Any

from firmware.config.load import load
from firmware.contract.switching import Play
from firmware.prompts.library import PromptLibrary
from tests.firmware.scripted_box import ScriptedBox
from tests.firmware.scripted_office import SCRIPTED_OFFICE

PHONE = "phone-leg"


def sound_of(box: ScriptedBox, prompt: str) -> str:
    (file,) = PromptLibrary(box.state).files(prompt, "en", load(SCRIPTED_OFFICE))
    return file.name


async def hears(box: ScriptedBox, prompt: str, leg_id: str = PHONE) -> Play:
    """Wait until the prompt is played to the leg, alone or with others."""
    wanted = sound_of(box, prompt)
    return await box.switch.heard.expect(
        Play,
        lambda order: (
            order.leg_id == leg_id and wanted in {Path(file).name for file in order.files}
        ),
    )


async def dials(box: ScriptedBox, line_id: str, keys: str, leg_id: str = PHONE) -> None:
    await box.phones.lift(line_id, leg_id, called=keys)


async def uses_code(box: ScriptedBox, line_id: str, keys: str, prompt: str, leg_id: str) -> None:
    """Dial a code, hear that it is done, and be cleared."""
    await dials(box, line_id, keys, leg_id)
    await hears(box, prompt, leg_id)
    await box.phones.cleared(leg_id)


async def extension_of(box: ScriptedBox, extension: str) -> dict[str, Any]:
    """Return an extension as the page sees it."""
    snapshot: dict[str, Any] = (await box.control.ask("snapshot"))["ok"]
    return next(one for one in snapshot["extensions"] if one["extension"] == extension)
