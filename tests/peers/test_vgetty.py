"""vgetty and vm, which others wrote, drive the simulated voice modem as they drive a real one.

They want their files in fixed places; each run gets its own there, by bind
mounts in a mount namespace of its own. Nothing of the machine's is touched.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.simulators import v253
from drivers.simulators.network import Network
from drivers.simulators.party import Party, Stage
from firmware.contract.pcm import SAMPLE_RATE_HZ, Samples

pytestmark = [
    pytest.mark.peer,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a mount namespace of its own"),
]

DEADLINE_S = 50.0
NUMBER = "+441632960011"
CALLER = "+441632960100"
RECORDED_S = 4
PLACES = ("/etc/mgetty", "/var/spool/voice", "/var/log/mgetty", "/run/lock")
VOICE_CONF = f"""
part generic
voice_log_level 6
forceV253 true
voice_dir /var/spool/voice
backup_message standard.rmd
port_timeout 10
enable_compression_mapping_querry true
rec_silence_len 70
rec_max_len {RECORDED_S}
program vgetty
rings 2
answer_mode voice
force_autodetect false
rec_always_keep true
program vm
dialout_timeout 30
"""
RMD_HEADER = b"RMD1" + b"V253modem".ljust(16, b"\0") + bytes.fromhex("0000 1f40 08") + bytes(7)
"""Of a sound file as vgetty keeps it: coding 0, 8000 Hz, 8 bit; then the modem's own bytes."""
GREETING_HZ, MESSAGE_HZ = 600.0, 1000.0
MGETTY_CONF = "debug 4\nspeed 38400\nport {port}\n  toggle-dtr no\n"


@dataclass
class Bench:
    """A modem on a network, and a folder that stands for each fixed place."""

    folder: Path
    network: Network
    modem: v253.Modem
    port: str

    def place(self, name: str) -> Path:
        return self.folder / name.strip("/").replace("/", "-")

    async def run(self, *command: str) -> asyncio.subprocess.Process:
        mounts = [f"mount --bind {self.place(name)} {name}" for name in PLACES]
        script = " && ".join([*mounts, 'exec "$@"'])
        return await asyncio.create_subprocess_exec(
            *("unshare", "--mount", "sh", "-c", script, "sh", *command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )

    def log(self) -> str:
        return "\n".join(
            path.read_text("latin-1", "replace") for path in self.place("/var/log/mgetty").iterdir()
        )


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    folder = Path(tempfile.mkdtemp(prefix="tr-vg-", dir="/tmp"))
    network = Network("GB", set_up_s=0.01)
    settings = v253.V253ModemSettings(serial="conexant-d1", number=NUMBER, ring_period_s=1.5)
    modem = await v253.start(folder / "dev", network, settings)
    port = str((folder / "dev" / "conexant-d1-if00").readlink()).removeprefix("/dev/")
    made = Bench(folder, network, modem, port)
    for name in PLACES:
        made.place(name).mkdir()
    (made.place("/var/spool/voice") / "incoming").mkdir()
    (made.place("/var/spool/voice") / "messages").mkdir()
    (made.place("/etc/mgetty") / "voice.conf").write_text(VOICE_CONF)
    (made.place("/etc/mgetty") / "mgetty.config").write_text(MGETTY_CONF.format(port=port))
    yield made
    await modem.stop()
    shutil.rmtree(folder, ignore_errors=True)


async def ended(process: asyncio.subprocess.Process) -> str:
    """Wait for the program's end and return what it printed."""
    output, _ = await asyncio.wait_for(process.communicate(), DEADLINE_S)
    return output.decode("latin-1")


async def test_vgetty_answers_a_call_plays_its_greeting_and_records_the_caller(
    bench: Bench,
) -> None:
    greeting = RMD_HEADER + unsigned8(tone(GREETING_HZ, 2.0))
    (bench.place("/var/spool/voice") / "messages" / "standard.rmd").write_bytes(greeting)
    caller = Party(bench.network, CALLER)
    vgetty = await bench.run("vgetty", bench.port)
    try:
        async with asyncio.timeout(DEADLINE_S):
            await _waits_for_calls(bench)
            caller.dial(NUMBER)
            await caller.reaches(Stage.TALKING)
            caller.say(tone(MESSAGE_HZ, 30.0))
            await caller.reaches(Stage.LEFT)
            message = await _message(bench)
    except TimeoutError:
        pytest.fail(bench.log()[-4000:])
    finally:
        with suppress(ProcessLookupError):
            vgetty.kill()
        await vgetty.wait()
    assert CALLER.removeprefix("+44") in message.name
    codes = np.frombuffer(message.read_bytes()[len(RMD_HEADER) :], np.uint8)
    recorded = codes.astype(np.float64) - 128
    assert share_at(recorded, MESSAGE_HZ) > 0.8
    heard = caller.heard().astype(float)
    seconds = [heard[at : at + 4000] for at in range(0, len(heard) - 4000, 2000)]
    assert any(share_at(second, GREETING_HZ) > 0.9 for second in seconds)


async def test_vm_dials_a_number_that_rings(bench: Bench) -> None:
    called = Party(bench.network, CALLER)
    bench.network.attach(called)
    vm = await bench.run("vm", "dial", "-l", bench.port, "-t", "01632960100")
    async with asyncio.timeout(DEADLINE_S):
        await called.reaches(Stage.RINGING)
        called.answer()
        await ended(vm)


async def test_vm_answers_and_prints_the_digit_that_the_caller_presses(bench: Bench) -> None:
    caller = Party(bench.network, CALLER)
    caller.dial(NUMBER)
    await caller.reaches(Stage.ALERTING)
    file = str(bench.folder / "message.rmd")
    vm = await bench.run("vm", "record", "-l", bench.port, "-t", "-P", "-L", "20", file)
    async with asyncio.timeout(DEADLINE_S):
        await caller.reaches(Stage.TALKING)
        await caller.hears_for(1.0)
        caller.press("7")
        assert "7" in (await ended(vm)).split()


async def _waits_for_calls(bench: Bench) -> None:
    while True:
        if "waiting..." in bench.log():
            return
        await asyncio.sleep(0.1)


async def _message(bench: Bench) -> Path:
    while True:
        found = [p for p in (bench.place("/var/spool/voice") / "incoming").iterdir() if p.is_file()]
        if found and found[0].stat().st_size > SAMPLE_RATE_HZ:
            return found[0]
        await asyncio.sleep(0.1)


def tone(hz: float, duration_s: float) -> Samples:
    time_s = np.arange(int(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (8000 * np.sin(2 * np.pi * hz * time_s)).astype(np.int16)


def unsigned8(samples: Samples) -> bytes:
    return ((samples.astype(np.int32) >> 8) + 128).astype(np.uint8).tobytes()


def share_at(samples: NDArray[np.float64], hz: float) -> float:
    """Share of the energy of `samples` within 25 Hz of `hz`."""
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    near = np.abs(np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ) - hz) < 25
    return float(spectrum[near].sum() / (spectrum.sum() + 1e-9))
