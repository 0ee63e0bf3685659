"""The box's authority and its certificates: renewed in time, powerless elsewhere."""

import ipaddress
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from tests.security.people import prove
from tests.webui.served import Served
from webui.certificates import (
    AUTHORITY_VALID,
    LOCAL_NAMES,
    VALID,
    Signed,
    names_of,
    new_authority,
    new_certificate,
    vouched,
)
from webui.https import TRIAL, CertificateRefused, Https

NOW = datetime.now(UTC).replace(microsecond=0)
HERE = frozenset({ipaddress.ip_address("192.168.7.9"), ipaddress.ip_address("203.0.113.5")})
NAMES = frozenset({"tipring.local", "localhost", "evil.example"})


def _https(state: Path) -> Https:
    return Https(state, lambda: NAMES, lambda: HERE)


def _names(https: Https, now: datetime = NOW) -> tuple[str, ...]:
    shown = https.shown(now)
    assert shown is not None
    return shown.names


def _pem(signed: Signed) -> tuple[str, str]:
    text = signed.pem().decode()
    certificate, _, key = text.partition("-----BEGIN PRIVATE KEY")
    return certificate, f"-----BEGIN PRIVATE KEY{key}"


def _shakes_hands(signed: Signed, authority: Signed, name: str, folder: Path) -> None:
    """Raises SSLCertVerificationError when a browser would warn."""
    file = folder / "shown.pem"
    file.write_bytes(signed.pem())
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(file)
    trust = ssl.create_default_context(cadata=authority.certificate_pem().decode())
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trust.wrap_bio(to_client, to_server, server_hostname=name)
    server = server_side.wrap_bio(to_server, to_client, server_side=True)
    for side in (client, server, client):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue


def test_it_vouches_for_the_boxs_names_and_private_addresses_only(tmp_path: Path) -> None:
    https = _https(tmp_path)
    https.refresh(NOW)

    assert _names(https) == ("192.168.7.9", "localhost", "tipring.local")


@pytest.mark.parametrize("name", ["tipring.local", "192.168.7.9"])
def test_a_browser_that_trusts_the_authority_accepts_it(tmp_path: Path, name: str) -> None:
    authority = new_authority("tipring", NOW)
    subjects = vouched(authority, NAMES, HERE)

    _shakes_hands(new_certificate(authority, subjects, NOW), authority, name, tmp_path)


@pytest.mark.parametrize("name", ["bank.example", "203.0.113.5"])
def test_a_stolen_authority_cannot_speak_for_other_sites(tmp_path: Path, name: str) -> None:
    authority = new_authority("tipring", NOW)
    forged = new_certificate(authority, frozenset({name}), NOW)

    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        _shakes_hands(forged, authority, name, tmp_path)


def test_it_stays_until_shortly_before_its_end_and_the_authority_for_good(tmp_path: Path) -> None:
    https = _https(tmp_path)
    files = tmp_path / "tls" / "box.pem", tmp_path / "tls" / "authority.pem"
    https.refresh(NOW)
    first = [file.read_bytes() for file in files]

    https.refresh(NOW + timedelta(days=200))
    later = [file.read_bytes() for file in files]
    https.refresh(NOW + timedelta(days=250))
    renewed = [file.read_bytes() for file in files]

    assert later == first
    assert [one == other for one, other in zip(renewed, first, strict=True)] == [False, True]
    assert VALID < timedelta(days=398) < AUTHORITY_VALID


def test_a_new_address_has_a_new_certificate(tmp_path: Path) -> None:
    _https(tmp_path).refresh(NOW)
    moved = Https(tmp_path, lambda: NAMES, lambda: frozenset({ipaddress.ip_address("10.0.0.4")}))

    moved.refresh(NOW)

    assert "10.0.0.4" in _names(moved)


