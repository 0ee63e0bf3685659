"""What the page shows browsers as its certificate: one of the box's own, or the owner's.

Kept in STATE/tls, keys for nobody else to read. New connections get a renewed
certificate at once; nothing is restarted and no call or page notices.
"""

import os
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from firmware.contract.errors import TipringError
from webui.certificates import (
    RENEW_BEFORE,
    Address,
    Signed,
    names_of,
    new_authority,
    new_certificate,
    vouched,
)
from webui.own_addresses import own_addresses

FOLDER: Final = "tls"
TRIAL: Final = timedelta(minutes=3)


class CertificateRefused(TipringError):
    """What the owner gave is not a certificate with its key that works now."""


@dataclass(frozen=True)
class Shown:
    """The certificate that browsers see now."""

    names: tuple[str, ...]
    issuer: str
    expires: datetime
    own: bool
    """Given by the owner; else made on the box."""
    on_trial_until: datetime | None = None
    """It goes back to the one before unless somebody who has reached the page keeps it."""


class Https:
    def __init__(
        self,
        state: Path,
        names: Callable[[], frozenset[str]],
        addresses: Callable[[], frozenset[Address]] = own_addresses,
    ) -> None:
        self._folder = state / FOLDER
        self._names = names
        self._addresses = addresses
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2

    def refresh(self, now: datetime) -> None:
        """Make what is missing or soon too old, and show what is best from now on."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        until = self._on_trial_until()
        if until is not None and now >= until:
            self._go_back()
        authority = self.authority(now)
        made = self._read("box.pem")
        wanted = vouched(authority, self._names(), self._addresses())
        if made is None or not _fits(made, authority, wanted, now):
            made = new_certificate(authority, wanted, now)
            self._write("box.pem", made.pem() + authority.certificate_pem())
        self.context.load_cert_chain(self._shown_file(now))

    def authority(self, now: datetime) -> Signed:
        kept = self._read("authority.pem")
        if kept is None:
            kept = new_authority(socket.gethostname().lower(), now)
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write("authority.pem", kept.pem())
        return kept

    def shown(self, now: datetime) -> Shown | None:
        """Return None as long as the page is not served over HTTPS."""
        file = self._shown_file(now)
        if not file.exists():
            return None
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
        return Shown(
            names=tuple(sorted(names_of(certificate))),
            issuer=certificate.issuer.rfc4514_string(),
            expires=certificate.not_valid_after_utc,
            own=file == self._folder / "own.pem",
            on_trial_until=self._on_trial_until(),
        )

    def fingerprint(self, now: datetime) -> str:
        """Return the authority's SHA-256, for comparing by eye."""
        return self.authority(now).certificate.fingerprint(hashes.SHA256()).hex(":").upper()

    def use_own(self, certificate: str, key: str, now: datetime) -> None:
        """Show the owner's certificate (with its chain). Raises CertificateRefused."""
        pem = _checked(certificate.encode(), key.encode(), now)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        trial = self._write("trial.pem", pem)
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(trial)
        except ssl.SSLError as fault:
            raise CertificateRefused("web.certificate-unreadable") from fault
        self._begin_trial(now)
        trial.replace(self._folder / "own.pem")
        self.refresh(now)

    def drop_own(self, now: datetime) -> None:
        """Show the box's own again, on trial too: browsers that trusted the owner's may balk."""
        self._begin_trial(now)
        (self._folder / "own.pem").unlink(missing_ok=True)
        self.refresh(now)

    def keep(self) -> None:
        """Whoever asks for it has reached the page: what is shown stays."""
        for name in ("before.pem", "until"):
            (self._folder / name).unlink(missing_ok=True)

    def _begin_trial(self, now: datetime) -> None:
        """Put what is shown aside; on the disk, so that it comes back even after a power cut."""
        own, before = self._folder / "own.pem", self._folder / "before.pem"
        if self._on_trial_until() is None:
            before.unlink(missing_ok=True)
            if own.exists():
                self._write("before.pem", own.read_bytes())
        self._write("until", (now + TRIAL).isoformat().encode())

    def _on_trial_until(self) -> datetime | None:
        try:
            return datetime.fromisoformat((self._folder / "until").read_text())
        except (OSError, ValueError):
            return None

    def _go_back(self) -> None:
        own, before = self._folder / "own.pem", self._folder / "before.pem"
        if before.exists():
            before.replace(own)
        else:
            own.unlink(missing_ok=True)
        (self._folder / "until").unlink()

    def _shown_file(self, now: datetime) -> Path:
        own = self._folder / "own.pem"
        if own.exists():
            certificate = x509.load_pem_x509_certificate(own.read_bytes())
            if certificate.not_valid_after_utc > now:
                return own
        return self._folder / "box.pem"

    def _read(self, name: str) -> Signed | None:
        """Return what was kept; None if it is missing or torn."""
        try:
            return Signed.read((self._folder / name).read_bytes())
        except (OSError, ValueError, TypeError):
            return None

    def _write(self, name: str, pem: bytes) -> Path:
        """All of it or nothing, and for our eyes only."""
        path, half = self._folder / name, self._folder / f"{name}.new"
        with os.fdopen(os.open(half, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        return half.replace(path)


def now_utc() -> datetime:
    return datetime.now(UTC)


def _fits(made: Signed, authority: Signed, wanted: frozenset[str], now: datetime) -> bool:
    certificate = made.certificate
    in_time = (
        certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - RENEW_BEFORE
    )
    signed_by = certificate.issuer == authority.certificate.subject
    return in_time and signed_by and names_of(certificate) == wanted


def _checked(certificate: bytes, key: bytes, now: datetime) -> bytes:
    try:
        chain = x509.load_pem_x509_certificates(certificate)
        private = serialization.load_pem_private_key(key, None)
    except (ValueError, TypeError) as fault:
        raise CertificateRefused("web.certificate-unreadable") from fault
    form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    if chain[0].public_key().public_bytes(*form) != private.public_key().public_bytes(*form):
        raise CertificateRefused("web.certificate-other-key")
    if not chain[0].not_valid_before_utc <= now < chain[0].not_valid_after_utc:
        raise CertificateRefused("web.certificate-expired")
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain) + (
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
