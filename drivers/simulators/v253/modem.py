"""The simulated voice modem: command state, voice states, and the chip's 20 ms clock."""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from drivers.simulators.crystal import Crystal
from drivers.simulators.sounds import SILENCE
from drivers.simulators.terminal import PublicNetwork
from drivers.simulators.v253.commands import split
from drivers.simulators.v253.dialect import DIALECTS
from drivers.simulators.v253.ear import KeyReports
from drivers.simulators.v253.handlers import Handlers
from drivers.simulators.v253.loop import Hook, SubscriberLoop
from drivers.simulators.v253.registers import Registers
from drivers.simulators.v253.settings import V253ModemSettings
from drivers.simulators.v253.stream import Kind, VoiceStream
from drivers.simulators.v253.wire import Wire
from firmware.contract.pcm import Samples

log = logging.getLogger(__name__)

DLE: Final = b"\x10"
TONE_RECOGNISED_FRAMES: Final = 100
"""The chip's detectors take 2 s to be sure of a tone."""
TONE_CODES: Final = {"busy": "b", "dial": "d"}


class Modem:
    """One stick. Its far side is a SubscriberLoop, its near side a Wire."""

    def __init__(self, link: Path, network: PublicNetwork, settings: V253ModemSettings) -> None:
        self.settings = settings
        self.dialect = DIALECTS[settings.family]
        self.registers = Registers()
        self.stream: VoiceStream | None = None
        self.is_stalled = False
        """Set by a test: the chip answers nothing any more."""
        self.dial_refusal: str | None = None
        """Set by a test: what dialling ends with at once, e.g. BLACKLISTED."""
        self.wire = Wire(link, self._received, self._port_closed)
        self.loop = SubscriberLoop(settings, network, self)
        self._handlers = Handlers(self)
        self._typed = bytearray()
        self._keys = KeyReports(framed=self.dialect.frames_keys)
        self._tone_frames = 0
        self._dialling: asyncio.TimerHandle | None = None
        self._clock: asyncio.Task[None] | None = None

    # ---- life

    def start(self) -> None:
        self.wire.plug()
        self._clock = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        self.wire.unplug()
        self.reset()
        if self._clock is not None:
            self._clock.cancel()
            with suppress(asyncio.CancelledError):
                await self._clock

    def reset(self) -> None:
        """As after power-on or ATZ."""
        self._stop_dialling()
        self.stream = None
        self.loop.release()
        self.registers = Registers()
        self._typed.clear()

    # ---- towards the computer

    def say(self, text: str) -> None:
        self.wire.write(f"\r\n{text}\r\n".encode("latin-1"))

    def result(self, text: str) -> None:
        if not self.registers.is_quiet:
            self.say(text)

    def event(self, code: str) -> None:
        """Report an event of the voice mode as DLE and a code."""
        if self.registers.voice_mode:
            self.wire.write(DLE + code.encode("latin-1"))

    def enter(self, kind: Kind) -> None:
        """Go into a voice data state."""
        self.stream = VoiceStream(kind, self.registers.coding, self.dialect.duplex_end)
        self.result("CONNECT")

    def answer_later(self, delay_s: float, text: str) -> None:
        """Give the result of a command that takes its time; a byte typed meanwhile aborts it."""

        def done() -> None:
            self._dialling = None
            self.result(text)

        self._dialling = asyncio.get_running_loop().call_later(delay_s, done)

    # ---- what the loop tells

    def bell(self) -> None:
        if self.is_stalled or self.stream is not None:
            return
        if self.registers.voice_mode:
            self.event("R")
        else:
            self.result("RING")

    def caller_id(self, number: str | None) -> None:
        if not self.registers.caller_id or self.is_stalled:
            return
        now = datetime.now().astimezone()
        shown = "P" if number is None else number.replace("+44", "0", 1).lstrip("+")
        fields = {"DATE": f"{now:%m%d}", "TIME": f"{now:%H%M}", "NMBR": shown}
        for label, value in fields.items():
            self.say(self.dialect.caller_id_line.format(label=label, value=value))

    def battery_break(self) -> None:
        if self.dialect.tells_breaks:
            self.event("l")

    # ---- from the computer

    def _port_closed(self) -> None:
        if self.settings.dtr_resets:
            self.reset()

    def _received(self, data: bytes) -> None:
        if self.is_stalled:
            return
        if self.stream is not None:
            data = self.stream.receive(data)
            if self.stream.is_full:
                self.wire.pause()
        for byte in data:
            self._type(byte)

    def _type(self, byte: int) -> None:
        if self._dialling is not None and byte != 0x0A:
            self._abort_dialling()
        if self.registers.has_echo:
            self.wire.write(bytes([byte]))
        if byte == 0x0D:
            line, self._typed = self._typed.decode("latin-1"), bytearray()
            self._obey(line)
        elif byte == 0x08:
            self._typed = self._typed[:-1]
        elif byte >= 0x20:
            self._typed.append(byte)
            if bytes(self._typed[:2]).upper() not in {b"A", b"AT"}:
                self._typed = self._typed[-1:]

    def _obey(self, line: str) -> None:
        commands = split(line)
        if commands is None:
            return
        log.debug("%s: %s", self.settings.serial, line)
        answer: str | None = "OK"
        for command in commands:
            answer = self._handlers.obey(command)
            if answer != "OK":
                break
        if answer is not None:
            self.result(answer)

    def _abort_dialling(self) -> None:
        self._stop_dialling()
        self.loop.release()
        self.result("NO CARRIER")

    def _stop_dialling(self) -> None:
        if self._dialling is not None:
            self._dialling.cancel()
            self._dialling = None

    # ---- the chip's clock

    async def _run(self) -> None:
        ppm = self.settings.clock_ppm + self.settings.impairments.drift_ppm
        async for _ in Crystal(ppm).frames():
            if self.stream is not None or self.loop.hook is Hook.OFF:
                self._tick()

    def _tick(self) -> None:
        said, ran_dry = self.stream.said() if self.stream else (None, False)
        heard = self.loop.swap(SILENCE if said is None else said)
        if self.is_stalled:
            return
        if self.stream is not None:
            if not self.wire.write(self.stream.heard(heard)):
                self.event("o")
            if ran_dry:
                self.event("u")
            if not self.stream.is_full:
                self.wire.resume()
            if self.stream.is_over:
                self._leave_stream(self.stream)
        self._report_events(heard)

    def _leave_stream(self, stream: VoiceStream) -> None:
        self.stream = None
        self.wire.write(stream.farewell())
        self.result("OK")

    def _report_events(self, heard: Samples) -> None:
        if self.settings.reports_digits:
            for key_code in self._keys.hear(heard):
                self.event(key_code)
        code = TONE_CODES.get(self.loop.tone_name or "")
        self._tone_frames = self._tone_frames + 1 if code else 0
        if code and self.settings.reports_tones and not self._tone_frames % TONE_RECOGNISED_FRAMES:
            self.event(code)
