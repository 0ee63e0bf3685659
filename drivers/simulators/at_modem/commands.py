"""Commands that every simulated modem takes: identity, SIM, registration, SMS store."""

import re
from typing import TYPE_CHECKING

from drivers.simulators.at_modem.command import Handler, Refused, Table, entry
from drivers.simulators.at_modem.messages import ALL

if TYPE_CHECKING:
    from drivers.simulators.at_modem.modem import Modem

Match = re.Match[str]
STATUS_WORDS = {"REC UNREAD": 0, "REC READ": 1, "STO UNSENT": 2, "STO SENT": 3, "ALL": ALL}
CMS_INVALID_INDEX = "+CMS ERROR: 321"


def _ok(_modem: "Modem", _match: Match) -> list[str]:
    return []


def _echo(modem: "Modem", match: Match) -> list[str]:
    modem.set_echo(match[1] == "1")
    return []


def _model(modem: "Modem", _match: Match) -> list[str]:
    return [modem.traits.model]


def _maker(modem: "Modem", _match: Match) -> list[str]:
    return [modem.traits.maker]


def _firmware(modem: "Modem", _match: Match) -> list[str]:
    return [modem.traits.firmware]


def _about(modem: "Modem", _match: Match) -> list[str]:
    traits = modem.traits
    return [f"Manufacturer: {traits.maker}", f"Model: {traits.model}",
            f"Revision: {traits.firmware}", f"IMEI: {modem.settings.imei}"]  # fmt: skip


def _imei(modem: "Modem", _match: Match) -> list[str]:
    return [modem.settings.imei]


def _need_sim(modem: "Modem") -> None:
    error = modem.sim.locked_error()
    if error is not None:
        raise Refused(cme=error)


def _imsi(modem: "Modem", _match: Match) -> list[str]:
    _need_sim(modem)
    return [modem.settings.imsi]


def _pin_status(modem: "Modem", _match: Match) -> list[str]:
    status = modem.sim.status()
    if isinstance(status, int):
        raise Refused(cme=status)
    return [f"+CPIN: {status}"]


def _enter_pin(modem: "Modem", match: Match) -> list[str]:
    error = modem.sim.enter(match[1], match[2])
    if error is not None:
        raise Refused(cme=error)
    modem.say("+CPIN: READY")
    modem.look_for_network()
    return []


def _attempts(modem: "Modem", _match: Match) -> list[str]:
    if isinstance(modem.sim.status(), int):
        raise Refused(cme=int(modem.sim.status()))
    return [f"+CPINR: SIM PIN,{modem.sim.pin_attempts},3"]


def _registration(modem: "Modem", match: Match) -> list[str]:
    name = match[1].upper()
    return [f"{name}: {modem.switches[name]},{modem.seen_registration()}"]


def _operator(modem: "Modem", _match: Match) -> list[str]:
    if modem.seen_registration() not in (1, 5):
        return ["+COPS: 0"]
    return [f'+COPS: 0,0,"{modem.settings.operator}",7']


def _signal(modem: "Modem", _match: Match) -> list[str]:
    return [f"+CSQ: {(modem.signal_dbm + 113) // 2},99"]


def _radio(modem: "Modem", match: Match) -> list[str]:
    if match[2]:
        modem.power_cycle()
        return []
    modem.switches["+CFUN"] = int(match[1])
    modem.look_for_network()
    return []


def _set_switch(modem: "Modem", match: Match) -> list[str]:
    name = match[1].upper()
    if name not in modem.switches:
        raise Refused
    modem.switches[name] = int(match[2])
    return []


def _read_switch(modem: "Modem", match: Match) -> list[str]:
    name = match[1].upper()
    if name not in modem.switches:
        raise Refused
    return [f"{name}: {modem.switches[name]}"]


def _charset(modem: "Modem", match: Match) -> list[str]:
    if match[2] is None:
        return [f'+CSCS: "{modem.charset}"']
    modem.charset = match[2]
    return []


def _stores(modem: "Modem", match: Match) -> list[str]:
    usage = modem.store.usage()
    if match[1] == "?":
        return [f'+CPMS: "SM",{usage},"SM",{usage},"SM",{usage}']
    return [f"+CPMS: {usage},{usage},{usage}"]


def _routing(modem: "Modem", match: Match) -> list[str]:
    modem.store.routed_away = match[1] in ("2", "3")
    return []


