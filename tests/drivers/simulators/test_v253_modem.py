"""The simulated voice modem at its pty, spoken to byte by byte."""

import asyncio
import os
import shutil
import tempfile
import time
import tty
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from drivers.simulators import v253
from drivers.simulators.network import Network
from drivers.simulators.party import Party, Stage

DEADLINE_S = 10.0


class Client:
    """A program that has the port open."""

    def __init__(self, path: Path) -> None:
        self._number = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._number)
        self.got = bytearray()

    def close(self) -> None:
        os.close(self._number)

    def send(self, data: bytes) -> None:
        os.write(self._number, data)

    async def until(self, wanted: bytes) -> bytes:
        """Return everything up to and with `wanted`."""
        async with asyncio.timeout(DEADLINE_S):
            while wanted not in self.got:
                await self._more()
        end = self.got.index(wanted) + len(wanted)
        taken = bytes(self.got[:end])
        del self.got[:end]
        return taken

    async def say(self, command: str, wanted: bytes = b"\r\nOK\r\n") -> bytes:
        self.send(command.encode() + b"\r")
        return await self.until(wanted)

    async def _more(self) -> None:
        try:
            self.got += os.read(self._number, 4096)
        except BlockingIOError:
            await asyncio.sleep(0.01)


class Bench:
    def __init__(self, settings: dict[str, object]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))
        self.network = Network("GB", set_up_s=0.01)
        self.settings = v253.V253ModemSettings.model_validate(
            {"serial": "m", "number": "+441632960011", "ring_period_s": 2.0} | settings
        )

    async def __aenter__(self) -> "Bench":
        self.modem = await v253.start(self.folder, self.network, self.settings)
        self.client = Client(self.folder / "m-if00")
        await self.client.say("ATE0")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.client.close()
        await self.modem.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with Bench({}) as made:
        yield made


async def test_it_names_itself_and_lists_voice(bench: Bench) -> None:
    assert b"CX93001" in await bench.client.say("ATI3")
    assert b"8" in await bench.client.say("AT+FCLASS=?")
    assert b'131,"Mu-Law",8' in await bench.client.say("AT+VSM=?", b"OK")


async def test_unknown_commands_and_wrong_values_are_errors(bench: Bench) -> None:
    for command in ("AT#CLS=8", "AT+FLID=?", "AT+GCI=ZZ", "AT+VLS=99", "AT+VSM=77"):
        await bench.client.say(command, b"\r\nERROR\r\n")


async def test_plus_vtr_is_an_error_on_the_half_duplex_chip_and_outside_voice_mode() -> None:
    async with Bench({"family": "cx930xx-half"}) as half:
        await half.client.say("AT+VTR", b"ERROR")
        await half.client.say("AT+FCLASS=8")
        await half.client.say("AT+VTR", b"ERROR")
        await half.client.say("AT+VRX", b"CONNECT\r\n")
        half.client.send(b"\x10!")
        await half.client.until(b"\x10\x03\r\nOK\r\n")


async def test_a_ring_is_text_in_data_mode_and_an_event_in_voice_mode(bench: Bench) -> None:
    await bench.client.say("AT+VCID=1")
    caller = Party(bench.network, "+441632960100")
    caller.dial("01632960011")
    await bench.client.until(b"\r\nRING\r\n")
    assert b"DATE = " in await bench.client.until(b"NMBR = 01632960100\r\n")
    await bench.client.say("AT+FCLASS=8")
    await bench.client.until(b"\x10R")


async def test_a_stream_runs_at_its_own_crystal_and_a_loop_break_is_told() -> None:
    async with Bench({"clock_ppm": 5000, "clear_signal": "cpc"}) as bench:
        caller = Party(bench.network, "+441632960100")
        caller.dial("01632960011")
        await bench.client.until(b"RING")
        await bench.client.say("AT+FCLASS=8")
        await bench.client.say("AT+VLS=1")
        await caller.reaches(Stage.TALKING)
        await bench.client.say("AT+VTR", b"CONNECT\r\n")
        caller.hang_up()
        await bench.client.until(b"\x10l")
        bench.client.send(b"\x10^")
        await bench.client.until(b"\x10\x03\r\nOK\r\n")


async def test_dialling_takes_its_time_and_a_key_stroke_aborts_it(bench: Bench) -> None:
    called = Party(bench.network, "+441632960100")
    bench.network.attach(called)
    began = time.monotonic()
    await bench.client.say("ATDT01632960100;")
    assert time.monotonic() - began > 1.0
    await called.reaches(Stage.RINGING)
    await bench.client.say("ATH")
    bench.client.send(b"ATDT01632960100;\r")
    await asyncio.sleep(0.1)
    bench.client.send(b"\r")
    await bench.client.until(b"NO CARRIER")


async def test_without_a_line_there_is_no_dial_tone_and_no_voltage(bench: Bench) -> None:
    bench.modem.loop.pull_cable()
    assert b"1.4" in await bench.client.say("AT-TRV")
    await bench.client.say("ATX4DT1;", b"NO DIALTONE")


async def test_closing_the_port_hangs_up(bench: Bench) -> None:
    called = Party(bench.network, "+441632960100")
    bench.network.attach(called)
    await bench.client.say("ATDT01632960100;")
    await called.reaches(Stage.RINGING)
    bench.client.close()
    async with asyncio.timeout(DEADLINE_S):
        await called.reaches(Stage.IDLE)
    bench.client = Client(bench.folder / "m-if00")
    await bench.client.say("AT")
