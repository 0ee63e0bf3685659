"""Bundles made by an enemy: name -> the bytes and the sentence's code that must refuse them."""

import io
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from firmware.bundle.bundle import make_bundle
from firmware.bundle.minisign import SecretKey, sign
from tests.firmware.bundle.bundle_maker import (
    HASH,
    MADE_AT,
    OWNER,
    SAME_ID,
    SOUND,
    STRANGER,
    Member,
    bundle_of,
    good_contents,
    manifest,
    members,
    office,
    public_line,
    tone,
    with_member,
    zipped,
)

LINK, FOLDER, DEVICE = ((kind | 0o777) << 16 for kind in (stat.S_IFLNK, stat.S_IFDIR, stat.S_IFBLK))


def named(name: bytes) -> bytes:
    return with_member(name=name)


def good() -> bytes:
    return bundle_of(good_contents())


def signed(key: SecretKey, serial: int = 7, box: str = "") -> bytes:
    sounds = {f"{HASH}.wav": tone()}
    return make_bundle(office(), sounds, serial=serial, made_at=MADE_AT, box=box, key=key)


def signature_with(change: Callable[[str], str]) -> bytes:
    contents = good_contents()
    of = manifest(contents)
    text = change(sign(OWNER, of, "serial:7"))
    made = {"manifest.json": of, "manifest.json.minisig": text.encode()} | contents
    return stored(*(Member(name.encode(), data) for name, data in made.items()))


def argon2(memory_kib: int = 19_456, passes: int = 2) -> str:
    """Return a hash as its text goes; nobody ever computed it."""
    salt, digest = "c29tZXNhbHRzb21lc2FsdA", "A" * 43
    return f"$argon2id$v=19$m={memory_kib},t={passes},p=1${salt}${digest}"


def with_owner(key: SecretKey | None = OWNER, **changed: str) -> bytes:
    """Return a bundle that names an owner, signed with `key` or not at all."""
    contents = {"tipring.toml": office().encode()}
    named = {"name": "Ana", "public_key": public_line(OWNER)} | (changed or {"password": argon2()})
    of = manifest(contents, owner=named)
    made = {"manifest.json": of} | contents
    if key is not None:
        made["manifest.json.minisig"] = sign(key, of, "serial:7").encode()
    return zipped(*(Member(name.encode(), data) for name, data in made.items()))


def bomb() -> bytes:
    return with_member(data=bytes(8 << 20))


def bomb_in_small_pieces() -> bytes:
    """Each sound by itself is within its limit and its ratio; together they are too much."""
    block = bytes(range(256)) * 256 * 250
    many = [Member(f"prompts/{one:064x}.wav".encode(), b"", 0, size=16 << 20) for one in range(5)]
    return zipped(*members(good_contents()), *(_sized(one, block) for one in many))


def _sized(member: Member, data: bytes) -> Member:
    return Member(member.name, data[: 1 << 17], 0, size=16 << 20, packed_size=1 << 17)


def many_files() -> bytes:
    return zipped(*(Member(f"prompts/{one:064x}.wav".encode(), b"", 0) for one in range(2_001)))


def nested_toml() -> bytes:
    return b"a = " + b"[" * 100_000 + b"]" * 100_000


def changed_sound() -> bytes:
    """Its checksums are right, but it is not what the manifest lists."""
    contents = good_contents()
    made = {"manifest.json": manifest(contents)} | contents | {SOUND: tone(320)}
    return zipped(*(Member(name.encode(), data) for name, data in made.items()))


def python_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("tipring.toml", office())
    return file.getvalue()


def stored(*parts: Member) -> bytes:
    """Return a zip in which nothing is packed, so that no ratio gives it away."""
    return zipped(*(replace(part, method=0) for part in parts))


def with_toml(toml: bytes) -> bytes:
    return stored(*members({"tipring.toml": toml}))


def with_contacts(rows: bytes) -> bytes:
    return bundle_of(good_contents() | {"contacts.csv": rows})


