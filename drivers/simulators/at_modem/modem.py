"""A simulated GSM modem: ptys on one side, a subscriber of the practice network on the other."""

import asyncio
import logging
from collections.abc import Coroutine
from pathlib import Path
from typing import Final

from drivers.simulators.at_modem.answering import Answering
from drivers.simulators.at_modem.calls import REPORTERS, ModemCall, Status
from drivers.simulators.at_modem.family import TONE_REPORTS, TRAITS, SoundNeeds
from drivers.simulators.at_modem.fault import Fault
from drivers.simulators.at_modem.messages import MessageStore
from drivers.simulators.at_modem.pty_port import PtyPort
from drivers.simulators.at_modem.settings import Family, ModemSettings
from drivers.simulators.at_modem.sim_card import SimCard
from drivers.simulators.at_modem.sound import Sound
from drivers.simulators.terminal import NetworkCall, PublicNetwork
from firmware.contract.causes import Cause

log = logging.getLogger(__name__)

BOOT_S: Final = 0.3
"""From reset to the ports being back; real modems take 10 to 25 s."""
GPS_PERIOD_S: Final = 1.0
GPS_TEXT: Final = b"$GPGGA,,,,,,0,,,,,,,,*66\r\n"
CAN_CALL: Final = frozenset({1, 5})

DEFAULT_SWITCHES: Final = {
    "+CLIP": 0, "+CRC": 0, "+CCWA": 0, "+CREG": 0, "+CGREG": 0, "+CEREG": 0, "+CLCC": 0,
    "+CMEE": 0, "+CMGF": 1, "+CSMS": 0, "+COLP": 0, "+CLIR": 0, "+CSSN": 0, "+CFUN": 1,
    "+CMUT": 0, "+CLVL": 3, "+VTD": 0, "+CSDH": 0, "+CLTS": 0, "+DDET": 0, "+AUTOCSQ": 0,
    "+CNSMOD": 0, "+CPCMFRM": 0, "+CMICGAIN": 4, "+COUTGAIN": 4, "+CHFA": 0, "+QTONEDET": 0,
    "+QAUDMOD": 0, "^DSCI": 0, "^CURC": 1, "^PORTSEL": 0, "^DDTMFCFG": 0, "ccinfo": 0, "gps": 1,
}  # fmt: skip


