"""The inside of a backup: facts first, then files, each followed by its SHA-256, then their count.

Everything goes in frames of a length and so many bytes: a file that grows or shrinks
while it is read is no trouble, and no reader ever holds more than one frame.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, BinaryIO, ClassVar, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from firmware.backup.refusal import BackupRefused
from firmware.backup.sealing import CHUNK, SealedReader, SealedWriter

LENGTH: Final = struct.Struct(">I")
END: Final = struct.Struct(">QQ")
LONGEST_NAME: Final = 800


class Facts(BaseModel):
    """Who made the backup, when, and what it is meant to hold."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="ignore")

    made_at: AwareDatetime
    software: Annotated[str, Field(pattern=r"^[0-9]{1,6}(\.[0-9]{1,6}){0,3}", max_length=40)]
    """Version of Tipring."""
    database: Annotated[int, Field(ge=0, le=100_000)]
    """Form of tipring.db."""
    office: Annotated[str, Field(max_length=60)]
    box: Annotated[str, Field(max_length=20)]
    recordings: bool


@dataclass(frozen=True)
class Count:
    members: int
    size: int


class MemberWriter:
    def __init__(self, sealed: SealedWriter, facts: Facts) -> None:
        self._sealed = sealed
        self._members = self._size = 0
        self._frame(facts.model_dump_json().encode())

    def add(self, name: str, file: BinaryIO) -> None:
        """Add the rest of `file`. Raises OSError."""
        self._frame(name.encode())
        digest = hashlib.sha256()
        while data := file.read(CHUNK):
            digest.update(data)
            self._frame(data)
            self._size += len(data)
        self._frame(b"")
        self._frame(digest.digest())
        self._members += 1

    def close(self) -> Count:
        self._frame(b"")
        self._frame(END.pack(self._members, self._size))
        self._sealed.close()
        return Count(self._members, self._size)

    def _frame(self, data: bytes) -> None:
        self._sealed.write(LENGTH.pack(len(data)) + data)


class MemberReader:
    """Reads `facts` at once; then `members` must be gone through in order, each to its end."""

    def __init__(self, sealed: SealedReader) -> None:
        self._sealed = sealed
        try:
            self.facts = Facts.model_validate_json(self._frame())
        except ValidationError:
            raise BackupRefused("backup.damaged") from None

    def members(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield each name with the stretches of its content. Raises BackupRefused."""
        members = size = 0
        while raw := self._frame(LONGEST_NAME):
            content = _Content(self)
            yield _name(raw), iter(content)
            if not content.whole:
                raise BackupRefused("backup.damaged")
            members, size = members + 1, size + content.size
        if END.unpack(self._exactly(END.size)) != (members, size):
            raise BackupRefused("backup.damaged")
        self._sealed.expect_end()

    def stretch(self) -> bytes:
        return self._frame()

    def digest(self) -> bytes:
        return self._exactly(hashlib.sha256().digest_size)

    def _exactly(self, size: int) -> bytes:
        data = self._frame(size)
        if len(data) != size:
            raise BackupRefused("backup.damaged")
        return data

    def _frame(self, most: int = CHUNK) -> bytes:
        (length,) = LENGTH.unpack(self._sealed.read(LENGTH.size))
        if length > most:
            raise BackupRefused("backup.damaged")
        return self._sealed.read(length)


class _Content:
    """One member's stretches; `whole` once all were read and their digest was right."""

    def __init__(self, reader: MemberReader) -> None:
        self._reader = reader
        self.whole = False
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        digest = hashlib.sha256()
        while data := self._reader.stretch():
            digest.update(data)
            self.size += len(data)
            yield data
        if self._reader.digest() != digest.digest():
            raise BackupRefused("backup.damaged")
        self.whole = True


def _name(raw: bytes) -> str:
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError:
        raise BackupRefused("backup.foreign-name", name=ascii(raw)[2:-1][:60]) from None
