"""What each AT command does to the modem: one table, one short function a command.

A handler returns the result code, or None when the result comes later (or a
data state has begun). What mgetty and vgetty ask on their way is here too.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from drivers.simulators.sounds import dtmf, sine
from drivers.simulators.v253.commands import AtCommand
from drivers.simulators.v253.loop import Hook
from drivers.simulators.v253.stream import Kind

if TYPE_CHECKING:
    from drivers.simulators.v253.modem import Modem

Handler = Callable[[AtCommand], str | None]

OK: Final = "OK"
ERROR: Final = "ERROR"
DIAL_TONE_HEARD_S: Final = 0.3
TONE_DBM0: Final = -10.0
ACCEPTED: Final = re.compile(
    r"\+V(GR|GT|SD|IT|RA|RN|NH|DR|DT|PR|TD|IP|EM|RID)|\+(IFC|ICF|FLO|IPR)|-(STE|TTE|SCID)"
)
"""Taken with any value; they change nothing that can be seen from outside."""
BASIC_ACCEPTED: Final = re.compile(r"[LMNWBPTV]|&[CDKSRWQ]|\\N|%C")
TONE: Final = re.compile(r"\[([^\]]*)\]|\{([^}]*)\}|([0-9*#A-D!])")


class Handlers:
    def __init__(self, modem: "Modem") -> None:
        self._modem = modem
        self._table: dict[str, Handler] = {
            "E": self._echo,
            "Q": self._quiet,
            "X": self._dial_result,
            "Z": self._reset,
            "&F": self._reset,
            "H": self._hook,
            "A": self._answer,
            "D": self._dial,
            "I": self._identify,
            "+FCLASS": self._service_class,
            "+VSM": self._format,
            "+VLS": self._line_select,
            "+VCID": self._caller_id,
            "+GCI": self._country,
            "+VTS": self._tones,
            "+VTX": lambda c: self._stream(c, Kind.PLAY),
            "+VRX": lambda c: self._stream(c, Kind.RECORD),
            "+VTR": lambda c: self._stream(c, Kind.DUPLEX),
            "-TRV": self._voltage,
        }

    def obey(self, command: AtCommand) -> str | None:
        name = command.name
        if handler := self._table.get(name):
            return handler(command)
        if re.fullmatch("S[0-9]+", name):
            return self._register(command)
        if BASIC_ACCEPTED.fullmatch(name):
            return OK
        if ACCEPTED.fullmatch(name) and "?" not in command.mark:
            return OK
        key = f"{name}{command.mark}"
        return self._information(self._modem.dialect.identity.get(key))

    def _information(self, text: str | None) -> str:
        if text is None:
            return ERROR
        self._modem.say(text)
        return OK

    # ---- V.250

    def _echo(self, command: AtCommand) -> str:
        self._modem.registers.has_echo = command.value == "1"
        return OK

    def _quiet(self, command: AtCommand) -> str:
        self._modem.registers.is_quiet = command.value == "1"
        return OK

    def _dial_result(self, command: AtCommand) -> str:
        self._modem.registers.dial_result = int(command.value or 0)
        return OK

    def _reset(self, _command: AtCommand) -> str:
        self._modem.reset()
        return OK

    def _hook(self, command: AtCommand) -> str:
        if command.value == "1":
            self._modem.loop.seize()
        else:
            self._modem.loop.release()
        return OK

    def _answer(self, _command: AtCommand) -> str | None:
        if not self._modem.registers.voice_mode:
            self._modem.answer_later(2.0, "NO CARRIER")
            return None
        self._modem.loop.seize()
        return OK

    def _identify(self, command: AtCommand) -> str:
        number = command.value.lstrip("0")
        identity = self._modem.dialect.identity
        return self._information(identity.get(f"I{number}", identity["I3"]))

    def _register(self, command: AtCommand) -> str:
        number = int(command.name[1:])
        registers = self._modem.registers.s
        if command.mark == "?":
            return self._information(f"{registers.get(number, 0):03}")
        registers[number] = int(command.value or 0)
        return OK

    def _dial(self, command: AtCommand) -> str | None:
        modem, loop = self._modem, self._modem.loop
        digits = re.sub(r"[^0-9*#A-D+]", "", re.sub(r"^[TP]", "", command.value))
        if modem.dial_refusal is not None:
            return modem.dial_refusal
        if loop.hook is Hook.RINGING:
            return "NO CARRIER"
        loop.seize()
        if modem.registers.dial_result == 4 and loop.tone_name != "dial":
            loop.release()
            return "NO DIALTONE"
        stays_off_hook = command.value.endswith(";") or modem.registers.voice_mode
        duration_s = DIAL_TONE_HEARD_S + len(digits) * 2 * modem.registers.s[11] / 1000
        modem.answer_later(duration_s, OK if stays_off_hook else "NO CARRIER")
        loop.dial(digits)
        return None

    # ---- V.253

    def _service_class(self, command: AtCommand) -> str:
        registers = self._modem.registers
        if command.mark == "=?":
            return self._information("0,1,1.0,8")
        if command.mark == "?":
            return self._information(registers.service_class)
        if command.value not in {"0", "1", "1.0", "8"}:
            return ERROR
        registers.service_class = command.value
        return OK

    def _format(self, command: AtCommand) -> str:
        dialect, registers = self._modem.dialect, self._modem.registers
        if command.mark == "=?":
            for line in dialect.vsm_list:
                self._modem.say(line)
            return OK
        fields = command.value.split(",")
        coding = dialect.formats.get(int(fields[0])) if fields[0].isdigit() else None
        if coding is None or not 1 <= len(fields) <= max(dialect.vsm_fields):
            return ERROR
        registers.coding = coding
        return OK

    def _line_select(self, command: AtCommand) -> str:
        modem = self._modem
        if command.mark == "=?":
            return self._information(",".join(str(n) for n in sorted(modem.dialect.vls)))
        if not command.value.isdigit() or int(command.value) not in modem.dialect.vls:
            return ERROR
        modem.registers.hook_relay = int(command.value)
        if modem.registers.hook_relay in {1, 3, 5, 7}:
            modem.loop.seize()
        elif modem.registers.hook_relay == 0:
            modem.loop.release()
        return OK

    def _caller_id(self, command: AtCommand) -> str:
        if command.mark == "=?":
            return self._information("0,1,2")
        self._modem.registers.caller_id = command.value in {"1", "2"}
        return OK

    def _country(self, command: AtCommand) -> str:
        modem = self._modem
        if command.mark == "=?":
            return self._information("+GCI: (" + ",".join(sorted(modem.dialect.countries)) + ")")
        if command.mark == "?":
            return self._information(f"+GCI: {modem.registers.country}")
        if command.value not in modem.dialect.countries:
            return ERROR
        modem.registers.country = command.value
        modem.registers.caller_id = False
        return OK

    def _voltage(self, _command: AtCommand) -> str:
        modem = self._modem
        return self._information(f"{modem.loop.volts:.1f}" if modem.dialect.has_voltage else None)

    def _tones(self, command: AtCommand) -> str:
        """Keys, `{key,length}` and `[f1,f2,length]`, lengths in 10 ms; `!` is a flash."""
        for pair, timed, key in TONE.findall(command.value):
            if pair:
                first, second, length = (int(part or 0) for part in f"{pair},,".split(",")[:3])
                tones = [sine(f, (length or 100) * 10, TONE_DBM0) for f in (first, second) if f]
                for wave in (sum(tones[1:], tones[0]),) if tones else ():
                    self._modem.loop.send_keys(wave.astype("int16"))
            elif (symbol := (timed or key)[0]) != "!":
                self._modem.loop.send_keys(dtmf(symbol))
        return OK

    def _stream(self, command: AtCommand, kind: Kind) -> str | None:
        modem = self._modem
        refused = kind is Kind.DUPLEX and not modem.dialect.duplex
        if command.mark or refused or not modem.registers.voice_mode:
            return ERROR
        modem.enter(kind)
        return None
