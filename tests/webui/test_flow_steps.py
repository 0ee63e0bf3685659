"""The newer steps of call flows on the server of the page: forms, answers, promises, prompts."""

import asyncio
import math
from datetime import UTC, date, datetime

import numpy as np
import pytest
import soundfile

from firmware.config.load import load
from firmware.contract.flow_requests import CancelCallBack, RecordPrompt
from firmware.contract.texts import Text
from firmware.store.database import FILE
from firmware.store.flow_rows import CallBackRow, FormAnswerRow
from firmware.store.journal import Journal
from firmware.store.records import Records
from tests.webui.served import OWNER, Served
from tests.webui.test_flows import draft_of, faults, view
from webui.flow_traffic import exit_counts

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
DIGITS = "01KA0000000000000000000001"
VOICE = "01KA0000000000000000000002"
PROMISE = "01KA0000000000000000000003"


async def write(box: Served, call_id: str) -> None:
    """A caller has answered a form and is owed a call."""
    journal = Journal(box.state / FILE, lambda *_: None)
    records = Records.on(journal, box.state / FILE, "box")
    answer = FormAnswerRow(
        answer_id=DIGITS,
        call_id=call_id,
        question="account",
        digits="4711",
        answered_at=NOW,
        keep_until=date(2099, 1, 1),
    )
    spoken = {"answer_id": VOICE, "question": "reason", "digits": None, "file": f"a-{VOICE}.flac"}
    await records.form_answers.keep(answer)
    await records.form_answers.keep(answer.model_copy(update=spoken))
    promise = CallBackRow(
        call_back_id=PROMISE,
        call_id=call_id,
        number="+447700900123",
        extensions="101",
        timetable="office",
        language="en",
        most_tries=3,
        every_min=15,
        asked_at=NOW,
        due_at=NOW,
    )
    await records.call_backs.put(promise)
    await asyncio.to_thread(journal.close)
    tone = np.sin(np.arange(8_000) * math.tau * 440 / 8_000) * 8_000
    (box.state / "voicemail").mkdir(exist_ok=True)
    soundfile.write(str(box.state / "voicemail" / f"a-{VOICE}.flac"), tone.astype(np.int16), 8_000)


@pytest.mark.usefixtures("recorded")
async def test_every_new_step_has_its_form(box: Served) -> None:
    forms = {form["type"]: form for form in (await view(box))["forms"]}

    assert {"set", "test", "web", "human", "form", "callback", "email"} <= forms.keys()
    assert forms["web"]["exits"] == ["next", "matches", "failed"]
    assert forms["test"]["exits"] == ["yes", "no"]
    kinds = {field["name"]: field["kind"] for field in forms["form"]["fields"]}
    assert kinds["questions"] == "questions"
    back = {field["name"]: field["kind"] for field in forms["callback"]["fields"]}
    assert (back["timetable"], back["extensions"]) == ("timetable", "extensions")


@pytest.mark.usefixtures("recorded")
async def test_a_fault_of_a_question_is_at_its_step(box: Served) -> None:
    draft = draft_of(await view(box))
    nodes = draft["flows"]["main"]["nodes"]
    nodes["welcome"]["keys"]["7"] = "ask"
    nodes["ask"] = {
        "type": "form",
        "questions": [{"name": "reason", "prompt": "nowhere"}],
        "next": "goodbye",
        "timeout": "goodbye",
    }

    found = await faults(box, draft)

    assert [(one["node"], one["field"], one["code"]) for one in found] == [
        ("ask", "questions.1.prompt", "config.no-such-prompt")
    ]


@pytest.mark.usefixtures("recorded")
async def test_what_web_addresses_answer_is_told_to_the_trial(box: Served) -> None:
    draft = draft_of(await view(box))
    draft["flows"]["main"]["start"] = "ask"
    draft["flows"]["main"]["nodes"]["ask"] = {
        "type": "web",
        "url": "http://crm.example/{caller}",
        "next": "hours",
        "failed": "goodbye",
    }
    call = {"line": "gsm-1", "at": "2026-11-18T10:00", "keys": []}

    silent = await box.client.post("/api/flows/try", json={**draft, **call})
    said = await box.client.post("/api/flows/try", json={**draft, **call, "web": "gold"})

    assert [step["exit"] for step in silent.json()["steps"][1:2]] == ["failed"]
    assert [step["exit"] for step in said.json()["steps"][1:2]] == ["next"]


async def test_answers_are_read_and_listened_to_with_a_note(box: Served, recorded: str) -> None:
    await write(box, recorded)

    listed = await box.client.get("/api/form-answers", params={"call_id": recorded})
    sound = await box.client.get(f"/api/form-answers/{VOICE}/audio")
    peaks = await box.client.get(f"/api/form-answers/{VOICE}/peaks")
    digits = await box.client.get(f"/api/form-answers/{DIGITS}/audio")

    assert [(one["question"], one["digits"]) for one in listed.json()] == [
        ("account", "4711"),
        ("reason", None),
    ]
    assert (sound.status_code, sound.headers["content-type"]) == (200, "audio/flac")
    assert peaks.json()["duration_ms"] == 1000
    assert digits.status_code == 404
    notes = [one.what.code for one in box.exchange.asked if one.do == "note-audit"]
    assert notes[-1] == "web.audit-listened-answer"


async def test_promises_are_listed_and_cancelled_by_the_exchange(
    box: Served, recorded: str
) -> None:
    await write(box, recorded)

    owed = await box.client.get("/api/call-backs")
    gone = await box.client.delete(f"/api/call-backs/{PROMISE}")

    assert [(one["number"], one["tries"]) for one in owed.json()] == [("+447700900123", 0)]
    assert gone.status_code == 204
    (asked,) = box.exchange.requests(CancelCallBack)
    assert (asked.call_back_id, asked.who) == (PROMISE, OWNER)


async def test_a_prompt_is_recorded_by_phone(box: Served) -> None:
    begun = await box.client.post("/api/prompts/recordings", json={"phone": "phone-1"})
    state = await box.client.get(f"/api/prompts/recordings/{begun.json()['recording_id']}")

    assert begun.status_code == 201, begun.text
    assert (begun.json()["state"], state.json()["state"]) == ("ringing", "ready")
    (asked,) = box.exchange.requests(RecordPrompt)
    assert (asked.phone, asked.who) == ("phone-1", OWNER)


@pytest.mark.parametrize("path", ["form-answers/x/audio", "form-answers", "prompts/recordings/x"])
async def test_nonsense_is_refused_in_words(box: Served, path: str) -> None:
    answer = await box.client.get(f"/api/{path}")

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("code", "taken"),
    [
        ("ivr.value-holds", "yes"),
        ("ivr.value-differs", "no"),
    ],
)
def test_exits_that_lead_to_the_same_step_are_told_apart(code: str, taken: str) -> None:
    text = """
[office]
name = "Two ways"
country = "GB"
timezone = "Europe/London"
languages = ["en"]

[flows.main]
start = "caller"

[flows.main.nodes.caller]
type = "test"
variable = "caller"
compare = "empty"
yes = "bye"
no = "bye"

[flows.main.nodes.bye]
type = "hangup"
"""
    story = [node("caller"), Text(code=code, args={"variable": "caller"}), node("bye")]

    (counted,) = exit_counts([("call", one) for one in story], load(text))

    assert (counted.node, counted.exit, counted.callers) == ("caller", taken, 1)


def node(name: str) -> Text:
    return Text(code="ivr.node", args={"flow": "main", "node": name})
