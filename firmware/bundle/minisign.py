"""Signatures and keys in the form of minisign: Ed25519 over BLAKE2b-512 of the file.

Text in, facts out. The comment that is signed, too, is checked with the rest;
the older form without BLAKE2b is refused. A secret key is read only without a
password (`minisign -G -W`): its password takes a gigabyte of memory to check.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from firmware.bundle.refusal import BundleRefused

_KEY_FORM: Final = b"Ed"
_HASHED_FORM: Final = b"ED"
_COMMENT: Final = "trusted comment: "
_ID_BYTES: Final = 8
_PUBLIC_BYTES: Final = 42
_SIGNATURE_BYTES: Final = 74
_SECRET_BYTES: Final = 158
_SIGNATURE_LINES: Final = 4
LONGEST_TEXT: Final = 4_096


@dataclass(frozen=True, slots=True)
class PublicKey:
    key_id: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class SecretKey:
    key_id: bytes
    seed: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    key_id: bytes
    of_hash: bytes
    comment: str
    of_comment: bytes


def parse_public_key(text: str) -> PublicKey | None:
    """Return the key of a .pub file, or of its last line alone; None when it is none."""
    raw = _decoded(text.strip().rpartition("\n")[2], _PUBLIC_BYTES)
    if raw is None or raw[:2] != _KEY_FORM:
        return None
    return PublicKey(raw[2:10], raw[10:])


def parse_secret_key(text: str) -> SecretKey:
    """Raises BundleRefused when it is none, or has a password."""
    raw = _decoded(text.strip().rpartition("\n")[2], _SECRET_BYTES)
    if raw is None or raw[:4] != _KEY_FORM + b"\0\0":
        raise BundleRefused("bundle.bad-secret-key")
    return SecretKey(raw[54:62], raw[62:94])


def parse_signature(text: str) -> Signature:
    """Raises BundleRefused when it is not a signature of the form we take."""
    lines = text.splitlines() if len(text) <= LONGEST_TEXT else []
    if len(lines) != _SIGNATURE_LINES or not lines[2].startswith(_COMMENT):
        raise BundleRefused("bundle.bad-signature")
    raw, of_comment = _decoded(lines[1], _SIGNATURE_BYTES), _decoded(lines[3], 64)
    if raw is None or of_comment is None or raw[:2] != _HASHED_FORM:
        raise BundleRefused("bundle.bad-signature")
    return Signature(raw[2:10], raw[10:], lines[2].removeprefix(_COMMENT), of_comment)


def verify(key: PublicKey, signature: Signature, data: bytes) -> None:
    """Raises BundleRefused unless `key` signed exactly these bytes and that comment."""
    signed_comment = signature.of_hash + signature.comment.encode()
    try:
        judge = Ed25519PublicKey.from_public_bytes(key.key)
        judge.verify(signature.of_hash, hashlib.blake2b(data).digest())
        judge.verify(signature.of_comment, signed_comment)
    except InvalidSignature:
        raise BundleRefused("bundle.bad-signature") from None


def public_line(key: SecretKey) -> str:
    """Return what the second line of the .pub file says."""
    public = Ed25519PrivateKey.from_private_bytes(key.seed).public_key().public_bytes_raw()
    return base64.b64encode(_KEY_FORM + key.key_id + public).decode()


def sign(key: SecretKey, data: bytes, comment: str) -> str:
    """Return the text of the .minisig file."""
    hand = Ed25519PrivateKey.from_private_bytes(key.seed)
    of_hash = hand.sign(hashlib.blake2b(data).digest())
    of_comment = hand.sign(of_hash + comment.encode())
    first = base64.b64encode(_HASHED_FORM + key.key_id + of_hash).decode()
    second = base64.b64encode(of_comment).decode()
    return f"untrusted comment: signed by Tipring\n{first}\n{_COMMENT}{comment}\n{second}\n"


def _decoded(line: str, length: int) -> bytes | None:
    try:
        raw = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == length else None
