"""Reading one bundle from a stick's FAT12, FAT16 or FAT32: sectors in, the file's bytes out.

A stick is never mounted: its file system may be made to break a kernel. Here
every number it states is checked before it is used, every chain has an end, and
the worst a hostile stick can do is to be refused. Names of fields as in
Microsoft's "FAT: General Overview of On-Disk Format", 1.03.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from firmware.contract.errors import TipringError

Reader: TypeAlias = Callable[[int, int], bytes]
"""offset, length -> so many bytes of the stick, fewer where it ends."""

SUFFIX: Final = ".tipring"
MAX_FOLDER_BYTES: Final = 2 << 20
"""65,536 entries, the most a FAT folder may have."""
_SECTOR: Final = 512
_MARK: Final = b"\x55\xaa"
_BPB: Final = struct.Struct("<HBHBHHBHHHLL")
_ENTRY: Final = struct.Struct("<8s3sB8xHxxxxHL")
_ENTRY_BYTES: Final = 32
_FAT_PARTITIONS: Final = frozenset({0x01, 0x04, 0x06, 0x0B, 0x0C, 0x0E})
_LONG_NAME, _FOLDER_OR_LABEL = 0x0F, 0x18
_DELETED, _END = 0xE5, 0x00
_LAST_PIECE: Final = 0x40
_MOST_PIECES: Final = 20
_FAT12_BELOW, _FAT16_BELOW, _FAT32_BELOW = 4_085, 65_525, 0x0FFF_FFF5


class StickRefused(TipringError):
    """There is no bundle we can read on the stick; the text says why."""


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    first: int
    size: int


@dataclass(frozen=True, slots=True)
class _Volume:
    """Where things are, in bytes from the stick's beginning."""

    read: Reader
    bits: int
    fat_at: int
    fat_bytes: int
    root_at: int
    root_bytes: int
    root_cluster: int
    data_at: int
    cluster_bytes: int
    clusters: int


def read_bundle_file(read: Reader, most_bytes: int) -> tuple[str, bytes]:
    """Return name and content of the one *.tipring in the first folder. Raises StickRefused."""
    volume = _volume(read)
    found = [file for file in _files(_root(volume)) if _is_bundle(file.name)]
    if not found:
        raise StickRefused("stick.no-bundle")
    if len(found) > 1:
        raise StickRefused("stick.several")
    (file,) = found
    if file.size > most_bytes:
        raise StickRefused("stick.too-big", allowed=most_bytes)
    return file.name, _content(volume, file)


def _is_bundle(name: str) -> bool:
    """A name that begins with a dot is a shadow that macOS leaves beside the real file."""
    return name.lower().endswith(SUFFIX) and not name.startswith(".")


# ---- the volume


def _volume(read: Reader) -> _Volume:
    """Return the volume that begins at the first byte, or is the first FAT partition."""
    first = _exactly(read, 0, _SECTOR)
    volume = _parsed(read, first, 0)
    if volume is not None:
        return volume
    for at in range(446, 510, 16):
        kind, (sector,) = first[at + 4], struct.unpack_from("<L", first, at + 8)
        if first.endswith(_MARK) and kind in _FAT_PARTITIONS and sector:
            begins = sector * _SECTOR
            volume = _parsed(read, _exactly(read, begins, _SECTOR), begins)
            if volume is not None:
                return volume
    raise StickRefused("stick.not-fat")


