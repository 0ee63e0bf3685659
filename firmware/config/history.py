"""The live configuration on disk, and every version that was ever live.

Files of the state folder: tipring.toml and secrets.toml are what is live,
versions/N.toml what was live as version N, versions/N.json who made it, when and
why. versions/pending.json exists while a version waits to be confirmed; it
survives a restart, so an unconfirmed version goes back even after a power cut.
All methods block and raise StorageFault when the disk will not have it.
"""

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from firmware.config.differences import differences
from firmware.config.files import read_text, remove, write_atomically
from firmware.config.load import CONFIG_FILE, SECRETS_FILE, load
from firmware.config.model import Config
from firmware.config.secrets import take_out_secrets
from firmware.contract.errors import ConfigurationRefused, NotFound, RequestRefused
from firmware.contract.texts import Text

FOLDER: Final = "versions"
PENDING: Final = "pending.json"
SECRET_MODE: Final = 0o600
OPEN_MODE: Final = 0o644


class Version(BaseModel):
    """One version that was live. `restored` names the older one it brought back."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    number: int
    who: str
    at: AwareDatetime
    comment: str = ""
    restored: int | None = None


class Pending(BaseModel):
    """Version `number` goes back to `back_to` at `until` unless somebody confirms it."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    number: int
    back_to: int
    until: AwareDatetime


@dataclass(frozen=True)
class Started:
    """What the exchange starts with; `faults` are those of a tipring.toml that was passed over."""

    config: Config
    version: int
    faults: tuple[Text, ...] = ()


