"""Files that are either the old or the new one after a power cut, never half of each."""

import os
from pathlib import Path

from firmware.contract.errors import StorageFault


def read_text(path: Path) -> str:
    """Return the file's text, "" when there is none. Raises StorageFault."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise StorageFault("config.not-utf-8", file=path.name) from error
    except OSError as error:
        raise StorageFault("config.cannot-read", file=path.name, why=_why(error)) from error


def write_atomically(path: Path, text: str, mode: int) -> None:
    """Replace the file; it is on the disk when this returns. Raises StorageFault."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise StorageFault("config.cannot-write", file=path.name, why=_why(error)) from error


def remove(path: Path) -> None:
    """Remove the file if it is there, for good. Raises StorageFault."""
    try:
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            _sync_folder(path.parent)
    except OSError as error:
        raise StorageFault("config.cannot-write", file=path.name, why=_why(error)) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _why(error: OSError) -> str:
    return error.strerror or str(error)
