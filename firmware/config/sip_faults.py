"""Faults of SIP lines: names that must be one line's alone, and passwords that are missing."""

from collections.abc import Iterator

from firmware.config.fault import Fault
from firmware.config.model import Config
from firmware.contract.settings import SipPhoneSettings, SipTrunkSettings


def sip_faults(config: Config) -> Iterator[Fault]:
    """Yield what must not go live."""
    owner: dict[tuple[str, str], str] = {}
    for index, line in enumerate(config.lines):
        if isinstance(line, SipPhoneSettings):
            name, code, shown = ("", line.user.lower()), "config.two-phones-one-user", line.user
        elif isinstance(line, SipTrunkSettings) and line.user is not None:
            name, code = (line.server.lower(), line.user), "config.two-trunks-one-account"
            shown = f"{line.user}@{line.server}"
        else:
            continue
        if name in owner:
            yield Fault(code, ("lines", index, "user"), {"value": shown, "other": owner[name]})
        owner.setdefault(name, line.id)


def missing_secrets(config: Config) -> Iterator[Fault]:
    """Yield lines that cannot log in; the rest goes live, and the line itself says so.

    A configuration from a USB stick comes without its secrets.
    """
    for index, line in enumerate(config.lines):
        here = ("lines", index)
        if isinstance(line, SipPhoneSettings) and line.secret is None and line.address is None:
            yield Fault("config.sip-phone-without-secret", here, {"value": line.user})
        if isinstance(line, SipTrunkSettings) and line.secret is None and line.user is not None:
            yield Fault("config.trunk-without-secret", here, {"value": line.id})
