"""A database with years of an office's calls: made by seed, within seconds, in the store's form."""

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from firmware.store.database import FILE, open_for_writing
from firmware.store.repositories import new_ulid
from firmware.store.rows import stored_time

FIRST: Final = datetime(2024, 1, 8, 8, 0, tzinfo=UTC)
EXTENSIONS: Final = ("101", "102", "103", "104", "105", "106")
LINES: Final = ("gsm-1", "gsm-2", "gsm-3", "gsm-4", "fxo-1")
BECAME: Final = ("answered", "no-answer", "abandoned", "voicemail", "busy", "blocked", "machine")
WEIGHTS: Final = (700, 120, 90, 60, 20, 9, 1)
NAMES: Final = ("Anna Kowalska", "João Sousa", "Мария Иванова", "Ion Popescu", "Mary Poole")
NOTES: Final = ("asked for an offer", "rang about the invoice", "wants to be called back")
CALLERS: Final = 20_000
Values = tuple[object, ...]

_CALL: Final = """INSERT INTO calls (call_id, box, seq, incoming, line_id, calling, calling_name,
called, extension, language, began_at, answered_at, ended_at, zone, disposition, cause, starred)
VALUES (?, 'bench', ?, ?, ?, ?, ?, ?, ?, 'en', ?, ?, ?, 'Europe/London', ?, 16, ?)"""
_LEG: Final = """INSERT INTO call_legs (call_id, leg_id, box, seq, line_id, side, number,
extension, began_ms, answered_ms, ended_ms) VALUES (?, ?, 'bench', ?, ?, ?, ?, ?, 0, ?, ?)"""
_STEP: Final = """INSERT INTO call_steps (call_id, n, at_ms, code, args, leg_id)
VALUES (?, ?, ?, ?, ?, 'a')"""
_RECORDING: Final = """INSERT INTO recordings
(call_id, box, seq, file, state, began_ms, duration_ms)
VALUES (?, 'bench', ?, ?, 'packed', 2000, ?)"""
_NOTE: Final = """INSERT INTO call_notes (note_id, box, seq, call_id, at, who, text)
VALUES (?, 'bench', ?, ?, ?, 'some supervisor', ?)"""


class _Past:
    """Draws one call after another; what is drawn is decided by the seed alone but for the ids."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self.calls: list[Values] = []
        self.legs: list[Values] = []
        self.steps: list[Values] = []
        self.recordings: list[Values] = []
        self.notes: list[Values] = []

    def draw(self, number: int, began: datetime) -> None:
        dice, call_id = self._dice, new_ulid(began)
        caller = dice.randrange(CALLERS)
        far = f"+44163296{caller:05}"
        line, extension = dice.choice(LINES), dice.choice(EXTENSIONS)
        became = dice.choices(BECAME, WEIGHTS)[0]
        talked = became == "answered"
        ended = began + timedelta(seconds=5 + dice.expovariate(1 / 150) * talked)
        answered = began + timedelta(seconds=4) if talked else None
        incoming = dice.random() < 0.7
        near = "+447700900001" if incoming else extension
        self.calls.append(
            (
                *(call_id, number, incoming, line),
                *(
                    (far, NAMES[caller % 5] if caller % 7 == 0 else None, near)
                    if incoming
                    else (near, None, far)
                ),
                extension if talked else None,
                *(stored_time(began), answered and stored_time(answered), stored_time(ended)),
                *(became, dice.random() < 0.002),
            )
        )
        length_ms = int((ended - began).total_seconds() * 1000)
        self.legs.append((call_id, "a", number, line, "outside", far, None, 4000, length_ms))
        for rung in {extension, dice.choice(EXTENSIONS)}:
            up_ms = 4000 if talked and rung == extension else None
            self.legs.append(
                (call_id, f"b{rung}", number, "phone-1", "office", rung, rung, up_ms, length_ms)
            )
        for n, (at_ms, code, args) in enumerate(_story(line, length_ms), 1):
            self.steps.append((call_id, n, at_ms, code, json.dumps(args)))
        if talked and dice.random() < 0.5:
            self.recordings.append((call_id, number, f"2024/{call_id}.flac", length_ms - 4000))
        if dice.random() < 0.01:
            note = (new_ulid(ended), number, call_id, stored_time(ended), dice.choice(NOTES))
            self.notes.append(note)


def make_calls(state: Path, count: int, seed: int = 4, first: datetime = FIRST) -> None:
    """Fill a fresh STATE/tipring.db with `count` ended calls, one every three office minutes."""
    with closing(open_for_writing(state / FILE).conn) as db:
        db.execute("PRAGMA synchronous = OFF")
        past = _Past(seed)
        for number, began in enumerate(_moments(first, count), 1):
            past.draw(number, began)
            if number % 20_000 == 0 or number == count:
                _write(db, past)
                past = _Past(seed + number)


def _moments(first: datetime, count: int) -> Iterator[datetime]:
    for number in range(count):
        yield first + timedelta(seconds=60 * number, milliseconds=number % 1000)


def _story(line: str, length_ms: int) -> Iterator[tuple[int, str, dict[str, object]]]:
    yield 0, "call.came-in", {"line": line, "ring": 1}
    yield 2000, "call.answered", {"seconds": 0.4, "ring": 2}
    yield 2500, "ivr.node", {"flow": "main", "node": "welcome"}
    yield 4000, "call.connected", {}
    yield length_ms, "call.ended", {"seconds": length_ms / 1000, "cause": 16}


def _write(db: sqlite3.Connection, past: _Past) -> None:
    """Legs first: a call that is inserted with its end is searched for by them."""
    with db:
        db.executemany(_LEG, past.legs)
        db.executemany(_CALL, past.calls)
        db.executemany(_STEP, past.steps)
        db.executemany(_RECORDING, past.recordings)
        db.executemany(_NOTE, past.notes)