def test_a_torn_certificate_is_made_anew(tmp_path: Path) -> None:
    https = _https(tmp_path)
    https.refresh(NOW)
    (tmp_path / "tls" / "box.pem").write_bytes(b"-----BEGIN")

    https.refresh(NOW)

    assert "tipring.local" in _names(https)


def test_only_tls_1_2_and_later_is_spoken(tmp_path: Path) -> None:
    assert _https(tmp_path).context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_the_owners_certificate_is_shown_until_it_expires(tmp_path: Path) -> None:
    https = _https(tmp_path)
    https.refresh(NOW)
    own = new_certificate(new_authority("office", NOW), frozenset({"phones.office.lan"}), NOW)

    https.use_own(*_pem(own), NOW)

    assert _names(https) == ("phones.office.lan",)
    assert "tipring.local" in _names(https, NOW + VALID + timedelta(days=1))
    https.drop_own(NOW)
    assert "tipring.local" in _names(https)


@pytest.mark.parametrize("fault", ["unreadable", "other-key", "expired"])
def test_a_certificate_that_would_lock_the_owner_out_is_refused(tmp_path: Path, fault: str) -> None:
    https = _https(tmp_path)
    https.refresh(NOW)
    authority = new_authority("office", NOW)
    certificate, key = _pem(new_certificate(authority, frozenset({"a.lan"}), NOW))
    given = {
        "unreadable": ("not PEM", key, NOW),
        "other-key": (certificate, _pem(authority)[1], NOW),
        "expired": (certificate, key, NOW + VALID + timedelta(days=1)),
    }[fault]

    with pytest.raises(CertificateRefused) as refused:
        https.use_own(*given)

    assert refused.value.text.code == f"web.certificate-{fault}"
    assert "tipring.local" in _names(https)


async def test_the_page_takes_a_certificate_and_never_gives_its_key(box: Served) -> None:
    own = new_certificate(new_authority("office", NOW), frozenset({"a.lan"}), NOW)
    certificate, key = _pem(own)
    await prove(box.client)

    taken = await box.client.put("/api/certificate", json={"certificate": certificate, "key": key})
    shown = await box.client.get("/api/certificate")

    assert taken.status_code == 204, taken.text
    assert (shown.json()["shown"]["names"], shown.json()["shown"]["own"]) == (["a.lan"], True)
    assert "PRIVATE" not in shown.text


async def test_the_authority_can_be_fetched_to_be_trusted(fresh: Served) -> None:
    answer = await fresh.client.get("/tipring-ca.crt")

    certificate = x509.load_pem_x509_certificate(answer.content)
    constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert "PRIVATE" not in answer.text
    assert socket.gethostname().lower() in certificate.subject.rfc4514_string()
    assert set(LOCAL_NAMES) >= names_of(certificate)


def test_a_certificate_nobody_kept_goes_back_even_after_a_restart(tmp_path: Path) -> None:
    https = _https(tmp_path)
    https.refresh(NOW)
    first, second = (
        new_certificate(new_authority("office", NOW), frozenset({name}), NOW)
        for name in ("first.lan", "second.lan")
    )
    https.use_own(*_pem(first), NOW)
    https.keep()
    https.use_own(*_pem(second), NOW)
    assert _names(https) == ("second.lan",)

    again = _https(tmp_path)
    again.refresh(NOW + TRIAL)

    assert _names(again) == ("first.lan",)
    again.drop_own(NOW)
    again.refresh(NOW + TRIAL)
    assert _names(again) == ("first.lan",)


def test_a_certificate_that_was_kept_stays(tmp_path: Path) -> None:
    https = _https(tmp_path)
    https.refresh(NOW)
    own = new_certificate(new_authority("office", NOW), frozenset({"phones.office.lan"}), NOW)
    https.use_own(*_pem(own), NOW)

    https.keep()
    https.refresh(NOW + TRIAL)

    assert _names(https) == ("phones.office.lan",)
    assert not (tmp_path / "tls/before.pem").exists()
