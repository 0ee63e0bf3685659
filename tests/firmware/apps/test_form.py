"""A form: questions answered by voice and by keys, each answer kept with the call."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.contract.causes import Cause
from firmware.contract.messages import Disconnect
from firmware.contract.switching import Record
from firmware.exchange.retention import delete_expired
from firmware.store.archive import Archive
from firmware.store.database import FILE
from firmware.store.flow_rows import FormAnswerRow
from firmware.store.journal import Journal
from firmware.store.records import Records
from firmware.store.rows import CallStory
from tests.firmware.message_sound import write_a_second_of_sound
from tests.firmware.scripted_box import ScriptedBox, eventually, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

CALLER = "+447700900123"
LEG = "caller"
NODES = """
[flows.form]
start = "ask"

[flows.form.nodes.ask]
type = "form"
timeout_s = 1
end_silence_s = 2
retries = 1
retention_days = 1
next = "done"
timeout = "sorry"
questions = [
  { name = "reason", prompt = "one-moment", max_s = 5 },
  { name = "account", prompt = "one-moment", answer = "digits", max_digits = 4 },
]

[flows.form.nodes.done]
type = "hangup"
prompt = "goodbye"

[flows.form.nodes.sorry]
type = "hangup"
"""


@pytest.fixture
async def box(sounds: Path) -> AsyncIterator[ScriptedBox]:
    office = SCRIPTED_OFFICE.replace('to = { flow = "main" }', 'to = { flow = "form" }')
    async with scripted_box(office + NODES, sounds) as running:
        yield running


async def is_asked(box: ScriptedBox) -> Path:
    """The caller is asked the first question; return the file their answer goes to."""
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    order = await box.switch.heard.expect(Record)
    return Path(order.file)


async def says_something(box: ScriptedBox, file: Path) -> None:
    box.switch.hears_voice(LEG)
    write_a_second_of_sound(file)
    box.gsm.press(LEG, "#")


def answers(box: ScriptedBox, story: CallStory) -> tuple[FormAnswerRow, ...]:
    return Archive(box.state / FILE).form_answers(story.call.call_id)


def way(story: CallStory) -> list[str]:
    return [str(step.what.args["node"]) for step in story.steps if step.what.code == "ivr.node"]


async def test_both_kinds_of_answer_are_kept_with_the_call(box: ScriptedBox) -> None:
    await says_something(box, await is_asked(box))
    await eventually(lambda: list((box.state / "voicemail").glob("*.flac")), bool)
    box.gsm.press(LEG, "4711")
    await box.gsm.cleared(LEG)
    story = await box.story()

    voice, digits = await eventually(
        lambda: answers(box, story),
        lambda rows: len(rows) == 2 and str(rows[0].file).endswith(".flac"),
    )

    assert way(story) == ["ask", "done"]
    assert (voice.question, digits.question, digits.digits) == ("reason", "account", "4711")
    assert voice.file == f"answer-{voice.answer_id}.flac"
    assert (box.state / "voicemail" / voice.file).stat().st_size > 100
    assert steps(story).index("form.spoken") < steps(story).index("form.typed")


async def test_silence_is_asked_again_and_leads_to_timeout(box: ScriptedBox) -> None:
    await is_asked(box)
    await box.gsm.cleared(LEG)

    story = await box.story()

    assert way(story) == ["ask", "sorry"]
    assert len(box.switch.heard.of(Record)) == 2
    assert "form.not-answered" in steps(story)
    assert await eventually(lambda: answers(box, story), lambda rows: rows == ()) == ()
    assert list((box.state / "voicemail").iterdir()) == []


async def test_what_was_said_before_hanging_up_is_kept(box: ScriptedBox) -> None:
    file = await is_asked(box)
    box.switch.hears_voice(LEG)
    write_a_second_of_sound(file)
    box.gsm.report(Disconnect(leg_id=LEG, cause=Cause.NORMAL_CALL_CLEARING))
    story = await box.story()

    (voice,) = await eventually(
        lambda: answers(box, story), lambda rows: bool(rows) and rows[0].duration_ms > 0
    )

    assert voice.question == "reason"
    assert way(story) == ["ask"]


async def test_no_key_at_the_digits_leads_to_timeout_and_keeps_the_voice(
    box: ScriptedBox,
) -> None:
    await says_something(box, await is_asked(box))
    await box.gsm.cleared(LEG)
    story = await box.story()

    kept = await eventually(lambda: answers(box, story), bool)

    assert way(story) == ["ask", "sorry"]
    assert [one.question for one in kept] == ["reason"]


async def test_answers_are_deleted_when_their_days_are_over(tmp_path: Path) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=2)
    journal = Journal(tmp_path / FILE, lambda *_: None)
    records = Records.on(journal, tmp_path / FILE, "box")
    (tmp_path / "voicemail").mkdir()
    sound = tmp_path / "voicemail" / "answer-x.flac"
    sound.write_bytes(b"sound")
    row = FormAnswerRow(
        answer_id="01KA0000000000000000000001",
        call_id="01KA0000000000000000000000",
        question="reason",
        file=sound.name,
        answered_at=yesterday,
        keep_until=yesterday.date(),
    )
    await records.form_answers.keep(row)

    await delete_expired(tmp_path, records)

    assert not sound.exists()
    assert records.archive.form_answers(row.call_id) == ()
    journal.close()
