"""Where somebody is in the first set-up: kept, so that they go on there from any browser."""

import json
from dataclasses import dataclass

from pydantic import ValidationError

from webui.setup_answers import Answers, Step
from webui.web_db import WebDatabase


@dataclass(frozen=True)
class Place:
    step: Step
    answers: Answers | None
    """What was answered and not yet made live."""
    ended: bool


class SetupPlaces:
    def __init__(self, db: WebDatabase) -> None:
        self._db = db

    def read(self) -> Place | None:
        """Return None on a box whose first set-up nobody has begun."""
        with self._db.transaction() as sql:
            row = sql.execute("SELECT * FROM setup").fetchone()
        if row is None:
            return None
        return Place(row["step"], _answers(row["answers"]), bool(row["ended"]))

    def keep(self, place: Place) -> None:
        answers = None if place.answers is None else place.answers.model_dump_json()
        with self._db.transaction() as sql:
            sql.execute("DELETE FROM setup")
            sql.execute(
                "INSERT INTO setup (step, answers, ended) VALUES (?, ?, ?)",
                (place.step, answers, place.ended),
            )

    def begin(self) -> None:
        """The box has just been claimed."""
        self.keep(Place("language", None, ended=False))

    def is_open(self) -> bool:
        """Whether it was begun and neither gone through nor left for good."""
        place = self.read()
        return place is not None and not place.ended


def _answers(kept: str | None) -> Answers | None:
    """Return None for answers of another version of ours, too."""
    try:
        return Answers.model_validate(json.loads(kept)) if kept else None
    except (ValidationError, ValueError):
        return None
