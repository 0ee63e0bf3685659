"""A SIP account for a phone: made with a strong password, shown once, never again."""

import secrets
import socket
from collections.abc import Collection
from typing import Final

from pydantic import BaseModel

from firmware.config.model import Config
from firmware.contract.settings import SipPhoneSettings
from webui.deps import Desk

SECRET_LENGTH: Final = 24
# Without the letters and figures that look alike on a small screen: it may be typed by hand.
SECRET_LETTERS: Final = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class SipAccount(BaseModel):
    """All that is typed into a phone. `secret` is told this once only."""

    line_id: str
    name: str
    server: str
    port: int
    transport: str = "UDP"
    user: str
    secret: str
    codecs: str = "PCMA (G.711 A-law), PCMU (G.711 µ-law)"
    dtmf: str = "RFC 4733 (RFC 2833)"
    link: str | None = None
    """Where a softphone fetches all of it by itself, for a quarter of an hour."""
    qr: str | None = None
    """The same as the path of an SVG picture, `qr_side` modules wide and high."""
    qr_side: int = 0


def new_secret() -> str:
    """Return some 138 bits of chance (platform S3: twenty characters or more)."""
    return "".join(secrets.choice(SECRET_LETTERS) for _ in range(SECRET_LENGTH))


def free_name(wished: str, taken: Collection[str]) -> str:
    """Return `wished`, or with the first number behind it that nobody has."""
    names = (wished, *(f"{wished}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def sip_users(config: Config) -> frozenset[str]:
    """Return the names that phones register with; capitals tell no two of them apart."""
    return frozenset(
        line.user.lower() for line in config.lines if isinstance(line, SipPhoneSettings)
    )


def box_address(asked_as: str | None) -> str:
    """Return the address of the box as phones in the office reach it.

    It is the one the reader's own browser used, unless that was the box itself.
    """
    if asked_as and asked_as not in {"localhost", "127.0.0.1", "::1"}:
        return asked_as
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Sends nothing: it only asks which of our addresses the way out begins with.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        address: str = probe.getsockname()[0]
        return address


def line_ids(desk: Desk, config: Config) -> frozenset[str]:
    """Return the ids that are taken: of a line that is gone a secret may still be kept."""
    return frozenset(line.id for line in config.lines) | desk.history.owners_of_secrets("lines")
