"""Whose number it is: the names the office gave, kept in memory for every call to ask."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from firmware.store.records import Records
from firmware.store.rows import ContactRow


class PhoneBook:
    def __init__(self, records: Records) -> None:
        self._records = records
        self._names: dict[str, str] = {}

    def recall(self, rows: Iterable[ContactRow]) -> None:
        """Take what the store knows."""
        self._names = {row.number: row.name for row in rows}

    def name_of(self, number: str | None) -> str | None:
        """Return the name of a number in E.164 form; None when nobody gave it one."""
        return self._names.get(number) if number is not None else None

    def news(self, names: Mapping[str, str]) -> dict[str, str]:
        """Return those of number -> name that the book does not have yet."""
        return {
            number: name for number, name in names.items() if self._names.get(number, "") != name
        }

    async def keep(self, names: Mapping[str, str]) -> int:
        """Write number -> name, then know them; an empty name forgets. Return how many are new.

        Raises StorageFault.
        """
        now = datetime.now(UTC)
        news = self.news(names)
        await self._records.contacts.put(
            ContactRow(number=number, name=name, changed_at=now) for number, name in news.items()
        )
        self._names = {number: name for number, name in (self._names | news).items() if name}
        return len(news)
