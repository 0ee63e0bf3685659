"""Where in the text of a TOML file each key stands, for faults that name line and column.

Works on text a real TOML parser has accepted, so it only has to find the way,
never to judge. Paths are tuples as in parsed data: names, and indices in lists.
"""

import re
from bisect import bisect_left
from typing import Final, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
Place: TypeAlias = tuple[int, int]
"""Line and column, both from 1."""
DEEPEST: Final = 12
"""Parts of a path that are followed; what is nested deeper is known by its ancestor."""

_GAP: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK: Final = re.compile(r"[ \t]*")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_STRING: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN: Final = re.compile(r"[^,\]}#\r\n]+")


def places(text: str) -> dict[Path, Place]:
    """Return path -> where its key (or its list element) begins."""
    return _Finder(text).find()


class _Finder:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, Place] = {}
        self.elements: dict[Path, int] = {}
        self.line_ends = [match.start() for match in re.finditer("\n", text)]

    def find(self) -> dict[Path, Place]:
        table: Path = ()
        self._skip(_GAP)
        while self.at < len(self.text):
            table = self._header() if self.text[self.at] == "[" else self._pair(table)
            self._skip(_GAP)
        return self.found

    def _header(self) -> Path:
        begin = self.at
        of_list = self.text.startswith("[[", self.at)
        self.at += 2 if of_list else 1
        path = self._under_lists(self._key())
        self.at += 2 if of_list else 1
        if of_list:
            index = self.elements.get(path, -1) + 1
            self.elements[path] = index
            self._note(path, begin)
            path = _below(path, index)
        self._note(path, begin)
        return path

    def _under_lists(self, key: Path) -> Path:
        """Return the header's key with the index of the newest element put behind each list."""
        path: Path = ()
        for depth, part in enumerate(key):
            path = _below(path, part)
            if path in self.elements and depth < len(key) - 1:
                path = _below(path, self.elements[path])
        return path

    def _pair(self, table: Path) -> Path:
        begin = self.at
        path = table
        for part in self._key():
            path = _below(path, part)
            self._note(path, begin)
        self.at += 1  # the equals sign
        self._skip(_BLANK)
        self._value(path)
        return table

    def _value(self, path: Path) -> None:
        match self.text[self.at]:
            case "[":
                self._list(path)
            case "{":
                self._inline_table(path)
            case '"' | "'":
                self._skip(_STRING)
            case _:
                self._skip(_PLAIN)

    def _list(self, path: Path) -> None:
        self.at += 1
        index = 0
        self._skip(_GAP)
        while self.text[self.at] != "]":
            element = _below(path, index)
            self._note(element, self.at)
            self._value(element)
            index += 1
            self._skip_comma()
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        self._skip(_GAP)
        while self.text[self.at] != "}":
            self._pair(path)
            self._skip_comma()
        self.at += 1

    def _skip_comma(self) -> None:
        self._skip(_GAP)
        if self.text[self.at] == ",":
            self.at += 1
            self._skip(_GAP)

    def _key(self) -> Path:
        parts: list[str] = []
        while True:
            self._skip(_BLANK)
            parts.append(self._key_part())
            self._skip(_BLANK)
            if self.text[self.at] != ".":
                return tuple(parts)
            self.at += 1

    def _key_part(self) -> str:
        begin = self.at
        if self.text[self.at] in "\"'":
            self._skip(_STRING)
            return self.text[begin + 1 : self.at - 1]
        self._skip(_BARE)
        return self.text[begin : self.at]

    def _skip(self, what: re.Pattern[str]) -> None:
        match = what.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _note(self, path: Path, at: int) -> None:
        line = bisect_left(self.line_ends, at)
        begin = self.line_ends[line - 1] + 1 if line else 0
        self.found.setdefault(path, (line + 1, at - begin + 1))


def _below(path: Path, part: str | int) -> Path:
    return (*path, part) if len(path) < DEEPEST else path
