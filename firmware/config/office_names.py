"""What people call the things of an office: lines, people, menus, by the ids the records have.

A story is told with these, so that it still reads well when read by somebody
who has never seen the configuration. What is not there any more keeps its id.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict

from firmware.config.model import Config
from firmware.contract.texts import Text

KINDS: Final[Mapping[str, str]] = {
    "line": "lines",
    "extension": "extensions",
    "by": "extensions",
    "to": "extensions",
    "number": "extensions",
    "group": "groups",
    "mailbox": "mailboxes",
}
"""Name of a sentence's place -> the table that says what its value is called."""
READ_WITHOUT_HYPHENS: Final = frozenset({"flow", "node", "variable", "timetable"})


class OfficeNames(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    lines: dict[str, str]
    extensions: dict[str, str]
    groups: dict[str, str]
    mailboxes: dict[str, str]

    def told(self, text: Text) -> Text:
        """Return the sentence with names in the place of ids."""
        return Text(
            code=text.code, args={name: self._named(name, it) for name, it in text.args.items()}
        )

    def _named(self, name: str, value: str | float) -> str | int | float:
        if not isinstance(value, str):
            return value
        if name in READ_WITHOUT_HYPHENS:
            return value.replace("-", " ")
        table: dict[str, str] = getattr(self, KINDS[name]) if name in KINDS else {}
        return table.get(value, value)


def office_names(config: Config) -> OfficeNames:
    return OfficeNames(
        lines={line.id: line.label or line.id for line in config.lines},
        extensions={one.id: _with_number(one.name, one.id) for one in config.extensions},
        groups={one.id: _with_number(one.name, one.id) for one in config.groups},
        mailboxes={one.id: one.name or one.id for one in config.mailboxes},
    )


def _with_number(name: str, number: str) -> str:
    return f"{name} ({number})" if name else number
