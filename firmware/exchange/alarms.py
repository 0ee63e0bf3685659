"""Alarms that are up: what a person should know, until it is over."""

from collections.abc import Callable
from datetime import UTC, datetime

from firmware.contract.message import LineId
from firmware.contract.texts import Text
from firmware.contract.views import AlarmView


class Alarms:
    def __init__(self, tell: Callable[[AlarmView, bool], None]) -> None:
        self._up: dict[tuple[str, LineId | None], AlarmView] = {}
        self._tell = tell

    def views(self) -> tuple[AlarmView, ...]:
        return tuple(self._up.values())

    def set(self, text: Text, raised: bool, line_id: LineId | None = None) -> None:
        """Raise the alarm or take it back; the same one twice is told once."""
        key = (text.code, line_id)
        known = self._up.get(key)
        if raised and (known is None or known.text != text):
            since = known.since if known else datetime.now(UTC)
            view = AlarmView(text=text, line_id=line_id, since=since)
            self._up[key] = view
            self._tell(view, True)
        elif not raised and known is not None:
            del self._up[key]
            self._tell(known, False)

    def forget_line(self, line_id: LineId) -> None:
        """The line is gone, and its alarms with it."""
        for code, of_line in tuple(self._up):
            if of_line == line_id:
                self.set(Text(code=code), False, line_id)