class Modem:
    """A Terminal. The methods below `hands` are for tests and for the practice desk."""

    def __init__(self, device_dir: Path, network: PublicNetwork, settings: ModemSettings) -> None:
        self.settings = settings
        self.traits = TRAITS[settings.family]
        self.network = network
        self.number = settings.number
        self.sim = SimCard(settings.iccid, settings.pin, settings.puk)
        first_index = 0 if settings.family is Family.HUAWEI else 1
        self.store = MessageStore(settings.stored_sms, first_index)
        self.switches = dict(DEFAULT_SWITCHES)
        self.charset = "IRA"
        self.calls: list[ModemCall] = []
        self.last_cause: Cause | None = None
        self.registration = settings.registration
        self.signal_dbm = settings.signal_dbm
        self.fault = Fault.NONE
        self.sound_broken = False
        """The PCM endpoint's known fault: orders are taken, no sound comes."""
        self._answering = Answering(self)
        self.at_port = PtyPort(self._link(device_dir, self.traits.at_interface), self._heard)
        others = [PtyPort(self._link(device_dir, n), _ignore) for n in self.traits.other_interfaces]
        self.audio_port: PtyPort | None = None
        if self.traits.audio_interface is not None:
            audio_link = self._link(device_dir, self.traits.audio_interface)
            self.audio_port = PtyPort(audio_link, self._pcm_received)
        self._ports = [self.at_port, *others, *([self.audio_port] if self.audio_port else [])]
        self.sound = Sound(self._write_pcm, self._flow, settings.impairments, settings.lockstep)
        self._stopped = False
        self._tasks: set[asyncio.Task[None]] = set()

    def _link(self, device_dir: Path, interface: int) -> Path:
        return device_dir / f"{self.settings.serial}-if{interface:02d}"

    # ---- the wire

    @property
    def commands(self) -> list[str]:
        """Every command line the computer sent, for tests."""
        return self._answering.seen

    def say(self, *lines: str) -> None:
        """Send unsolicited lines in the family's own line ends."""
        end = self.traits.report_end
        for line in lines:
            self.write_at(f"\r\n{line}{end}".encode())

    def write_at(self, data: bytes) -> None:
        if self.fault is Fault.NONE:
            self.at_port.write(data)

    def _heard(self, data: bytes) -> None:
        self._answering.received(data)

    def _pcm_received(self, data: bytes) -> None:
        self.sound.received(data)

    def _write_pcm(self, data: bytes) -> None:
        if self.audio_port is not None and not self.sound_broken:
            self.audio_port.write(data)

    def _flow(self, may_send: bool) -> None:
        if self.settings.family is Family.EC25:
            self.say(f"+QPCMV: {int(may_send)},0")

    def set_echo(self, echo: bool) -> None:
        self._answering.echo = echo

    # ---- registration

    @property
    def is_registered(self) -> bool:
        return self.sim.is_open and self.switches["+CFUN"] == 1 and self.registration in CAN_CALL

    def seen_registration(self) -> int:
        return self.registration if self.sim.is_open and self.switches["+CFUN"] == 1 else 0

    def look_for_network(self) -> None:
        """Join or leave the network as SIM, radio and coverage now say."""
        self.network.attach(self)
        if not self.is_registered:
            self.network.detach(self)  # known to the network, but out of reach
        if self.switches["+CREG"]:
            self.say(f"+CREG: {self.seen_registration()}")

    # ---- calls, from the network

    def ring(self, call: NetworkCall) -> bool:
        second = bool(self.calls)
        if not self.is_registered or (second and not self.settings.call_waiting):
            return False
        status = Status.WAITING if second else Status.INCOMING
        mine = self._add(call, incoming=True, number=call.calling, status=status)
        mine.tasks.append(asyncio.ensure_future(self._ring_on(mine)))
        return True

    def alerting(self, call: NetworkCall) -> None:
        self._move(call, Status.ALERTING)

    def answered(self, call: NetworkCall) -> None:
        self._move(call, Status.ACTIVE)

    def cleared(self, call: NetworkCall, cause: Cause) -> None:
        mine = self._mine(call)
        if mine is not None:
            call.clear(cause)
            self._end(mine, cause)

    # ---- calls, from the computer

    def dial(self, called: str) -> None:
        call = self.network.place(self, called)
        mine = self._add(call, incoming=False, number=called, status=Status.DIALING)
        self._report(mine)
        self._pump(mine)

    def answer(self, call: ModemCall) -> None:
        call.network.answer()
        self._connected(call)
        self._pump(call)

    def hang_up(self, call: ModemCall, cause: Cause) -> None:
        call.network.clear(cause)
        self._end(call, None)

    def _add(
        self, call: NetworkCall, incoming: bool, number: str | None, status: Status
    ) -> ModemCall:
        taken = {c.index for c in self.calls}
        index = next(i for i in range(1, 8) if i not in taken)
        mine = ModemCall(index, incoming, number, status, call)
        self.calls.append(mine)
        return mine

    def _mine(self, call: NetworkCall) -> ModemCall | None:
        return next((c for c in self.calls if c.network is call), None)

    def _move(self, call: NetworkCall, status: Status) -> None:
        mine = self._mine(call)
        if mine is None:
            return
        if status is Status.ACTIVE:
            self._connected(mine)
        else:
            mine.status = status
            self._report(mine)

    def _connected(self, call: ModemCall) -> None:
        call.status = Status.ACTIVE
        call.connected_at = asyncio.get_running_loop().time()
        self._report(call)

    def _end(self, call: ModemCall, cause: Cause | None) -> None:
        self.calls.remove(call)
        for task in call.tasks:
            task.cancel()
        call.status = Status.ENDED
        self.last_cause = cause or Cause.NORMAL_CALL_CLEARING
        if not self.calls:
            self.sound.switch(is_open=False)
        self._report(call, cause)

    def _report(self, call: ModemCall, cause: Cause | None = None) -> None:
        self.say(*REPORTERS[self.settings.family](call, self.switches, cause))

    def _pump(self, call: ModemCall) -> None:
        call.tasks.append(asyncio.ensure_future(self.sound.run(call.network)))

    async def _ring_on(self, call: ModemCall) -> None:
        number = call.number or ""
        kind, validity = (145 if number.startswith("+") else 129, 0) if number else (128, 1)
        if call.status is Status.WAITING:
            self.say(f'+CCWA: "{number}",{kind},1')
            return
        while call.status is Status.INCOMING:
            self.say("+CRING: VOICE" if self.switches["+CRC"] else "RING")
            if self.switches["+CLIP"]:
                self.say(f'+CLIP: "{number}",{kind},"",0,"",{validity}')
            await asyncio.sleep(self.settings.ring_period_s or self.traits.ring_period_s)

    # ---- sound

    def order_sound(self, wanted: bool) -> bool:
        """Open or close the PCM port; False when the modem refuses."""
        if self.audio_port is None or not self.settings.voice:
            return False
        if wanted and self.traits.sound is not SoundNeeds.ORDER_ANY_TIME and not self.calls:
            return False
        self.sound.switch(wanted)
        return True

    async def _tell_position(self) -> None:
        """GPS text comes out of the port that also carries the sound, until it is turned off."""
        while True:
            await asyncio.sleep(GPS_PERIOD_S)
            if self.audio_port is not None and self.switches["gps"]:
                self.audio_port.write(GPS_TEXT)

    # ---- hands

    def plug_in(self) -> None:
        """Appear in the device folder, on other ttys than before; nothing once stopped."""
        if self._stopped:
            return
        for port in self._ports:
            port.plug_in()
        if self.settings.family is Family.EC25 and not self._tasks:
            self._start(self._tell_position())
        self.look_for_network()

    def unplug(self) -> None:
        for call in list(self.calls):
            call.network.clear(Cause.DESTINATION_OUT_OF_ORDER)
            self._end(call, None)
        self.network.detach(self)
        self._answering.forget()
        for port in self._ports:
            port.unplug()

    def power_cycle(self) -> None:
        """What cutting and giving back USB power does: everything starts afresh."""
        self.unplug()
        self.fault = Fault.NONE
        self.sound_broken = False
        self.switches = dict(DEFAULT_SWITCHES)
        self._answering.echo = True
        self.sim.power_up()
        asyncio.get_running_loop().call_later(BOOT_S, self.plug_in)

    def register(self, status: int) -> None:
        """Change what the network says to this SIM (<stat> of +CREG)."""
        self.registration = status
        self.look_for_network()

    def report_digit(self, digit: str) -> None:
        """What the modem's own tone detector says of a key pressed at the far end."""
        name, switch, coded = TONE_REPORTS[self.settings.family]
        if self.switches[switch]:
            self.say(f"{name}: {ord(digit) if coded else digit}")

    def receive_message(self, pdu: str) -> None:
        """An SMS arrives and is stored, unless the computer asked for it to be passed on."""
        if self.store.routed_away:
            self.say(f"+CMT: ,{len(pdu) // 2 - 1 - int(pdu[:2], 16)}", pdu)
            return
        index = self.store.add(pdu)
        if index is not None:
            self.say(f'+CMTI: "SM",{index}')

    def stop(self) -> None:
        self._stopped = True
        self.unplug()
        for task in self._tasks:
            task.cancel()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        self._tasks.add(asyncio.ensure_future(work))


def _ignore(_data: bytes) -> None:
    """Diagnostic and GPS ports swallow what is written to them."""
