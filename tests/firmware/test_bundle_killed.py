"""The power goes while a bundle is taken, at every write: the box is the old one or the new one.

The exchange is the real process; its `os.fsync` counts and pulls the plug.
"""

import asyncio
import shutil
import signal
import sys
import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware.bundle.bundle import make_bundle, read_bundle
from firmware.bundle.incoming import FOLDER, leave_bundle
from tests.firmware.bundle.bundle_maker import HASH, MADE_AT, OWNER, SOUND, office, tone
from tests.firmware.scripted_box import eventually_async, new_state
from tests.firmware.scripted_card import ControlClient

PLUG = """
import os, runpy, signal, sys
state, left = sys.argv[sys.argv.index("--state") + 1], int(sys.argv.pop(1))
sync = os.fsync
def pulled(descriptor):
    global left
    sync(descriptor)
    if os.path.exists(state + "/armed"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
os.fsync = pulled
runpy.run_module("firmware.exchange", run_name="__main__")
"""
NEW = office().replace("Scripted office", "New office", 1) + (
    f'\n[prompts.goodbye]\nen.sound = "{HASH}"\n'
)
NEVER = 1_000


@dataclass
class Plugged:
    state: Path
    process: asyncio.subprocess.Process | None = None

    async def start(self, pulled_at: int = NEVER) -> ControlClient:
        """Start the exchange; the plug is pulled at that write after `arm`."""
        (self.state / "armed").unlink(missing_ok=True)
        command = (sys.executable, "-c", PLUG, str(pulled_at), "--state", str(self.state))
        self.process = await asyncio.create_subprocess_exec(*command)

        async def connected() -> ControlClient | None:
            try:
                return await ControlClient.connect(self.state)
            except OSError:
                return None

        client = await eventually_async(connected, lambda one: one is not None)
        assert client is not None
        return client

    async def over(self) -> int:
        assert self.process is not None
        return await self.process.wait()

    async def stop(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()


@pytest.fixture
async def plugged(sounds: Path, tmp_path: Path) -> AsyncIterator[Plugged]:
    own = tmp_path / "prompts"
    shutil.copytree(sounds, own)
    state = new_state(office(), own)
    (state / FOLDER).mkdir()
    running = Plugged(state)
    yield running
    await running.stop()
    shutil.rmtree(state)


def offered(state: Path) -> str:
    data = make_bundle(NEW, {f"{HASH}.wav": tone()}, serial=7, made_at=MADE_AT, key=OWNER)
    assert SOUND in read_bundle(data).manifest.files
    return leave_bundle(state, data)


@pytest.mark.parametrize("pulled_at", [1, 2, 4, 6, 8, 10])
async def test_it_is_all_there_or_not_at_all_and_can_be_taken_again(
    plugged: Plugged, pulled_at: int
) -> None:
    client = await plugged.start(pulled_at)
    bundle_id = offered(plugged.state)
    await client.ask("list-bundles")
    (plugged.state / "armed").touch()
    taking = asyncio.create_task(client.ask("accept-bundle", bundle_id=bundle_id, who="Ana"))
    assert await plugged.over() == -signal.SIGKILL
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)
    client.close()

    live = (plugged.state / "tipring.toml").read_text("utf-8")
    assert live in (office(), NEW)
    if live == NEW:
        assert (plugged.state / "prompts" / f"{HASH}.wav").read_bytes() == tone()

    again = await plugged.start()
    listed = (await again.ask("list-bundles"))["ok"]
    for waiting in listed["bundles"]:
        accepted = await again.ask("accept-bundle", bundle_id=waiting["bundle_id"], who="Ana")
        assert "version" in accepted["ok"]
    assert tomllib.loads((plugged.state / "tipring.toml").read_text("utf-8")) == tomllib.loads(NEW)
    assert list((plugged.state / FOLDER).iterdir()) == []
    offered(plugged.state)
    assert (await again.ask("list-bundles"))["ok"]["last"]["text"]["code"] == "bundle.older"
    again.close()