def _parsed(read: Reader, boot: bytes, begins: int) -> _Volume | None:
    """Return the volume its boot sector describes; None when it describes none."""
    (
        sector, per_cluster, reserved, fats, root_entries, sectors_16,
        _media, fat_16, _track, _heads, _hidden, sectors_32,
    ) = _BPB.unpack_from(boot, 11)  # fmt: skip
    fat_32, root_cluster = struct.unpack_from("<L4xL", boot, 36)
    sizes = sector in {512, 1024, 2048, 4096} and per_cluster in {1 << n for n in range(8)}
    if not (boot.endswith(_MARK) and sizes and reserved and fats in {1, 2}):
        return None
    fat_sectors, sectors = fat_16 or fat_32, sectors_16 or sectors_32
    root_sectors = -(-root_entries * _ENTRY_BYTES // sector)
    data_sector = reserved + fats * fat_sectors + root_sectors
    clusters = (sectors - data_sector) // per_cluster
    if not fat_sectors or not 0 < clusters < _FAT32_BELOW:
        return None
    bits = 12 if clusters < _FAT12_BELOW else 16 if clusters < _FAT16_BELOW else 32
    return _Volume(
        read=read,
        bits=bits,
        fat_at=begins + reserved * sector,
        fat_bytes=fat_sectors * sector,
        root_at=begins + (reserved + fats * fat_sectors) * sector,
        root_bytes=root_sectors * sector,
        root_cluster=root_cluster if bits == 32 else 0,
        data_at=begins + data_sector * sector,
        cluster_bytes=per_cluster * sector,
        clusters=clusters,
    )


# ---- chains of clusters


def _next(volume: _Volume, cluster: int) -> int:
    """Return what the table says comes after `cluster`."""
    at = cluster * volume.bits // 8
    width = 4 if volume.bits == 32 else 2
    if at + width > volume.fat_bytes:
        raise StickRefused("stick.damaged")
    value = int.from_bytes(_exactly(volume.read, volume.fat_at + at, width), "little")
    if volume.bits == 12:  # two entries in three bytes
        return value >> 4 if cluster & 1 else value & 0xFFF
    return value & 0x0FFF_FFFF


def _chain(volume: _Volume, first: int, most: int) -> Iterator[int]:
    """Yield the clusters of a chain, `most` of them: a ring has no end of its own."""
    end = (1 << min(volume.bits, 28)) - 8
    cluster = first
    for _ in range(most):
        if not 2 <= cluster < volume.clusters + 2:
            raise StickRefused("stick.damaged")
        yield cluster
        cluster = _next(volume, cluster)
        if cluster >= end:
            return


def _cluster(volume: _Volume, cluster: int) -> bytes:
    at = volume.data_at + (cluster - 2) * volume.cluster_bytes
    return _exactly(volume.read, at, volume.cluster_bytes)


def _content(volume: _Volume, file: _File) -> bytes:
    wanted = -(-file.size // volume.cluster_bytes)
    content = bytearray()
    if wanted:
        for cluster in _chain(volume, file.first, wanted):
            content += _cluster(volume, cluster)
    if len(content) < file.size:
        raise StickRefused("stick.damaged")
    return bytes(content[: file.size])


def _exactly(read: Reader, at: int, length: int) -> bytes:
    data = read(at, length)
    if len(data) != length:
        raise StickRefused("stick.damaged")
    return data


# ---- the first folder


def _root(volume: _Volume) -> Iterator[bytes]:
    """Yield the entries of the first folder up to its end."""
    for block in _root_blocks(volume):
        for at in range(0, len(block), _ENTRY_BYTES):
            entry = block[at : at + _ENTRY_BYTES]
            if entry[0] == _END:
                return
            yield entry


def _root_blocks(volume: _Volume) -> Iterator[bytes]:
    if volume.root_cluster:
        most = MAX_FOLDER_BYTES // volume.cluster_bytes
        for cluster in _chain(volume, volume.root_cluster, most):
            yield _cluster(volume, cluster)
    else:
        yield _exactly(volume.read, volume.root_at, min(volume.root_bytes, MAX_FOLDER_BYTES))


def _files(entries: Iterator[bytes]) -> Iterator[_File]:
    """Yield the files with a long name: the suffix we look for has no other."""
    pieces: dict[int, bytes] = {}
    of_sum = -1
    for entry in entries:
        attributes = entry[11]
        if entry[0] == _DELETED:
            pieces = {}
        elif attributes & 0x3F == _LONG_NAME:
            if entry[0] & _LAST_PIECE or entry[13] != of_sum:
                pieces, of_sum = {}, entry[13]
            pieces[entry[0] & 0x3F] = entry[1:11] + entry[14:26] + entry[28:32]
        else:
            if pieces and not attributes & _FOLDER_OR_LABEL and _sum(entry[:11]) == of_sum:
                yield _file(entry, _long_name(pieces))
            pieces = {}


def _file(entry: bytes, name: str) -> _File:
    _stem, _kind, _attributes, high, low, size = _ENTRY.unpack(entry)
    return _File(name, high << 16 | low, size)


def _long_name(pieces: dict[int, bytes]) -> str:
    """Return the name, "" when pieces are missing."""
    if sorted(pieces) != list(range(1, len(pieces) + 1)) or len(pieces) > _MOST_PIECES:
        return ""
    raw = b"".join(pieces[number] for number in sorted(pieces))
    return raw.decode("utf-16-le", "replace").partition("\0")[0]


def _sum(short: bytes) -> int:
    """Return the checksum that ties the pieces of a long name to their entry."""
    total = 0
    for byte in short:
        total = ((total >> 1) + ((total & 1) << 7) + byte) & 0xFF
    return total
