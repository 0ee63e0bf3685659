"""Every line of the box as of now: its settings, its state, its card and who is using it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from firmware.calls.wires import Terminal
from firmware.config.model import Config
from firmware.contract.errors import NotFound
from firmware.contract.line_state import Ability, Audio, Health, LineState
from firmware.contract.message import LineId
from firmware.contract.settings import AnyLineSettings, FxoLineSettings, LearnedTone


@dataclass(frozen=True, slots=True)
class LineEntry:
    """`settings` is None for a device that is plugged in but not configured."""

    settings: AnyLineSettings | None
    state: LineState
    card: str | None = None
    span: str | None = None


class LineBook:
    def __init__(self, legs_on: Callable[[LineId], int]) -> None:
        self._entries: dict[LineId, LineEntry] = {}
        self._legs_on = legs_on
        self._country = "GB"
        self.learned: dict[LineId, LearnedTone] = {}
        """Hang-up tones heard on real calls; one in the configuration goes before it."""

    def configure(self, config: Config) -> list[LineId]:
        """Take the lines of a configuration; return the ids of those that are gone."""
        self._country = config.office.country
        wanted = {line.id: line for line in config.lines}
        gone = [
            line_id
            for line_id, entry in self._entries.items()
            if entry.settings is not None and line_id not in wanted
        ]
        for line_id in gone:
            del self._entries[line_id]
        for line_id, settings in wanted.items():
            known = self._entries.get(line_id)
            state = known.state if known else _not_heard_of(settings)
            self._entries[line_id] = (
                replace(known, settings=settings) if known else LineEntry(settings, state)
            )
        return gone

    def update(self, state: LineState, card: str, span: str | None) -> None:
        known = self._entries.get(state.line_id)
        self._entries[state.line_id] = LineEntry(
            known.settings if known else None, state, card, span
        )

    def assign(self, line_id: LineId, card: str, span: str | None) -> None:
        """This card serves the configured line from now on, whatever state it reports later."""
        entry = self._entries.get(line_id)
        if entry is not None:
            self._entries[line_id] = replace(entry, card=card, span=span)

    def forget(self, line_id: LineId) -> None:
        """An unassigned device was unplugged; a configured line stays."""
        entry = self._entries.get(line_id)
        if entry is not None and entry.settings is None:
            del self._entries[line_id]

    def card_died(self, card: str) -> list[LineId]:
        """Mark the card's lines as starting again; return them. Unassigned ones are forgotten."""
        lost = [line_id for line_id, entry in self._entries.items() if entry.card == card]
        for line_id in lost:
            entry = self._entries[line_id]
            if entry.settings is None:
                del self._entries[line_id]
            else:
                self._entries[line_id] = LineEntry(entry.settings, _not_heard_of(entry.settings))
        return lost

    def __contains__(self, line_id: LineId) -> bool:
        return line_id in self._entries

    def entry(self, line_id: LineId) -> LineEntry:
        """Raises NotFound."""
        try:
            return self._entries[line_id]
        except KeyError:
            raise NotFound("line.unknown", line=line_id) from None

    def entries(self) -> Iterable[LineEntry]:
        return tuple(self._entries.values())

    def legs_on(self, line_id: LineId) -> int:
        return self._legs_on(line_id)

    def is_taken(self, line_id: LineId) -> bool:
        """Whether the line has no room for one more leg, whatever its health."""
        entry = self._entries.get(line_id)
        return entry is not None and self._legs_on(line_id) >= entry.state.capacity

    def is_free(self, line_id: LineId) -> bool:
        """Switched on, ready, and with room for one more leg."""
        entry = self._entries.get(line_id)
        return (
            entry is not None
            and entry.settings is not None
            and entry.settings.enabled
            and entry.state.health is Health.READY
            and self._legs_on(line_id) < entry.state.capacity
        )

    def can_talk(self, line_id: LineId, ability: Ability) -> bool:
        """Whether a conversation over this line is possible at all, now or later."""
        entry = self._entries.get(line_id)
        return (
            entry is not None
            and entry.settings is not None
            and entry.settings.enabled
            and entry.state.audio is Audio.FULL
            and ability in entry.state.abilities
        )

    def terminal(self, line_id: LineId) -> Terminal:
        """Return what a new leg must know of the line. Raises NotFound."""
        entry = self.entry(line_id)
        analogue = entry.settings if isinstance(entry.settings, FxoLineSettings) else None
        configured = analogue.hangup_tone if analogue else None
        return Terminal(
            line_id=line_id,
            span=entry.span,
            audio=entry.state.audio,
            country=(analogue.country if analogue else None) or self._country,
            hangup_tone=configured or self.learned.get(line_id),
            listens_for_tones=analogue is not None,
        )


def _not_heard_of(settings: AnyLineSettings) -> LineState:
    return LineState(line_id=settings.id, driver=settings.driver, health=Health.STARTING)
