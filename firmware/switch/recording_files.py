"""The disk side of recordings: pieces into .part files, safe against a power cut and a full disk.

Every half second what was written is synced. A file that cannot be written is
tried again until its recording ends; what did not fit into memory meanwhile is
a gap in it.
"""

import ctypes
import errno
import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from firmware.contract.switching import Record, Recorded
from firmware.contract.texts import Text
from firmware.switch.part import FILE_HEADER, FRAME_BYTES, duration_ms, pack_piece, read_pieces
from firmware.switch.recorders import Sink

_LIBC: Final = ctypes.CDLL(None, use_errno=True)
"""Python has no syncfs (Linux; since 5.8 it tells of what could not be written)."""
RESERVE_BYTES: Final = 32 << 20
"""Recording stops here, so that the database can still write down the calls."""


class NotOurs(Exception):
    """The file holds something else; it is left alone."""


def fault_of(error: OSError | NotOurs, path: Path) -> Text:
    """Return the sentence for what went wrong."""
    if isinstance(error, NotOurs):
        return Text(code="recording.not-a-recording", args={"file": path.name})
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Text(code="recording.disk-full")
    return Text(code="recording.disk-fault", args={"why": error.strerror or str(error)})


class PartFile:
    """One open .part file; its end is always the end of a whole piece."""

    def __init__(self, path: Path, reserve_bytes: int) -> None:
        """Open or go on with the file. Raises OSError, or NotOurs for another kind of file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._reserve_bytes = reserve_bytes
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        self.dirty = False
        """Whether something written may not be on the disk yet."""
        try:
            self.frames, self._end = self._find_end()
            _sync_folder(path.parent)
        except (OSError, NotOurs):
            os.close(self._fd)
            raise

    def append(self, first_frame: int, codes: bytes) -> None:
        """Write one piece. Raises OSError, and the file is as it was."""
        space = os.fstatvfs(self._fd)
        if space.f_bavail * space.f_frsize < self._reserve_bytes:
            raise OSError(errno.ENOSPC, "reserve reached")
        piece = pack_piece(first_frame, codes)
        self._write(piece)
        self._end += len(piece)
        self.frames = first_frame + len(codes) // FRAME_BYTES
        self.dirty = True

    def sync(self, *, whole_disk: bool) -> None:
        """Return once everything written is on the disk. Raises OSError."""
        if self.dirty:
            if whole_disk:
                _sync_disk(self._fd)
            else:
                os.fdatasync(self._fd)
            self.dirty = False

    @property
    def disk(self) -> int:
        return os.fstat(self._fd).st_dev

    def close(self) -> None:
        os.close(self._fd)

    def _write(self, data: bytes) -> None:
        try:
            written = 0
            while written < len(data):
                written += os.pwrite(self._fd, data[written:], self._end + written)
        except OSError:
            os.ftruncate(self._fd, self._end)
            raise

    def _find_end(self) -> tuple[int, int]:
        """Return (frames, bytes) of what is whole in the file and cut off the rest."""
        frames, end = 0, len(FILE_HEADER)
        with os.fdopen(os.dup(self._fd), "rb") as file:
            start = file.read(len(FILE_HEADER))
            if not FILE_HEADER.startswith(start):
                raise NotOurs
            file.seek(0)
            for offset, piece in read_pieces(file):
                frames, end = piece.end_frame, offset
        os.ftruncate(self._fd, end if start == FILE_HEADER else 0)
        os.pwrite(self._fd, FILE_HEADER, 0)
        return frames, end


class Recording:
    """One recording's way to the disk: the sink it empties, and its file once that opens."""

    def __init__(self, order: Record, reserve_bytes: int) -> None:
        self.order = order
        self.sink = Sink()
        self._path = Path(order.file)
        self._reserve_bytes = reserve_bytes
        self._file: PartFile | None = None
        self._before = 0
        """Frames the file already had: a switch that restarted goes on in it."""
        self.fault: Text | None = None
        """Why the last try failed; None once it works again."""
        self._missing: Text | None = None
        """The first fault that cost sound."""

    def write(self) -> None:
        """Write what waits. A disk that will not is remembered in `fault`, nothing is raised."""
        try:
            file = self._opened()
            while self.sink.pieces:
                first_frame, codes = self.sink.pieces[0]
                file.append(self._before + first_frame, codes)
                self.sink.pieces.popleft()
            self.fault = None
        except (OSError, NotOurs) as error:
            self.failed(error)
            self._missing = self._missing or self.fault

    def failed(self, error: OSError | NotOurs) -> None:
        self.fault = fault_of(error, self._path)

    def sync(self, *, and_others: bool = False) -> None:
        """Put what was written on the disk, and all that is for the same disk if asked."""
        try:
            if self._file is not None:
                self._file.sync(whole_disk=and_others)
        except OSError as error:
            self.failed(error)

    def synced_with(self, other: "Recording") -> None:
        """The other's sync was for the whole disk; how it went is how ours went."""
        if other.unsynced is not None:
            self.fault = other.fault
        elif self._file is not None:
            self._file.dirty = False

    @property
    def unsynced(self) -> PartFile | None:
        """Its file, if something written to it may not be on the disk yet."""
        return self._file if self._file is not None and self._file.dirty else None

    def finish(self) -> Recorded:
        """Write the rest, sync and close; the last word on the recording."""
        lost = self.sink.lost_frames
        if not self.fault and self._file is not None:
            self.sink.pieces.append((self.sink.frames, b""))  # marks the end of a paused one
            self.write()
            self.sync()
        lost += len(self.sink.pieces)
        frames = 0
        if self._file is not None:
            frames = self._file.frames
            self._file.close()
        slow = Text(code="recording.disk-slow", args={"lost_ms": duration_ms(lost)})
        fault = self.fault or ((self._missing or slow) if lost else None)
        return Recorded(
            record_id=self.order.record_id, duration_ms=duration_ms(frames), fault=fault
        )

    def could_write(self) -> bool:
        """Whether the disk would take this recording now, long after it ended perhaps."""
        folder = self._path.parent
        try:
            space = os.statvfs(folder)
        except OSError:
            return False
        roomy = space.f_bavail * space.f_frsize >= self._reserve_bytes
        return roomy and os.access(folder, os.W_OK)

    def _opened(self) -> PartFile:
        if self._file is None:
            self._file = PartFile(self._path, self._reserve_bytes)
            self._before = self._file.frames
        return self._file


def sync_all(recordings: Sequence[Recording]) -> None:
    """Put everything written on the disk, at one stroke for all that share one.

    A sync of its own for each file would write the disk's journal once for each of them.
    """
    disks: defaultdict[int, list[Recording]] = defaultdict(list)
    for recording in recordings:
        if (file := recording.unsynced) is not None:
            disks[file.disk].append(recording)
    for first, *others in disks.values():
        first.sync(and_others=bool(others))
        for other in others:
            other.synced_with(first)


def _sync_disk(fd: int) -> None:
    """Return once everything anybody has written to the file's disk is there. Raises OSError."""
    if _LIBC.syncfs(fd):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _sync_folder(folder: Path) -> None:
    """Make a new file's name survive a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
