"""All processes below one, and what each of them costs, read from /proc."""

import os
from pathlib import Path


def family(parent: int) -> list[int]:
    """Return the process and all its descendants that live."""
    found, children = [parent], _children_of_all()
    for pid in found:
        found += children.get(pid, ())
    return found


def name_of(pid: int) -> str:
    """Return the module a Python process runs, or the program's name."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    if "python" in words[0] and "-m" in words[:-1]:
        at = words.index("-m") + 1
        kind = words[at + 1] if words[at] == "drivers" else ""
        return f"{words[at]} {kind}".strip()
    return Path(words[0]).name


def cpu_s(pid: int) -> float:
    """Return CPU seconds so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _children_of_all() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    return children