class History:
    def __init__(self, state: Path) -> None:
        self._state = state
        self._folder = state / FOLDER

    # ---- what is live

    def live_text(self) -> str:
        return read_text(self._state / CONFIG_FILE)

    def check(self, text: str) -> Config:
        """Return what `text` with the box's secrets would be. Raises ConfigurationRefused."""
        return load(text, read_text(self._state / SECRETS_FILE))

    def owners_of_secrets(self, chapter: str) -> frozenset[str]:
        """Return the ids of a chapter's entries that have secrets, those that are gone too."""
        secrets = tomllib.loads(read_text(self._state / SECRETS_FILE))
        return frozenset(secrets.get(chapter, {}))

    def current(self) -> int:
        """Return the number of the newest version, 0 when there is none yet."""
        return max(self._numbers(), default=0)

    # ---- changing it

    def start(self, at: datetime, template: str = "") -> Started:
        """Return what the box shall work with now, at the start of the exchange.

        A first start makes version 1, of tipring.toml or else of `template`. A
        file edited by hand becomes a version of its own; when it is faulty the
        newest version that is not goes on instead, and the faults are returned.
        An unconfirmed version whose time is over has gone back. Raises
        ConfigurationRefused when there is nothing without faults.
        """
        rolled_back = self.roll_back_if_due(at)
        if rolled_back is not None:
            return Started(rolled_back[1], rolled_back[0].number)
        newest = self.current()
        text = self.live_text() or (self.text_of(newest) if newest else template)
        try:
            config = self.check(text)
        except ConfigurationRefused as refused:
            return self._last_good(refused)
        if newest and self.text_of(newest) == text:
            return Started(config, newest)
        comment = "edited by hand" if newest else "first configuration"
        version = Version(number=newest + 1, who="tipring", at=at, comment=comment)
        return Started(config, self._write(text, version).number)

    def apply(
        self,
        text: str,
        who: str,
        at: datetime,
        *,
        comment: str = "",
        based_on: int | None = None,
        confirm_until: datetime | None = None,
    ) -> tuple[Version, Config]:
        """Make `text` the live configuration and return it with its version.

        Secrets typed into it move to secrets.toml. Raises ConfigurationRefused,
        and RequestRefused when another version came since `based_on`; nothing
        has changed then.
        """
        newest = self.current()
        if based_on is not None and based_on != newest:
            raise RequestRefused("config.version-came-between", based_on=based_on, newest=newest)
        config = self.check(text)
        return self._put(
            text, Version(number=newest + 1, who=who, at=at, comment=comment), confirm_until
        ), config

    def restore(
        self, number: int, who: str, at: datetime, *, confirm_until: datetime | None = None
    ) -> tuple[Version, Config]:
        """Make an old version live again, as a new one. Raises NotFound, ConfigurationRefused."""
        text = self.text_of(number)
        config = self.check(text)
        version = Version(number=self.current() + 1, who=who, at=at, restored=number)
        return self._put(text, version, confirm_until), config

    def _put(self, text: str, version: Version, confirm_until: datetime | None) -> Version:
        """Make it live, for good or on trial."""
        if confirm_until is None:
            self._write(text, version)
            self._forget_pending()
            return version
        # Pending first: a power cut in between must not leave it live for good.
        before, newest = self.pending(), version.number - 1
        self._await_confirmation(
            version.number, before.back_to if before else newest, confirm_until
        )
        return self._write(text, version)

    # ---- waiting for a confirmation

    def pending(self) -> Pending | None:
        text = read_text(self._folder / PENDING)
        try:
            return Pending.model_validate_json(text) if text else None
        except ValidationError:
            return None  # torn: written atomically, so only by a foreign hand

    def confirm(self, number: int) -> None:
        """Keep a version for good. Raises RequestRefused when it does not wait for that."""
        pending = self.pending()
        if pending is None or pending.number != number:
            raise RequestRefused("config.not-pending", version=number)
        self._forget_pending()

    def roll_back_if_due(self, at: datetime) -> tuple[Version, Config] | None:
        """Go back when a confirmation is overdue; ask at start and when its time is up."""
        pending = self.pending()
        if pending is None or at < pending.until:
            return None
        return self.restore(pending.back_to, "tipring", at)

    # ---- looking back

    def versions(self) -> tuple[Version, ...]:
        """Return all versions, newest first."""
        return tuple(self.version(number) for number in sorted(self._numbers(), reverse=True))

    def version(self, number: int) -> Version:
        self._must_exist(number)
        return Version.model_validate_json(read_text(self._folder / f"{number}.json"))

    def text_of(self, number: int) -> str:
        self._must_exist(number)
        return read_text(self._folder / f"{number}.toml")

    def difference(self, number: int, to: int | None = None) -> str:
        """Return what changed from `to` (else the version before) to `number`, as unified text."""
        older = number - 1 if to is None else to
        old = self.text_of(older) if older else ""
        return _unified(old, self.text_of(number), f"version {older}", f"version {number}")

    def changes(self, number: int, to: int | None = None) -> tuple[Text, ...]:
        """Return the same in sentences."""
        older = number - 1 if to is None else to
        return differences(self.text_of(older) if older else "", self.text_of(number))

    # ---- files

    def _numbers(self) -> Iterable[int]:
        """Return the versions that are whole: the .json comes last, so it tells."""
        return [int(file.stem) for file in self._folder.glob("*.json") if file.stem.isdigit()]

    def _last_good(self, refused: ConfigurationRefused) -> Started:
        for number in sorted(self._numbers(), reverse=True):
            try:
                return Started(self.check(self.text_of(number)), number, refused.faults)
            except ConfigurationRefused:
                continue
        raise refused

    def _must_exist(self, number: int) -> None:
        if not (self._folder / f"{number}.json").exists():
            raise NotFound("config.no-such-version", version=number)

    def _write(self, text: str, version: Version) -> Version:
        secrets = read_text(self._state / SECRETS_FILE)
        text, with_moved = take_out_secrets(text, secrets)
        if with_moved != secrets:
            write_atomically(self._state / SECRETS_FILE, with_moved, SECRET_MODE)
        number = version.number
        write_atomically(self._folder / f"{number}.toml", text, OPEN_MODE)
        write_atomically(self._state / CONFIG_FILE, text, OPEN_MODE)
        write_atomically(self._folder / f"{number}.json", version.model_dump_json(), OPEN_MODE)
        return version

    def _await_confirmation(self, number: int, back_to: int, until: datetime) -> None:
        if back_to:
            pending = Pending(number=number, back_to=back_to, until=until)
            write_atomically(self._folder / PENDING, pending.model_dump_json(), OPEN_MODE)

    def _forget_pending(self) -> None:
        remove(self._folder / PENDING)


def _unified(old: str, new: str, old_name: str, new_name: str) -> str:
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), old_name, new_name, lineterm="", n=2
    )
    return "\n".join(lines)
