"""Reading a zip file that an enemy may have made: bytes in, the members' bytes out.

Our own reader, because libraries are made to open as much as they can: they cut
names at a NUL, believe sizes, overlook what lies between members. Here a file
has one meaning or none: members one behind the other from the first byte, then
the directory, then its end. Docs of the form: docs/bundle.md.
"""

import stat
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from firmware.bundle.names import known_name
from firmware.bundle.refusal import BundleRefused, shown

MAX_ARCHIVE_BYTES: Final = 64 << 20
MAX_FILES: Final = 2_000
MAX_FILE_BYTES: Final = 16 << 20
MAX_TOTAL_BYTES: Final = 64 << 20
MAX_RATIO: Final = 200
SMALL_BYTES: Final = 1 << 16
"""Up to here any ratio is harmless."""

_END: Final = struct.Struct("<4s4H2LH")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_STORED, _DEFLATED = 0, 8
_DESCRIPTOR_FLAG: Final = 1 << 3
_HARMLESS_FLAGS: Final = 1 << 1 | 1 << 2 | _DESCRIPTOR_FLAG | 1 << 11
"""How hard it was packed, a descriptor behind it, names in UTF-8; all others mean locked."""
_LONGEST_DESCRIPTOR: Final = 16
_DOS_FOLDER_OR_LABEL: Final = 0x18


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    at: int


def read_archive(data: bytes) -> dict[str, bytes]:
    """Return name -> content. Raises BundleRefused; never takes more memory than the limits."""
    if len(data) > MAX_ARCHIVE_BYTES:
        raise BundleRefused("bundle.too-big", name="*.tipring", allowed=MAX_ARCHIVE_BYTES)
    directory_at, count = _end(data)
    members = _directory(data, directory_at, count)
    _refuse_too_much(members)
    starts = _starts(data, members, directory_at)
    return {
        member.name: _content(data[start : start + member.packed], member)
        for member, start in zip(members, starts, strict=True)
    }


def _end(data: bytes) -> tuple[int, int]:
    """Return where the directory begins and how many members it has."""
    at = len(data) - _END.size
    if at < 0 or not data.startswith(b"PK"):
        raise BundleRefused("bundle.not-a-bundle")
    signature, disk, first_disk, here, count, size, offset, comment = _END.unpack_from(data, at)
    if signature != b"PK\5\6" or (disk, first_disk, comment) != (0, 0, 0) or here != count:
        raise BundleRefused("bundle.not-a-bundle")
    if count > MAX_FILES:
        raise BundleRefused("bundle.too-many", allowed=MAX_FILES)
    if offset + size != at:
        raise BundleRefused("bundle.not-a-bundle")
    return offset, count


def _directory(data: bytes, at: int, count: int) -> list[_Member]:
    """Every name is judged before the first byte is unpacked."""
    members: list[_Member] = []
    end = len(data) - _END.size
    for _ in range(count):
        member, at = _entry(data, at, end)
        members.append(member)
    if at != end:
        raise BundleRefused("bundle.not-a-bundle")
    seen: set[str] = set()
    for member in members:
        if member.name in seen:
            raise BundleRefused("bundle.twice", name=member.name)
        seen.add(member.name)
    return members


def _entry(data: bytes, at: int, end: int) -> tuple[_Member, int]:
    if at + _CENTRAL.size > end:
        raise BundleRefused("bundle.not-a-bundle")
    (
        signature, _, _, flags, method, _, _, crc, packed, size,
        name_length, extra, comment, disk, _, attributes, offset,
    ) = _CENTRAL.unpack_from(data, at)  # fmt: skip
    begins = at + _CENTRAL.size
    after = begins + name_length + extra + comment
    if signature != b"PK\1\2" or after > end or disk != 0:
        raise BundleRefused("bundle.not-a-bundle")
    raw = data[begins : begins + name_length]
    name = known_name(raw)
    if name is None:
        raise BundleRefused("bundle.bad-name", name=shown(raw))
    _refuse_odd(name, attributes)
    if flags & ~_HARMLESS_FLAGS or method not in (_STORED, _DEFLATED):
        raise BundleRefused("bundle.locked", name=name)
    return _Member(name, flags, method, crc, packed, size, offset), after


def _refuse_odd(name: str, attributes: int) -> None:
    """Links, folders and devices are told by the mode of whatever system made the zip."""
    kind = stat.S_IFMT(attributes >> 16)
    if kind not in (0, stat.S_IFREG) or attributes & _DOS_FOLDER_OR_LABEL:
        raise BundleRefused("bundle.not-a-file", name=name)


def _refuse_too_much(members: Sequence[_Member]) -> None:
    total = 0
    for member in members:
        total += member.size
        bomb = member.size > SMALL_BYTES and member.size > MAX_RATIO * member.packed
        if member.size > MAX_FILE_BYTES or bomb:
            raise BundleRefused("bundle.too-big", name=member.name, allowed=MAX_FILE_BYTES)
        if total > MAX_TOTAL_BYTES:
            raise BundleRefused("bundle.too-big", name="*.tipring", allowed=MAX_TOTAL_BYTES)


def _starts(data: bytes, members: Sequence[_Member], directory_at: int) -> list[int]:
    """Return where each member's bytes begin; what overlaps or hides between them is refused."""
    starts: dict[str, int] = {}
    free_from, gap_allowed, before = 0, 0, "*.tipring"
    for member in sorted(members, key=lambda one: one.at):
        if not free_from <= member.at <= free_from + gap_allowed:
            raise BundleRefused("bundle.damaged", name=member.name)
        starts[member.name] = start = _local(data, member, directory_at)
        free_from = start + member.packed
        gap_allowed = _LONGEST_DESCRIPTOR if member.flags & _DESCRIPTOR_FLAG else 0
        before = member.name
        if free_from > directory_at:
            raise BundleRefused("bundle.damaged", name=member.name)
    if directory_at - free_from > gap_allowed:
        raise BundleRefused("bundle.damaged", name=before)
    return [starts[member.name] for member in members]


def _local(data: bytes, member: _Member, directory_at: int) -> int:
    """Return where the content begins; a header that says else than the directory is refused."""
    at = member.at
    if at + _LOCAL.size > directory_at:
        raise BundleRefused("bundle.damaged", name=member.name)
    signature, _, flags, method, _, _, crc, packed, size, name_length, extra = _LOCAL.unpack_from(
        data, at
    )
    begins = at + _LOCAL.size
    same = (
        signature == b"PK\3\4"
        and (flags, method) == (member.flags, member.method)
        and data[begins : begins + name_length] == member.name.encode("ascii")
    )
    if not flags & _DESCRIPTOR_FLAG:
        same = same and (crc, packed, size) == (member.crc, member.packed, member.size)
    if not same:
        raise BundleRefused("bundle.damaged", name=member.name)
    start: int = begins + name_length + extra
    return start


def _content(packed: bytes, member: _Member) -> bytes:
    content = packed if member.method == _STORED else _inflated(packed, member)
    if len(content) != member.size or zlib.crc32(content) != member.crc:
        raise BundleRefused("bundle.damaged", name=member.name)
    return content


def _inflated(packed: bytes, member: _Member) -> bytes:
    """Never more than the size the directory promised, and one byte."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = stream.decompress(packed, member.size + 1)
    except zlib.error:
        raise BundleRefused("bundle.damaged", name=member.name) from None
    if not stream.eof or stream.unused_data:
        raise BundleRefused("bundle.damaged", name=member.name)
    return content