def _list_messages(modem: "Modem", match: Match) -> list[str]:
    _need_sim(modem)
    wanted = (match[1] or "4").strip('"')
    return modem.store.listing(STATUS_WORDS.get(wanted, int(wanted) if wanted.isdigit() else ALL))


def _read_message(modem: "Modem", match: Match) -> list[str]:
    _need_sim(modem)
    lines = modem.store.read(int(match[1]))
    if lines is None:
        raise Refused(CMS_INVALID_INDEX)
    return lines


def _delete_message(modem: "Modem", match: Match) -> list[str]:
    _need_sim(modem)
    if not modem.store.delete(int(match[1])):
        raise Refused(CMS_INVALID_INDEX)
    return []


def _raw_sim_access(modem: "Modem", _match: Match) -> list[str]:
    """EF_ICCID as the card stores it: two digits a byte, swapped."""
    iccid = modem.sim.iccid
    if iccid is None:
        raise Refused(cme=10)
    pairs = iccid + "F" * (len(iccid) % 2)
    swapped = "".join(pairs[i + 1] + pairs[i] for i in range(0, len(pairs), 2))
    return [f'+CRSM: 144,0,"{swapped}"']


def _own_number(modem: "Modem", _match: Match) -> list[str]:
    _need_sim(modem)
    return [f'+CNUM: "","{modem.number}",145']


def _fixed(*lines: str) -> Handler:
    def answer(_modem: "Modem", _match: Match) -> list[str]:
        return list(lines)

    return answer


TABLE: Table = (
    entry(r"E([01]?)", _echo),
    entry(r"[ZVQXSLM&][\dFCDVW=]*", _ok),
    entry(r"I\d?", _about),
    entry(r"\+C?GMI", _maker),
    entry(r"\+C?GMM", _model),
    entry(r"\+C?GMR", _firmware),
    entry(r"\+C?GSN", _imei),
    entry(r"\+CIMI", _imsi),
    entry(r"\+CPIN\?", _pin_status),
    entry(r'\+CPIN="?(\d+)"?(?:,"?(\d+)"?)?', _enter_pin),
    entry(r'\+CPINR(?:="SIM PIN")?', _attempts),
    entry(r"(\+CG?E?REG)\?", _registration),
    entry(r"\+COPS\?", _operator),
    entry(r"\+COPS=.*", _ok),
    entry(r"\+CSQ", _signal),
    entry(r"\+CFUN=(\d)(,1)?", _radio),
    entry(r"\+CPMS=\?", _fixed('+CPMS: ("SM"),("SM"),("SM")')),
    entry(r"\+CPMS(\?|=.*)", _stores),
    entry(r"\+CNMI=\d(?:,(\d))?.*", _routing),
    entry(r"\+CNMI\?", _fixed("+CNMI: 2,1,0,0,0")),
    entry(r"\+CNMI=\?", _fixed("+CNMI: (0-2),(0-3),(0,2,3),(0-2),(0,1)")),
    entry(r'\+CMGL(?:=("?[\w ]+"?))?', _list_messages),
    entry(r"\+CMGR=(\d+)", _read_message),
    entry(r"\+CMGD=(\d+)(?:,0)?", _delete_message),
    entry(r"\+CMGS=\d+", _ok),
    entry(r"\+CSCA\?", _fixed('+CSCA: "+447700900999",145')),
    entry(r"\+CSCS=\?", _fixed('+CSCS: ("IRA","GSM","UCS2")')),
    entry(r'\+CSCS(\?|="(\w+)")', _charset),
    entry(r"\+CRSM=176,12258,.*", _raw_sim_access),
    entry(r"\+CNUM", _own_number),
    entry(r"\+CBC", _fixed("+CBC: 0,80,3900")),
    entry(r"\+CPAS", _fixed("+CPAS: 0")),
    entry(r"\+GCAP", _fixed("+GCAP: +CGSM,+DS,+ES")),
    entry(r"\+CMGF=\?", _fixed("+CMGF: (0,1)")),
    entry(r"(\^DDTMFCFG)=\d,(\d)", _set_switch),
    entry(r"([+^]\w+)=(\d+)(?:,.*)?", _set_switch),
    entry(r"([+^]\w+)\?", _read_switch),
)
