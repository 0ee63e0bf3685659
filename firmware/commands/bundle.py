"""Bundles: configuration and prompts in one zip file, read as if an enemy had made it.

Never extracted by the zip library: names must be on the list, sizes are
counted while reading, whatever the archive claims.
"""

import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware.contract.errors import TipringError

CONFIGURATION: Final = "tipring.toml"
_SOUND: Final = re.compile(r"prompts/([0-9a-f]{64})\.wav")
MAX_FILES: Final = 2_000
MAX_FILE_BYTES: Final = 16 << 20
MAX_TOTAL_BYTES: Final = 128 << 20
MAX_RATIO: Final = 200
_SMALL_BYTES: Final = 1 << 16
"""Up to here any ratio is harmless."""


class BundleRefused(TipringError):
    """The bundle cannot be used; the text says why."""


@dataclass(frozen=True)
class Bundle:
    """`sounds` are the files of STATE/prompts by their names."""

    configuration: str
    sounds: Mapping[str, bytes]


def read_bundle(file: Path) -> Bundle:
    """Raises BundleRefused; nothing has been written anywhere then."""
    try:
        with zipfile.ZipFile(file) as archive:
            contents = _contents(archive)
    except (OSError, zipfile.BadZipFile) as fault:
        raise BundleRefused("bundle.cannot-read", file=file.name, why=str(fault)) from fault
    if CONFIGURATION not in contents:
        raise BundleRefused("bundle.no-configuration")
    try:
        configuration = contents.pop(CONFIGURATION).decode("utf-8")
    except UnicodeDecodeError as fault:
        raise BundleRefused("bundle.damaged", name=CONFIGURATION) from fault
    sounds = {name.removeprefix("prompts/"): data for name, data in contents.items()}
    return Bundle(configuration, sounds)


def write_bundle(file: Path, bundle: Bundle) -> None:
    """Raises BundleRefused when the file cannot be written."""
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(CONFIGURATION, bundle.configuration)
            for name, data in sorted(bundle.sounds.items()):
                archive.writestr(f"prompts/{name}", data)
    except OSError as fault:
        raise BundleRefused(
            "bundle.cannot-write", file=file.name, why=fault.strerror or ""
        ) from fault


def _contents(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > MAX_FILES:
        raise BundleRefused("bundle.too-many", allowed=MAX_FILES)
    # Every name is judged before the first byte is read: zipfile cuts a name at a NUL in silence.
    for entry in entries:
        _check_name(entry)
    if len({entry.filename for entry in entries}) != len(entries):
        raise BundleRefused("bundle.bad-name", name="(twice)")
    contents: dict[str, bytes] = {}
    left = MAX_TOTAL_BYTES
    for entry in entries:
        data = _read(archive, entry, min(left, MAX_FILE_BYTES))
        left -= len(data)
        contents[entry.filename] = data
    return contents


def _check_name(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    known = name == CONFIGURATION or _SOUND.fullmatch(name) is not None
    mode = entry.external_attr >> 16
    regular = stat.S_IFMT(mode) in {0, stat.S_IFREG}
    encrypted = entry.flag_bits & 1
    same = name == entry.filename == unicodedata.normalize("NFC", name)
    if not (known and regular and same) or encrypted:
        raise BundleRefused("bundle.bad-name", name=ascii(name)[:60])


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowed: int) -> bytes:
    """Return the entry's bytes, never more than allowed, whatever its header says."""
    try:
        with archive.open(entry) as part:
            data = part.read(allowed + 1)
            if len(data) <= allowed:
                part.read(1)  # at the end the checksum is compared
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as fault:
        raise BundleRefused("bundle.damaged", name=entry.filename) from fault
    packed = max(entry.compress_size, 1)
    bomb = len(data) > _SMALL_BYTES and len(data) > MAX_RATIO * packed
    if len(data) > allowed or bomb:
        raise BundleRefused("bundle.too-big", name=entry.filename, allowed=allowed)
    return data
