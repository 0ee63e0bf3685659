"""Commands only one family of simulated modems takes."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from drivers.simulators.at_modem.call_commands import send_tone
from drivers.simulators.at_modem.command import Handler, Refused, Table, entry
from drivers.simulators.at_modem.settings import Family

if TYPE_CHECKING:
    from drivers.simulators.at_modem.modem import Modem

Match = re.Match[str]
CME_NO_SIM = 10


def _iccid(form: str) -> Handler:
    def answer(modem: "Modem", _match: Match) -> list[str]:
        if modem.sim.iccid is None:
            raise Refused(cme=CME_NO_SIM)
        return [form.format(modem.sim.iccid)]

    return answer


def _sound(modem: "Modem", match: Match) -> list[str]:
    if not modem.order_sound(match[1] != "0"):
        raise Refused
    return []


def _voice_only(*lines: str) -> Handler:
    def answer(modem: "Modem", _match: Match) -> list[str]:
        if not modem.settings.voice:
            raise Refused
        return list(lines)

    return answer


def _reset(modem: "Modem", _match: Match) -> list[str]:
    modem.power_cycle()
    return []


def _gps(modem: "Modem", match: Match) -> list[str]:
    modem.switches["gps"] = int(match[1].lower() != "none")
    return []


def _call_reports(modem: "Modem", match: Match) -> list[str]:
    modem.switches["ccinfo"] = int(match[1])
    return []


def _ok(_modem: "Modem", _match: Match) -> list[str]:
    return []


def _huawei_tone(modem: "Modem", match: Match) -> list[str]:
    return send_tone(modem, match[1])


def _huawei_pin_counts(modem: "Modem", _match: Match) -> list[str]:
    sim = modem.sim
    status = sim.status()
    if isinstance(status, int):
        raise Refused(cme=status)
    tries = sim.puk_attempts if status == "SIM PUK" else sim.pin_attempts
    return [f"^CPIN: {status},{tries},{sim.puk_attempts},{sim.pin_attempts},10,3"]


TABLES: Final[Mapping[Family, Table]] = {
    Family.SIM7600: (
        entry(r"\+CICCID", _iccid("+ICCID: {}")),
        entry(r"\+CPCMREG=\?", _voice_only("+CPCMREG: (0-1)")),
        entry(r"\+CPCMREG=([01])", _sound),
        entry(r"\+CRESET", _reset),
        entry(r"\+CGPS=.*", _ok),
    ),
    Family.EC25: (
        entry(r"\+QCCID", _iccid("+QCCID: {}")),
        entry(r"\+QPCMV=\?", _voice_only("+QPCMV: (0,1),(0-2)")),
        entry(r"\+QPCMV=(0)", _sound),
        entry(r"\+QPCMV=(1),0", _sound),
        entry(r'\+QGPSCFG="outport","(\w+)"', _gps),
        entry(r'\+QINDCFG="ccinfo",([01])(?:,[01])?', _call_reports),
        entry(r'\+QINDCFG="\w+",[01](?:,[01])?', _ok),
    ),
    Family.HUAWEI: (
        entry(r"\^ICCID\?", _iccid("^ICCID: {}")),
        entry(r"\^CVOICE(?:=\?|\?)", _voice_only("^CVOICE:0,8000,16,20")),
        entry(r"\^DDSETEX=(2)", _sound),
        entry(r"\^DTMF=\d,([0-9*#])", _huawei_tone),
        entry(r"\^CPIN\?", _huawei_pin_counts),
        entry(r"\^U2DIAG=.*", _ok),
    ),
    Family.SIM800: (
        entry(r"\+CCID", _iccid("{}")),
        entry(r"\+CMIC=.*", _ok),
    ),
}
