"""The certificate authority of this box alone, and certificates for what the box is called.

The authority may vouch for the box's own names and for private addresses only
(RFC 5280 4.2.1.10): trusting it puts no other site at risk. A clock that was
wrong at the first start does no harm: it is valid from a day before until long after.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

AUTHORITY_VALID: Final = timedelta(days=20 * 365)
VALID: Final = timedelta(days=300)
RENEW_BEFORE: Final = timedelta(days=60)
EARLIER: Final = timedelta(days=1)
LOCAL_NAMES: Final = ("localhost", "local", "lan", "internal", "home.arpa")
PRIVATE: Final = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8",
    "100.64.0.0/10", "fc00::/7", "fe80::/10", "::1/128",
)  # fmt: skip


@dataclass(frozen=True)
class Signed:
    """A certificate and the key it is for."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def pem(self) -> bytes:
        return self.certificate_pem() + self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @classmethod
    def read(cls, pem: bytes) -> "Signed":
        """Raises ValueError or TypeError for anything that `pem` did not write."""
        key = serialization.load_pem_private_key(pem, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("not a key of ours")
        return cls(x509.load_pem_x509_certificate(pem), key)


def new_authority(name: str, now: datetime) -> Signed:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(f"Tipring {name}")
    names = [x509.DNSName(one) for one in dict.fromkeys((name, *LOCAL_NAMES))]
    addresses = [x509.IPAddress(ipaddress.ip_network(one)) for one in PRIVATE]
    certificate = (
        _builder(subject, subject, key, now, AUTHORITY_VALID)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints([*names, *addresses], None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Signed(certificate, key)


def vouched(
    authority: Signed, names: frozenset[str], addresses: frozenset[Address]
) -> frozenset[str]:
    """Return those of the names and addresses that the authority may vouch for."""
    typed = {one for one in map(as_address, names) if one is not None}
    private = (str(one) for one in addresses | typed if is_private(one))
    return frozenset(private) | {one for one in names if _name_allowed(authority, one)}


def new_certificate(authority: Signed, subjects: frozenset[str], now: datetime) -> Signed:
    """Return one for names and addresses that `vouched` let pass."""
    subject_names = [
        x509.DNSName(one) if (address := as_address(one)) is None else x509.IPAddress(address)
        for one in sorted(subjects)
    ]
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate.subject
    certificate = (
        _builder(_subject("Tipring"), issuer, key, now, VALID)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(subject_names), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()),
            critical=False,
        )
        .sign(authority.key, hashes.SHA256())
    )
    return Signed(certificate, key)


def names_of(certificate: x509.Certificate) -> frozenset[str]:
    """Return the names and addresses it is for, as text."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    addresses = (str(one) for one in names.get_values_for_type(x509.IPAddress))
    return frozenset({*names.get_values_for_type(x509.DNSName), *addresses})


def as_address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def is_private(address: Address) -> bool:
    return any(address in ipaddress.ip_network(one) for one in PRIVATE)


def _name_allowed(authority: Signed, name: str) -> bool:
    found = authority.certificate.extensions.get_extension_for_class(x509.NameConstraints)
    allowed = [one.value for one in found.value.permitted_subtrees or []]
    return any(name == one or name.endswith(f".{one}") for one in allowed if isinstance(one, str))


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    valid: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + valid)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
