"""The simulated modem itself, asked by hand over its pty: each family's quirks are really there."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from drivers.simulators.at_modem.fault import Fault
from drivers.simulators.at_modem.grammar import commands_of
from drivers.simulators.at_modem.modem import Modem
from drivers.simulators.at_modem.settings import ModemSettings
from drivers.simulators.at_modem.start import start
from drivers.simulators.network import Network
from drivers.simulators.party import Party, Stage
from firmware.contract.causes import Cause
from firmware.contract.pcm import BLOCK_BYTES

DEADLINE_S = 10.0
CALLER = "+441632960100"


class Terminal:
    """A person with a terminal program on one port."""

    def __init__(self, port: Path) -> None:
        self.got = b""
        self._answer = ""
        self._fd = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self._arrived = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._fd, self._read)

    def type(self, text: str | bytes) -> None:
        os.write(self._fd, text if isinstance(text, bytes) else text.encode() + b"\r")

    async def sees(self, text: str | bytes) -> bytes:
        """Wait for `text`; return and forget everything up to its end."""
        wanted = text if isinstance(text, bytes) else text.encode()
        async with asyncio.timeout(DEADLINE_S):
            while wanted not in self.got:
                self._arrived.clear()
                await self._arrived.wait()
        end = self.got.index(wanted) + len(wanted)
        seen, self.got = self.got[:end], self.got[end:]
        return seen

    async def ask(self, command: str) -> str:
        """Type a command; return everything up to its final result."""
        self.got = b""
        self.type(command)
        while True:
            line = (await self.sees("\r\n")).decode().strip()
            if line == "OK" or "ERROR" in line or line in ("NO CARRIER", "BUSY", "NO ANSWER"):
                return line
            self._answer = line or self._answer

    async def value(self, command: str) -> str:
        """Type a command; return the information line before OK."""
        assert await self.ask(command) == "OK"
        return self._answer

    def _read(self) -> None:
        try:
            data = os.read(self._fd, 65_536)
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._fd)
        self.got += data
        self._arrived.set()

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._fd)
        os.close(self._fd)


class Bench:
    """One modem, its ports, and somebody outside."""

    def __init__(self, folder: Path, modem: Modem) -> None:
        self.modem = modem
        self.at = Terminal(modem.at_port.link)
        self.audio = Terminal(modem.audio_port.link) if modem.audio_port else self.at
        self.outside = Party(modem.network, CALLER)
        modem.network.attach(self.outside)

    async def outside_is(self, *stages: Stage) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await self.outside.reaches(*stages)

    async def is_back(self) -> None:
        """Wait until the modem has booted and can be called again."""
        async with asyncio.timeout(DEADLINE_S):
            while self.outside.stage is not Stage.ALERTING:
                self.outside.hang_up()
                self.outside.dial(self.modem.number)
                await self.outside.reaches(Stage.ALERTING, Stage.LEFT)


class Benches:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[Bench] = []

    async def make(self, family: str, **more: object) -> Bench:
        settings = {
            "family": family,
            "serial": "stick",
            "imei": "860000000000011",
            "iccid": "8944000000000000011",
            "number": "+447700900001",
            "ring_period_s": 0.1,
        }
        network = Network("GB", set_up_s=0.01)
        modem = await start(self._folder, network, ModemSettings.model_validate(settings | more))
        self._made.append(Bench(self._folder, modem))
        return self._made[-1]

    def close(self) -> None:
        for bench in self._made:
            bench.at.close()
            if bench.audio is not bench.at:
                bench.audio.close()
            bench.modem.stop()


@pytest.fixture
async def benches(tmp_path: Path) -> AsyncIterator[Benches]:
    made = Benches(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("AT", []),
        ("ATE0", ["E0"]),
        ("at+csq", ["+csq"]),
        ("ATE0V1", ["E0", "V1"]),
        (
            "AT+QPCMV=0;+QPCMV=1,0;D0163;",
            ["+QPCMV=0", "+QPCMV=1,0", "D0163;"],
        ),
        ('AT+CPBW=1,"a;b";+CSQ', ['+CPBW=1,"a;b"', "+CSQ"]),
    ],
)
def test_a_command_line_is_cut_as_v250_says(line: str, commands: list[str]) -> None:
    cut = commands_of(line)
    assert cut is not None
    assert list(cut) == commands


def test_what_does_not_begin_with_at_is_no_command() -> None:
    assert commands_of("RING") is None


async def test_echo_is_on_until_turned_off(benches: Benches) -> None:
    bench = await benches.make("sim7600")
    bench.at.type("AT")
    assert await bench.at.sees("OK\r\n") == b"AT\r\r\nOK\r\n"
    await bench.at.ask("ATE0")
    bench.at.type("AT")
    assert await bench.at.sees("OK\r\n") == b"\r\nOK\r\n"


async def test_sim7600_doubles_the_cr_of_its_reports(benches: Benches) -> None:
    bench = await benches.make("sim7600")
    await bench.at.ask("AT+DDET=1")
    bench.modem.report_digit("5")
    assert b"\r\n+RXDTMF: 5\r\r\n" in await bench.at.sees("5\r\r\n")


async def test_sim7600_gives_sound_only_in_a_call_and_only_on_order(benches: Benches) -> None:
    bench = await benches.make("sim7600")
    assert await bench.at.ask("AT+CPCMREG=1") == "ERROR"
    bench.outside.dial(bench.modem.number)
    await bench.at.sees("RING")
    assert await bench.at.ask("ATA") == "OK"
    assert bench.audio.got == b""
    assert await bench.at.ask("AT+CPCMREG=1") == "OK"
    await bench.audio.sees(bytes(BLOCK_BYTES))


async def test_the_downlink_stalls_when_the_uplink_stops(benches: Benches) -> None:
    bench = await benches.make("sim7600")
    bench.outside.dial(bench.modem.number)
    await bench.at.sees("RING")
    await bench.at.ask("ATA")
    await bench.at.ask("AT+CPCMREG=1")
    await bench.audio.sees(bytes(25 * BLOCK_BYTES))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await bench.audio.sees(bytes(BLOCK_BYTES))
    bench.audio.type(bytes(BLOCK_BYTES))
    await bench.audio.sees(bytes(BLOCK_BYTES))


async def test_ec25_needs_its_sound_order_for_every_call(benches: Benches) -> None:
    bench = await benches.make("ec25")
    await bench.at.ask('AT+QGPSCFG="outport","none"')
    for ordered in (True, False):
        if ordered:
            await bench.at.ask("AT+QPCMV=1,0")
        bench.outside.dial(bench.modem.number)
        await bench.at.sees("RING")
        await bench.at.ask("ATA")
        assert bench.modem.sound.open is ordered
        await bench.at.ask("AT+CHUP")
        bench.outside.hang_up()


async def test_ec25_holds_back_a_computer_that_sends_too_much(benches: Benches) -> None:
    bench = await benches.make("ec25")
    await bench.at.ask("AT+QPCMV=1,0")
    bench.outside.dial(bench.modem.number)
    await bench.at.sees("RING")
    await bench.at.ask("ATA")
    bench.audio.type(bytes(13 * BLOCK_BYTES))
    await bench.at.sees("+QPCMV: 0,0")
    await bench.at.sees("+QPCMV: 1,0")


async def test_ec25_spills_gps_text_into_the_sound_until_told_not_to(
    benches: Benches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.simulators.at_modem.modem.GPS_PERIOD_S", 0.02)
    bench = await benches.make("ec25")
    await bench.audio.sees("$GPGGA")
    await bench.at.ask('AT+QGPSCFG="outport","none"')
    bench.audio.got = b""
    await asyncio.sleep(0.1)
    assert bench.audio.got == b""


async def test_huawei_tells_a_call_from_orig_to_cend_with_its_cause(benches: Benches) -> None:
    bench = await benches.make("huawei")
    assert await bench.at.ask("ATD01632960100;") == "OK"
    await bench.at.sees("^CONF:1")
    bench.outside.hang_up(Cause.USER_BUSY)
    await bench.at.sees("^CEND:1,0,25,17")
    assert await bench.at.ask("AT^DDSETEX=2") == "ERROR"


async def test_a_busy_number_ends_with_busy_where_the_family_says_it(benches: Benches) -> None:
    bench = await benches.make("sim7600")
    await bench.at.ask("ATD01632960100;")
    await bench.outside_is(Stage.RINGING)
    bench.outside.hang_up(Cause.USER_BUSY)
    await bench.at.sees("BUSY")


async def test_ath_leaves_a_voice_call_of_sim7600_up_and_chup_ends_it(benches: Benches) -> None:
    bench = await benches.make("sim7600")
    bench.outside.dial(bench.modem.number)
    await bench.at.sees("RING")
    await bench.at.ask("ATA")
    await bench.at.ask("ATH")
    assert bench.outside.stage is Stage.TALKING
    await bench.at.ask("AT+CHUP")
    await bench.outside_is(Stage.LEFT)


async def test_three_wrong_pins_lock_the_sim_and_the_puk_opens_it(benches: Benches) -> None:
    bench = await benches.make("sim7600", pin="4711")
    await bench.at.ask("AT+CMEE=1")
    assert await bench.at.value("AT+CPIN?") == "+CPIN: SIM PIN"
    for error in ("16", "16", "12"):
        assert await bench.at.ask('AT+CPIN="0000"') == f"+CME ERROR: {error}"
    assert await bench.at.value("AT+CPIN?") == "+CPIN: SIM PUK"
    assert await bench.at.ask('AT+CPIN="12345678","1234"') == "OK"
    assert await bench.at.value("AT+CPIN?") == "+CPIN: READY"


async def test_a_locked_sim_does_not_ring(benches: Benches) -> None:
    bench = await benches.make("sim7600", pin="4711")
    bench.outside.dial(bench.modem.number)
    await bench.outside_is(Stage.LEFT)
    assert bench.outside.cause is Cause.SUBSCRIBER_ABSENT


async def test_a_deleted_message_is_noticed(benches: Benches) -> None:
    pdu = "07919144775010F0040C91447700091032000062119151314400045A8E1103"
    bench = await benches.make("sim7600", stored_sms=(pdu,))
    await bench.at.ask("AT+CMGF=0")
    assert await bench.at.value("AT+CMGL=4") == pdu
    await bench.at.ask("AT+CMGD=1")
    assert bench.modem.store.deleted == [1]


async def test_a_message_goes_through_the_prompt(benches: Benches) -> None:
    bench = await benches.make("sim7600")
    bench.at.type("AT+CMGS=18")
    await bench.at.sees("\r\n> ")
    bench.at.type(b"0001000C91447700090010000005C8329BFD06\x1a")
    await bench.at.sees("+CMGS: 1\r\n\r\nOK")
    assert bench.modem.store.sent == ["0001000C91447700090010000005C8329BFD06"]


async def test_a_deaf_modem_hears_only_what_revives_it(benches: Benches) -> None:
    bench = await benches.make("sim7600")
    bench.modem.fault = Fault.DEAF_UNTIL_RESET
    bench.at.type("AT")
    bench.at.type("AT+CFUN=1,1")
    await asyncio.sleep(0)
    await bench.is_back()
    assert bench.at.got == b""
    again = Terminal(bench.modem.at_port.link)
    assert await again.ask("AT") == "OK"
    again.close()
