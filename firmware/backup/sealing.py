"""A sealed stream: chunks of 64 KiB, each encrypted and authenticated, the last marked as such.

ChaCha20-Poly1305 under a key of this file alone, which X25519 lets only the sheet's secret
find. The nonce counts the chunks and says which is the last (the STREAM construction), so
none can be changed, left out, swapped or cut off unnoticed. docs/backup.md has the form.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from firmware.backup.key import ID_BYTES, BackupSecret, key_id, public_key, sheet_of
from firmware.backup.refusal import BackupRefused

MAGIC: Final = b"TIPRING BACKUP\n"
FORMAT: Final = 1
HEADER: Final = struct.Struct(f">{len(MAGIC)}sB{ID_BYTES}s32s")
CHUNK: Final = 64 * 1024
TAG: Final = 16
_INFO: Final = b"tipring backup file 1"


@dataclass(frozen=True)
class Header:
    """What stands in the clear: which sheet opens the file, and the file's own public half."""

    key_id: bytes
    ephemeral: bytes

    @property
    def sheet(self) -> str:
        return sheet_of(self.key_id)

    def packed(self) -> bytes:
        return HEADER.pack(MAGIC, FORMAT, self.key_id, self.ephemeral)


class SealedWriter:
    """Seals what is written for the holder of the secret to `public`; `close` ends it."""

    def __init__(self, file: BinaryIO, public: bytes) -> None:
        own = X25519PrivateKey.generate()
        header = Header(key_id(public), own.public_key().public_bytes_raw())
        self.file_key = _file_key(own.exchange(public_key(public)), header)
        """Opens this file alone; kept by nobody once it has been read back."""
        self._file, self._header = file, header.packed()
        self._cipher = ChaCha20Poly1305(self.file_key)
        self._waiting = bytearray()
        self._count = 0
        file.write(self._header)

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) > CHUNK:  # a full one may be the last, so it waits
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def close(self) -> None:
        """Write the last chunk; the file itself stays open."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        nonce = _nonce(self._count, last=last)
        self._file.write(self._cipher.encrypt(nonce, chunk, self._header))
        self._count += 1


class SealedReader:
    """Gives out nothing that was not sealed so; raises BackupRefused at the first doubt."""

    def __init__(self, file: BinaryIO, key: BackupSecret | bytes) -> None:
        """`key` is the sheet's secret, or the key of this file alone."""
        header = read_header(file)
        self.sheet = header.sheet
        if isinstance(key, BackupSecret):
            if key_id(key.public()) != header.key_id:
                raise BackupRefused("backup.wrong-key", wanted=header.sheet, typed=key.sheet)
            key = _shared(key, header)
        self._file, self._header = file, header.packed()
        self._cipher = ChaCha20Poly1305(key)
        self._count = 0
        self._next = file.read(CHUNK + TAG)
        self._opened = memoryview(b"")
        self._ended = False

    def read(self, size: int) -> bytes:
        """Return exactly `size` bytes. Raises BackupRefused when there are fewer."""
        parts: list[bytes] = []
        while size > 0:
            if not self._opened:
                self._open()
            part = self._opened[:size]
            self._opened = self._opened[size:]
            size -= len(part)
            parts.append(bytes(part))
        return b"".join(parts)

    def expect_end(self) -> None:
        """Raises BackupRefused when anything is left."""
        if self._opened or not self._ended:
            raise BackupRefused("backup.damaged")

    def _open(self) -> None:
        if self._ended:
            raise BackupRefused("backup.damaged")
        sealed, self._next = self._next, self._file.read(CHUNK + TAG)
        self._ended = not self._next
        nonce = _nonce(self._count, last=self._ended)
        try:
            self._opened = memoryview(self._cipher.decrypt(nonce, sealed, self._header))
        except (InvalidTag, ValueError):
            raise BackupRefused("backup.damaged") from None
        self._count += 1
        if not self._opened:
            raise BackupRefused("backup.damaged")


def read_header(file: BinaryIO) -> Header:
    """Read past the header. Raises BackupRefused for what is no backup, or a newer one."""
    raw = file.read(HEADER.size)
    if not raw.startswith(MAGIC):
        raise BackupRefused("backup.not-a-backup")
    if len(raw) > len(MAGIC) and raw[len(MAGIC)] != FORMAT:
        raise BackupRefused("backup.other-format", form=raw[len(MAGIC)], known=FORMAT)
    if len(raw) < HEADER.size:
        raise BackupRefused("backup.damaged")
    _magic, _form, identity, ephemeral = HEADER.unpack(raw)
    return Header(identity, ephemeral)


def _shared(secret: BackupSecret, header: Header) -> bytes:
    try:
        shared = secret.private().exchange(public_key(header.ephemeral))
    except ValueError:  # a point of low order: nobody's honest public half
        raise BackupRefused("backup.damaged") from None
    return _file_key(shared, header)


def _file_key(shared: bytes, header: Header) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=_INFO + header.packed()).derive(shared)


def _nonce(count: int, *, last: bool) -> bytes:
    return count.to_bytes(11, "big") + bytes([last])
