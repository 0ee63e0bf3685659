"""Our signatures judged by the program minisign, and its by us."""

import shutil
import subprocess
from pathlib import Path

import pytest

from firmware.bundle.minisign import (
    parse_public_key,
    parse_secret_key,
    parse_signature,
    sign,
    verify,
)
from firmware.bundle.refusal import BundleRefused
from tests.firmware.bundle.bundle_maker import OWNER, STRANGER, public_line, secret_line

MINISIGN = shutil.which("minisign")
needs_minisign = pytest.mark.skipif(MINISIGN is None, reason="the package minisign is missing")
DATA = b"manifest\n" * 100


def minisign(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert MINISIGN is not None
    return subprocess.run([MINISIGN, *arguments], capture_output=True, text=True, check=False)


def test_what_we_sign_we_accept_with_its_comment() -> None:
    key = parse_public_key(public_line(OWNER))
    assert key is not None

    signature = parse_signature(sign(OWNER, DATA, "serial:7"))

    assert signature.comment == "serial:7"
    verify(key, signature, DATA)


@pytest.mark.parametrize("data", [DATA + b"x", DATA[:-1], b""])
def test_other_bytes_are_refused(data: bytes) -> None:
    key = parse_public_key(public_line(OWNER))
    assert key is not None
    signature = parse_signature(sign(OWNER, DATA, "serial:7"))

    with pytest.raises(BundleRefused):
        verify(key, signature, data)


def test_another_key_is_refused() -> None:
    key = parse_public_key(public_line(STRANGER))
    assert key is not None

    with pytest.raises(BundleRefused):
        verify(key, parse_signature(sign(OWNER, DATA, "")), DATA)


@pytest.mark.parametrize("text", ["", "RWQ", "é" * 56, public_line(OWNER)[:-4], "RWR" + "A" * 52])
def test_what_is_no_key_is_none(text: str) -> None:
    assert parse_public_key(text) is None


def test_a_key_file_with_its_comment_is_read() -> None:
    text = f"untrusted comment: minisign public key\n{public_line(OWNER)}\n"

    assert parse_public_key(text) == parse_public_key(public_line(OWNER))
    assert parse_secret_key(f"untrusted comment: x\n{secret_line(OWNER)}\n") == OWNER


@pytest.mark.peer
@needs_minisign
def test_minisign_accepts_our_signature(tmp_path: Path) -> None:
    signed = tmp_path / "manifest.json"
    signed.write_bytes(DATA)
    Path(f"{signed}.minisig").write_text(sign(OWNER, DATA, "serial:7"), "utf-8")

    checked = minisign("-V", "-P", public_line(OWNER), "-m", str(signed))

    assert checked.returncode == 0, checked.stderr
    assert "serial:7" in checked.stdout


@pytest.mark.peer
@needs_minisign
def test_we_accept_the_key_and_the_signature_of_minisign(tmp_path: Path) -> None:
    public, secret, signed = tmp_path / "k.pub", tmp_path / "k.key", tmp_path / "manifest.json"
    signed.write_bytes(DATA)
    made = minisign("-G", "-W", "-p", str(public), "-s", str(secret))
    assert made.returncode == 0, made.stderr
    assert minisign("-S", "-W", "-s", str(secret), "-m", str(signed)).returncode == 0

    key = parse_public_key(public.read_text("utf-8"))
    assert key is not None
    verify(key, parse_signature(Path(f"{signed}.minisig").read_text("utf-8")), DATA)
    verify(key, parse_signature(sign(parse_secret_key(secret.read_text("utf-8")), DATA, "")), DATA)


@pytest.mark.peer
@needs_minisign
def test_the_older_form_without_a_hash_is_refused(tmp_path: Path) -> None:
    public, secret, signed = tmp_path / "k.pub", tmp_path / "k.key", tmp_path / "manifest.json"
    signed.write_bytes(DATA)
    minisign("-G", "-W", "-p", str(public), "-s", str(secret))
    assert minisign("-S", "-l", "-s", str(secret), "-m", str(signed)).returncode == 0

    with pytest.raises(BundleRefused):
        parse_signature(Path(f"{signed}.minisig").read_text("utf-8"))
