"""A bundle as a whole: made from what it holds, read from bytes nobody trusts."""

import io
import wave
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from firmware.bundle.archive import read_archive
from firmware.bundle.contacts import Contact, read_contacts
from firmware.bundle.manifest import Manifest, digests, read_manifest
from firmware.bundle.minisign import (
    LONGEST_TEXT,
    SecretKey,
    Signature,
    parse_public_key,
    parse_signature,
    sign,
    verify,
)
from firmware.bundle.names import CONFIGURATION, CONTACTS, MANIFEST, SIGNATURE, SOUNDS
from firmware.bundle.owner import BundleOwner
from firmware.bundle.refusal import BundleRefused
from firmware.config.bundles import BundleKey
from firmware.config.load import refuse_too_long
from firmware.contract.pcm import SAMPLE_RATE_HZ

_SAMPLE_BYTES: Final = 2


@dataclass(frozen=True)
class Bundle:
    """`sounds` are the files of STATE/prompts by their names. Every part is as it must be."""

    manifest: Manifest
    configuration: str
    sounds: Mapping[str, bytes] = field(default_factory=dict)
    contacts: tuple[Contact, ...] = ()
    signature: Signature | None = None
    signed: bytes = b""
    """What the signature is of: the manifest, byte by byte."""


def read_bundle(data: bytes) -> Bundle:
    """Raises BundleRefused, or ConfigurationRefused for a configuration without end.

    Whether the signature is right only `signer` can say, which knows the keys.
    """
    contents = read_archive(data)
    manifest = read_manifest(contents)
    if CONFIGURATION not in contents:
        raise BundleRefused("bundle.no-configuration")
    sounds = {
        name.removeprefix(SOUNDS): sound
        for name, sound in contents.items()
        if name.startswith(SOUNDS)
    }
    for name, sound in sounds.items():
        _refuse_torn(name, sound)
    contacts = contents.get(CONTACTS)
    signature = _signature(contents.get(SIGNATURE))
    if manifest.owner is not None:
        manifest.owner.check_signature(signature, contents[MANIFEST])
    return Bundle(
        manifest=manifest,
        configuration=_configuration(contents[CONFIGURATION]),
        sounds=sounds,
        contacts=read_contacts(contacts) if contacts is not None else (),
        signature=signature,
        signed=contents[MANIFEST],
    )


def signer(bundle: Bundle, keys: Iterable[BundleKey]) -> BundleKey | None:
    """Return whose signature it carries; None when nobody signed, or somebody we do not know.

    Raises BundleRefused when it claims to be of a key we know, and is not.
    """
    if bundle.signature is None:
        return None
    for known in keys:
        key = parse_public_key(known.public_key)
        if key is not None and key.key_id == bundle.signature.key_id:
            verify(key, bundle.signature, bundle.signed)
            return known
    return None


def make_bundle(
    configuration: str,
    sounds: Mapping[str, bytes],
    *,
    serial: int,
    made_at: datetime,
    box: str = "",
    key: SecretKey | None = None,
    owner: BundleOwner | None = None,
) -> bytes:
    """Return the file's bytes; `serial` has to be above that of the key's last bundle."""
    contents = {CONFIGURATION: configuration.encode()}
    contents |= {SOUNDS + name: sound for name, sound in sounds.items()}
    manifest = Manifest(
        serial=serial, made_at=made_at, box=box, owner=owner, files=digests(contents)
    )
    signed = manifest.model_dump_json(indent=1, exclude_none=True).encode()
    contents[MANIFEST] = signed
    if key is not None:
        contents[SIGNATURE] = sign(key, signed, f"serial:{serial}").encode()
    return _packed(contents)


def _packed(contents: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return file.getvalue()


def _configuration(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BundleRefused("bundle.damaged", name=CONFIGURATION) from None
    if "\0" in text:
        raise BundleRefused("bundle.damaged", name=CONFIGURATION)
    refuse_too_long(text)
    return text


def _signature(raw: bytes | None) -> Signature | None:
    if raw is None:
        return None
    if len(raw) > LONGEST_TEXT:
        raise BundleRefused("bundle.bad-signature")
    try:
        return parse_signature(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise BundleRefused("bundle.bad-signature") from None


def _refuse_torn(name: str, data: bytes) -> None:
    """What callers are to hear must be sound as the box keeps it: a torn file would be silence."""
    try:
        with wave.open(io.BytesIO(data)) as sound:
            form = (sound.getframerate(), sound.getnchannels(), sound.getsampwidth())
            whole = len(sound.readframes(sound.getnframes())) == sound.getnframes() * _SAMPLE_BYTES
    except (wave.Error, EOFError):
        form, whole = (0, 0, 0), False
    if form != (SAMPLE_RATE_HZ, 1, _SAMPLE_BYTES) or not whole:
        raise BundleRefused("bundle.damaged", name=SOUNDS + name)
