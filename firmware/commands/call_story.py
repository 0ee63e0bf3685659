"""`tipring calls CALL_ID`: what happened on one call, told in words, from the records alone.

Reads the state folder, so it works while the box is off. Names are those of the
configuration as it is now; without a readable one the ids stand for themselves.
"""

import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from firmware.commands.wording import in_words, say
from firmware.config.history import History
from firmware.config.office_names import OfficeNames, office_names
from firmware.contract.errors import ConfigurationRefused
from firmware.contract.texts import Text
from firmware.store.archive import Archive
from firmware.store.database import FILE
from firmware.store.rows import CallStory, RecordingState


def tell_story(state: Path, call_id: str, *, as_json: bool) -> int:
    """Raises NotFound or StorageFault."""
    story = Archive(state / FILE).story(call_id)
    if as_json:
        plain = story.model_dump(mode="json")
        sys.stdout.write(json.dumps(plain, indent=1, ensure_ascii=False) + "\n")
        return 0
    names = _names(state)
    _tell_head(story, names)
    for step in story.steps:
        at = f"{step.at_ms // 60_000}:{step.at_ms // 1_000 % 60:02}"
        say("calls.step", at=at.rjust(6), what=in_words(names.told(_with_cause(step.what))))
    if story.recording is not None and story.recording.state is RecordingState.PACKED:
        say("calls.recording", seconds=round(story.recording.duration_ms / 1_000))
    for note in story.notes:
        at = note.at.astimezone(ZoneInfo(story.call.zone)).strftime("%Y-%m-%d %H:%M")
        say("calls.note", who=note.who, at=at, text=note.text)
    return 0


def _tell_head(story: CallStory, names: OfficeNames) -> None:
    call = story.call
    began = call.began_at.astimezone(ZoneInfo(call.zone)).strftime("%Y-%m-%d %H:%M:%S")
    calling = names.extensions.get(call.calling or "", call.calling)
    called = names.extensions.get(call.called or "", call.called)
    say(
        "calls.of",
        began=began,
        calling=call.calling_name or calling or in_words(Text(code="calls.hidden")),
        called=called or in_words(Text(code="calls.the-office")),
    )
    if call.disposition is not None and call.ended_at is not None:
        became = in_words(Text(code=f"became.{call.disposition.value}"))
        seconds = round((call.ended_at - call.began_at).total_seconds())
        say("calls.became", became=became, seconds=seconds)


def _with_cause(text: Text) -> Text:
    """Return the sentence with the meaning of a cause in the place of its number."""
    cause = text.args.get("cause")
    if cause is None:
        return text
    meaning = in_words(Text(code=f"cause.{cause}"))
    return text.model_copy(update={"args": {**text.args, "cause": meaning}})


def _names(state: Path) -> OfficeNames:
    history = History(state)
    try:
        return office_names(history.check(history.live_text()))
    except (ConfigurationRefused, OSError):
        return OfficeNames(lines={}, extensions={}, groups={}, mailboxes={})
