"""The names this page answers to now: the machine's own, those it was started with, [network]'s.

Read from tipring.toml whenever that has changed, so that a name works as soon as
it is live, and a version that went back takes its names along.
"""

import tomllib
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from firmware.config.network import Network

CONFIG_FILE: Final = "tipring.toml"


class KnownNames:
    """Call it for the names; any thread may."""

    def __init__(self, state: Path, given: frozenset[str]) -> None:
        self._file = state / CONFIG_FILE
        self._given = frozenset(name.lower() for name in given)
        self._seen: tuple[int, int] | None = None
        self._now = self._given

    def __call__(self) -> frozenset[str]:
        try:
            status = self._file.stat()
        except OSError:
            return self._given
        seen = status.st_mtime_ns, status.st_size
        if seen != self._seen:
            self._now = self._given | self._configured()
            self._seen = seen
        return self._now

    def _configured(self) -> frozenset[str]:
        """A file broken by hand keeps the names from before."""
        try:
            chapter = tomllib.loads(self._file.read_text("utf-8")).get("network", {})
            return Network.model_validate(chapter).page_names()
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError):
            return self._now
