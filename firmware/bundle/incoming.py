"""STATE/incoming/: where the reader of sticks leaves bundles and the exchange finds them.

The reader runs as somebody else, and has read something nobody trusts: what
lies here is looked at as carefully as the stick itself. A bundle is HASH.tipring,
a stick that was refused HASH.refused with its sentence as JSON. What came through
the page lies in STATE/uploaded: the web process cannot see what sticks brought.
"""

import errno
import hashlib
import os
import re
import stat
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from firmware.bundle.archive import MAX_ARCHIVE_BYTES
from firmware.bundle.refusal import BundleRefused
from firmware.contract.errors import NotFound, StorageFault
from firmware.contract.texts import Text

FOLDER: Final = "incoming"
UPLOADED: Final = "uploaded"
MAX_WAITING: Final = 8
"""More nobody would look through; the oldest go."""
_ID: Final = re.compile(r"[0-9a-f]{16}")
_BUNDLE, _REFUSAL = ".tipring", ".refused"
_MODE: Final = 0o640
_LONGEST_SENTENCE: Final = 2_000


def leave_bundle(state: Path, data: bytes) -> str:
    """Leave a bundle for the exchange; return its id. Raises StorageFault."""
    bundle_id = hashlib.sha256(data).hexdigest()[:16]
    _write(state / FOLDER / (bundle_id + _BUNDLE), data)
    return bundle_id


def leave_upload(state: Path, data: bytes) -> str:
    """As `leave_bundle`, for the web process. Raises StorageFault."""
    bundle_id = hashlib.sha256(data).hexdigest()[:16]
    try:
        (state / UPLOADED).mkdir(exist_ok=True)
    except OSError as fault:
        why = fault.strerror or ""
        raise StorageFault("config.cannot-write", file=UPLOADED, why=why) from fault
    _write(state / UPLOADED / (bundle_id + _BUNDLE), data)
    return bundle_id


def leave_refusal(state: Path, text: Text) -> None:
    """Leave word that a stick had nothing for us. Raises StorageFault."""
    data = text.model_dump_json().encode()
    _write(state / FOLDER / (hashlib.sha256(data).hexdigest()[:16] + _REFUSAL), data)


def waiting(state: Path, folder: str = FOLDER) -> tuple[str, ...]:
    """Return the ids of the bundles that wait, the newest first; too old ones are gone then."""
    files = sorted(_ours(state / folder, _BUNDLE), key=_age_key, reverse=True)
    for file in files[MAX_WAITING:]:
        _remove(file)
    return tuple(file.stem for file in files[:MAX_WAITING])


def bundle_bytes(state: Path, bundle_id: str, folder: str = FOLDER) -> bytes:
    """Raises NotFound, BundleRefused for what is no plain file, StorageFault."""
    if not _ID.fullmatch(bundle_id):
        raise NotFound("bundle.no-offer")
    return _read(state / folder / (bundle_id + _BUNDLE), MAX_ARCHIVE_BYTES + 1)


def drop(state: Path, bundle_id: str) -> None:
    """Forget a bundle; gone already is fine. Raises StorageFault."""
    if _ID.fullmatch(bundle_id):
        for folder in (FOLDER, UPLOADED):
            _remove(state / folder / (bundle_id + _BUNDLE))


def take_refusals(state: Path) -> tuple[Text, ...]:
    """Return the sentences left by sticks that were refused; they are gone then."""
    found: list[Text] = []
    for file in sorted(_ours(state / FOLDER, _REFUSAL))[:MAX_WAITING]:
        try:
            found.append(Text.model_validate_json(_read(file, _LONGEST_SENTENCE)))
        except (ValidationError, BundleRefused):
            found.append(Text(code="stick.damaged"))
        except NotFound:
            continue
        _remove(file)
    return tuple(found)


def _ours(folder: Path, suffix: str) -> list[Path]:
    files = folder.glob(f"*{suffix}")
    return [file for file in files if _ID.fullmatch(file.stem)]


def _age_key(file: Path) -> float:
    try:
        return file.lstat().st_mtime
    except FileNotFoundError:
        return 0.0


def _read(file: Path, most: int) -> bytes:
    """Return a plain file's bytes, `most` of them; never through a link, never waiting."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as plain:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise BundleRefused("bundle.not-a-file", name=file.name)
            return plain.read(most)
    except FileNotFoundError:
        raise NotFound("bundle.no-offer") from None
    except OSError as fault:
        if fault.errno == errno.ELOOP:
            raise BundleRefused("bundle.not-a-file", name=file.name) from None
        why = fault.strerror or ""
        raise StorageFault("config.cannot-read", file=file.name, why=why) from fault


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as fault:
        why = fault.strerror or ""
        raise StorageFault("config.cannot-write", file=file.name, why=why) from fault


def _write(file: Path, data: bytes) -> None:
    """The name appears when all of it is there."""
    part = file.with_name(f".{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with os.fdopen(os.open(part, flags, _MODE), "wb") as target:
            target.write(data)
        part.replace(file)
    except OSError as fault:
        why = fault.strerror or ""
        raise StorageFault("config.cannot-write", file=file.name, why=why) from fault
