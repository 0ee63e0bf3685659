"""Bundles for tests: a good one, keys that are nobody's, zips laid out byte by byte."""

import base64
import hashlib
import io
import json
import stat
import struct
import wave
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firmware.bundle.minisign import SecretKey
from tests.firmware.scripted_office import SCRIPTED_OFFICE

MADE_AT = datetime(2026, 11, 21, tzinfo=UTC)
HASH = "ab" * 32
SOUND = f"prompts/{HASH}.wav"
OWNER = SecretKey(bytes.fromhex("1122334455667788"), bytes(range(32)))
SAME_ID = SecretKey(OWNER.key_id, bytes(range(1, 33)))
STRANGER = SecretKey(bytes.fromhex("8877665544332211"), bytes(range(1, 33)))


def public_line(key: SecretKey) -> str:
    """Return what the .pub file says in its second line."""
    raw = Ed25519PrivateKey.from_private_bytes(key.seed).public_key().public_bytes_raw()
    return base64.b64encode(b"Ed" + key.key_id + raw).decode()


def secret_line(key: SecretKey) -> str:
    """Return what the .key file of `minisign -G -W` says in its second line."""
    public = Ed25519PrivateKey.from_private_bytes(key.seed).public_key().public_bytes_raw()
    head = b"Ed\0\0B2" + bytes(48)
    check = hashlib.blake2b(b"Ed" + key.key_id + key.seed + public, digest_size=32).digest()
    return base64.b64encode(head + key.key_id + key.seed + public + check).decode()


def office(*, at_once: bool = False) -> str:
    """Return a configuration that knows the owner's key."""
    return (
        f'{SCRIPTED_OFFICE}\n[[bundle_keys]]\nid = "owner"\nname = "Ana"\n'
        f'public_key = "{public_line(OWNER)}"\nat_once = {str(at_once).lower()}\n'
    )


def tone(samples: int = 160) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8_000)
        sound.writeframes(bytes(2 * samples))
    return file.getvalue()


def manifest(contents: dict[str, bytes], **changed: Any) -> bytes:
    """Return the manifest.json of these members, with some keys other than they should be."""
    files = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
    plain = {"format": 1, "serial": 7, "made_at": "2026-11-21T12:00:00Z", "files": files}
    return json.dumps(plain | changed).encode()


@dataclass(frozen=True)
class Member:
    """One member as both of its headers tell of it; None: as it really is."""

    name: bytes
    data: bytes
    method: int = 8
    flags: int = 0
    attributes: int = (stat.S_IFREG | 0o644) << 16
    size: int | None = None
    crc: int | None = None
    packed_size: int | None = None
    local_name: bytes | None = None
    packed: bytes | None = None
    offset: int | None = None

    def wire(self) -> bytes:
        if self.packed is not None:
            return self.packed
        if self.method != 8:
            return self.data
        stream = zlib.compressobj(9, zlib.DEFLATED, -15)
        return stream.compress(self.data) + stream.flush()

    def facts(self) -> tuple[int, int, int]:
        crc = zlib.crc32(self.data) if self.crc is None else self.crc
        packed = len(self.wire()) if self.packed_size is None else self.packed_size
        return crc, packed, len(self.data) if self.size is None else self.size


def zipped(*members: Member, between: bytes = b"", comment: bytes = b"") -> bytes:
    """Return a zip file of the members, whatever they claim."""
    body, directory = b"", b""
    for member in members:
        local_name = member.name if member.local_name is None else member.local_name
        head = (b"PK\3\4", 20, member.flags, member.method, 0, 0, *member.facts())
        at = len(body) if member.offset is None else member.offset
        body += struct.pack("<4s5H3L2H", *head, len(local_name), 0) + local_name + member.wire()
        body += between
        tail = (len(member.name), 0, 0, 0, 0, member.attributes, at)
        central = (b"PK\1\2", 3 << 8 | 20, *head[1:], *tail)
        directory += struct.pack("<4s6H3L5H2L", *central) + member.name
    count = len(members)
    end = (b"PK\5\6", 0, 0, count, count, len(directory), len(body), len(comment))
    return body + directory + struct.pack("<4s4H2LH", *end) + comment


def members(contents: dict[str, bytes], **changed: Any) -> list[Member]:
    """Return the members of a whole bundle; `changed` are keys of its manifest."""
    made = {"manifest.json": manifest(contents, **changed)} | contents
    return [Member(name.encode(), data) for name, data in made.items()]


def bundle_of(contents: dict[str, bytes], **changed: Any) -> bytes:
    return zipped(*members(contents, **changed))


def good_contents() -> dict[str, bytes]:
    return {"tipring.toml": office().encode(), SOUND: tone()}


def with_member(**changed: Any) -> bytes:
    """Return a good bundle in which the sound's member is another one."""
    *rest, sound = members(good_contents())
    return zipped(*rest, replace(sound, **changed))
