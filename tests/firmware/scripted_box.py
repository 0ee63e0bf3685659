"""A whole exchange in the test's own process, with scripted cards and a scripted switch around."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from firmware.contract.line_state import Audio
from firmware.exchange.exchange import Exchange
from firmware.store.archive import Archive
from firmware.store.rows import CallStory
from tests.firmware.scripted_card import DEADLINE_S, ControlClient, ScriptedCard, ScriptedSwitch

T = TypeVar("T")
GSM: Final = ("gsm-1", "gsm-2")
PHONES: Final = ("phone-1", "phone-2", "phone-3")


@dataclass
class ScriptedBox:
    state: Path
    switch: ScriptedSwitch
    gsm: ScriptedCard
    fxo: ScriptedCard
    phones: ScriptedCard
    control: ControlClient

    async def finished(self, count: int = 1) -> list[CallStory]:
        """Return the stories of the calls that have ended, oldest first, once there are `count`."""
        archive = Archive(self.state / "tipring.db")

        def stories() -> list[CallStory]:
            ended = [row for row in archive.calls() if row.ended_at is not None]
            return [archive.story(row.call_id) for row in reversed(ended)]

        return await eventually(stories, lambda found: len(found) >= count)

    async def story(self) -> CallStory:
        """Return the only call's story, once it has ended and all its steps are written."""
        (only,) = await self.finished()
        archive = Archive(self.state / "tipring.db")
        return await eventually(
            lambda: archive.story(only.call.call_id), lambda one: "call.ended" in steps(one)
        )


def steps(story: CallStory) -> list[str]:
    return [step.what.code for step in story.steps]


async def eventually(look: Callable[[], T], is_so: Callable[[T], bool]) -> T:
    """Return what `look` sees once it is so."""
    deadline = time.monotonic() + DEADLINE_S
    while not is_so(seen := await asyncio.to_thread(look)):
        if time.monotonic() > deadline:
            raise AssertionError(f"still not so: {seen}")
        await asyncio.sleep(0.02)
    return seen


async def eventually_async(look: Callable[[], Awaitable[T]], is_so: Callable[[T], bool]) -> T:
    """Return what `look` sees once it is so."""
    deadline = time.monotonic() + DEADLINE_S
    while not is_so(seen := await look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"still not so: {seen}")
        await asyncio.sleep(0.02)
    return seen


def new_state(config: str, sounds: Path) -> Path:
    """Return a short-named state folder; prompts are shared, for speaking them takes seconds."""
    state = Path(tempfile.mkdtemp(prefix="tx-", dir="/tmp"))
    for folder in ("run", "recordings", "voicemail", "versions"):
        (state / folder).mkdir()
    (state / "prompts").symlink_to(sounds)
    (state / "tipring.toml").write_text(config, "utf-8")
    return state


@asynccontextmanager
async def scripted_box(config: str, sounds: Path) -> AsyncIterator[ScriptedBox]:
    state = new_state(config, sounds)
    stop = asyncio.Event()
    running = asyncio.create_task(Exchange(state).run(stop))
    switch = ScriptedSwitch(state)
    gsm = ScriptedCard(state, "gsm", dict.fromkeys(GSM, Audio.FULL))
    fxo = ScriptedCard(state, "fxo", {"fxo-1": Audio.FULL, "fxo-2": Audio.HALF})
    phones = ScriptedCard(state, "virtual", dict.fromkeys(PHONES))
    try:
        for end in (switch, gsm, fxo, phones):
            await end.connect()
        control = await ControlClient.connect(state)
        box = ScriptedBox(state, switch, gsm, fxo, phones, control)
        await _all_ready(box)
        yield box
        control.close()
    finally:
        stop.set()
        await running
        for end in (switch, gsm, fxo, phones):
            await end.die()
        shutil.rmtree(state)


async def _all_ready(box: ScriptedBox) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        lines = (await box.control.ask("snapshot"))["ok"]["lines"]
        if lines and all(line["line"]["health"] == "ready" for line in lines):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the lines did not become ready")


@contextmanager
def bare_state() -> Iterator[Path]:
    """A state folder with nothing in it but room for sockets."""
    state = Path(tempfile.mkdtemp(prefix="tx-", dir="/tmp"))
    (state / "run").mkdir()
    try:
        yield state
    finally:
        shutil.rmtree(state)