HOSTILE: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    # names
    "a path upwards": (lambda: named(b"../tipring.toml"), "bundle.bad-name"),
    "a path upwards inside": (lambda: named(b"prompts/../../x.wav"), "bundle.bad-name"),
    "an absolute path": (lambda: named(b"/etc/passwd"), "bundle.bad-name"),
    "a drive letter": (lambda: named(b"C:\\tipring.toml"), "bundle.bad-name"),
    "a backslash": (lambda: named(b"prompts\\x.wav"), "bundle.bad-name"),
    "a NUL in a name": (lambda: named(SOUND.encode() + b"\0.exe"), "bundle.bad-name"),
    "a newline in a name": (lambda: named(SOUND.encode() + b"\n"), "bundle.bad-name"),
    "text from right to left": (lambda: named("prompts/\u202e.wav".encode()), "bundle.bad-name"),
    "an accent apart": (lambda: named("prompts/e\u0301.wav".encode()), "bundle.bad-name"),
    "a name that is no UTF-8": (lambda: named(b"prompts/\xff\xfe.wav"), "bundle.bad-name"),
    "a name in capitals": (lambda: named(b"TIPRING.TOML"), "bundle.bad-name"),
    "an endless name": (lambda: named(b"x" * 65_000), "bundle.bad-name"),
    "an empty name": (lambda: named(b""), "bundle.bad-name"),
    "the secrets": (lambda: named(b"secrets.toml"), "bundle.bad-name"),
    "a name twice": (lambda: zipped(*members(good_contents()) * 2), "bundle.twice"),
    "another name before the data": (lambda: with_member(local_name=b"x"), "bundle.damaged"),
    # kinds
    "a symbolic link": (lambda: with_member(attributes=LINK), "bundle.not-a-file"),
    "a folder": (lambda: with_member(attributes=FOLDER), "bundle.not-a-file"),
    "a device": (lambda: with_member(attributes=DEVICE), "bundle.not-a-file"),
    "a folder of DOS": (lambda: with_member(attributes=0x10), "bundle.not-a-file"),
    # sizes
    "a bomb": (bomb, "bundle.too-big"),
    "a bomb in pieces": (bomb_in_small_pieces, "bundle.too-big"),
    "too many files": (many_files, "bundle.too-many"),
    "a size too small": (lambda: with_member(size=10), "bundle.damaged"),
    "a size too large": (lambda: with_member(size=1_000), "bundle.damaged"),
    "a size of 4 GB": (lambda: with_member(size=0xFFFFFFFF), "bundle.too-big"),
    "a huge tipring.toml": (lambda: with_toml(b"# x\n" * 200_000), "config.text-too-long"),
    # form
    "nothing": (lambda: b"", "bundle.not-a-bundle"),
    "binary junk": (lambda: bytes(range(256)) * 40, "bundle.not-a-bundle"),
    "junk that begins like a zip": (lambda: b"PK\3\4" + bytes(5_000), "bundle.not-a-bundle"),
    "cut in the middle": (lambda: good()[: len(good()) // 2], "bundle.not-a-bundle"),
    "the last byte cut": (lambda: good()[:-1], "bundle.not-a-bundle"),
    "a program in front": (lambda: b"PK#!/bin/sh\n" + good(), "bundle.not-a-bundle"),
    "something behind": (lambda: good() + b"more", "bundle.not-a-bundle"),
    "a comment": (lambda: zipped(*members(good_contents()), comment=b"x"), "bundle.not-a-bundle"),
    "hidden between members": (
        lambda: zipped(*members(good_contents()), between=b"hidden"),
        "bundle.damaged",
    ),
    "members that overlap": (lambda: with_member(offset=0), "bundle.damaged"),
    "a member beyond the end": (lambda: with_member(offset=1 << 30), "bundle.damaged"),
    "a wrong checksum": (lambda: with_member(crc=1), "bundle.damaged"),
    "torn data": (lambda: with_member(packed=b"\xff" * 20), "bundle.damaged"),
    "data behind the data": (
        lambda: with_member(packed=Member(b"", tone()).wire() + b"hidden"),
        "bundle.damaged",
    ),
    "locked with a password": (lambda: with_member(flags=1), "bundle.locked"),
    "packed in an odd way": (lambda: with_member(method=93), "bundle.locked"),
    "packed by LZMA": (python_zip, "bundle.locked"),
    "a folder as tape": (lambda: b"tipring.toml" + bytes(1_012), "bundle.not-a-bundle"),
    # manifest
    "no manifest": (lambda: zipped(Member(b"tipring.toml", b"")), "bundle.no-manifest"),
    "no configuration": (lambda: bundle_of({SOUND: tone()}), "bundle.no-configuration"),
    "a newer form": (lambda: bundle_of(good_contents(), format=2), "bundle.wrong-version"),
    "a form without end": (
        lambda: bundle_of(good_contents(), format=10**30),
        "bundle.bad-manifest",
    ),
    "a form that is none": (lambda: bundle_of(good_contents(), format=True), "bundle.bad-manifest"),
    "a serial below one": (lambda: bundle_of(good_contents(), serial=0), "bundle.bad-manifest"),
    "a key nobody knows": (lambda: bundle_of(good_contents(), run="sh"), "bundle.bad-manifest"),
    "a manifest that is none": (
        lambda: stored(Member(b"manifest.json", b"[" * 100_000)),
        "bundle.bad-manifest",
    ),
    "a changed sound": (changed_sound, "bundle.not-as-listed"),
    "a member not listed": (
        lambda: zipped(*members(good_contents()), Member(b"contacts.csv", b"")),
        "bundle.not-as-listed",
    ),
    "a member listed only": (
        lambda: zipped(*members(good_contents())[:-1]),
        "bundle.not-as-listed",
    ),
    "a listed path upwards": (
        lambda: bundle_of(good_contents(), files={"../x": "0" * 64}),
        "bundle.not-as-listed",
    ),
    # signature
    "signed by another with the same id": (lambda: signed(SAME_ID), "bundle.bad-signature"),
    "another comment under the signature": (
        lambda: signature_with(lambda text: text.replace("serial:7", "serial:8")),
        "bundle.bad-signature",
    ),
    "a signature of nothing": (lambda: signature_with(lambda _: ""), "bundle.bad-signature"),
    "a signature of something else": (
        lambda: signature_with(lambda _: sign(OWNER, b"else", "serial:7")),
        "bundle.bad-signature",
    ),
    "a signature as long as a book": (
        lambda: signature_with(lambda text: text * 1_000),
        "bundle.bad-signature",
    ),
    "an older bundle": (lambda: signed(OWNER, serial=4), "bundle.older"),
    "the same bundle again": (lambda: signed(OWNER, serial=5), "bundle.older"),
    # what is inside
    "a configuration that is no text": (lambda: with_toml(b"\xff\xfe\x00"), "bundle.damaged"),
    "a configuration with a NUL": (lambda: with_toml(b"a = 1\0"), "bundle.damaged"),
    "brackets without end": (lambda: with_toml(nested_toml()), "config.broken-toml"),
    "a key that is none": (
        lambda: with_toml(b"nane = 1\n" + office().encode()),
        "config.unknown-key",
    ),
    "a sound that is none": (
        lambda: bundle_of(good_contents() | {SOUND: b"RIFF"}),
        "bundle.damaged",
    ),
    "a sound cut short": (
        lambda: bundle_of(good_contents() | {SOUND: tone()[:-20]}),
        "bundle.damaged",
    ),
    "a sound with a forged length": (
        lambda: bundle_of(good_contents() | {SOUND: tone()[:40] + b"\xff\xff\xff\x7f"}),
        "bundle.damaged",
    ),
    "an owner who did not sign": (lambda: with_owner(key=None), "bundle.owner-not-signed"),
    "an owner signed by a stranger": (
        lambda: with_owner(key=STRANGER),
        "bundle.owner-not-signed",
    ),
    "an owner with another's key id": (lambda: with_owner(key=SAME_ID), "bundle.bad-signature"),
    "an owner with a password in the clear": (
        lambda: with_owner(password="seven wires in a duct"),
        "bundle.bad-manifest",
    ),
    "an owner with a hash that is quick to try": (
        lambda: with_owner(password=argon2(memory_kib=64)),
        "bundle.bad-manifest",
    ),
    "an owner with a hash that takes all memory": (
        lambda: with_owner(password=argon2(memory_kib=4_000_000)),
        "bundle.bad-manifest",
    ),
    "an owner with a hash that takes for ever": (
        lambda: with_owner(password=argon2(passes=4_000_000)),
        "bundle.bad-manifest",
    ),
    "an owner with two ways in": (
        lambda: with_owner(password=argon2(), code=argon2()),
        "bundle.bad-manifest",
    ),
    "an owner with a newline in the name": (
        lambda: with_owner(name="Ana\nroot", password=argon2()),
        "bundle.bad-manifest",
    ),
    "contacts that are no text": (lambda: with_contacts(b"\xff\xfe"), "bundle.bad-contacts"),
    "contacts with a formula": (
        lambda: with_contacts(b"number,list,name\n=1+1,vip,x\n"),
        "bundle.bad-contacts",
    ),
    "contacts with a NUL": (
        lambda: with_contacts(b"number,list,name\n+441632960011,vip,a\0b\n"),
        "bundle.bad-contacts",
    ),
    "contacts without a heading": (lambda: with_contacts(b""), "bundle.bad-contacts"),
}
