"""What one can do at the desk: look up calls, listen, change the settings, test a line."""

import asyncio
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware.contract import control as c
from firmware.contract.texts import Text, sentences
from tests.webui.practice_office import furnish, lines, live_call, now, write_calls
from tests.webui.served import OWNER, Served
from webui.openapi import description

OPENAPI = Path("webui/frontend/openapi.json")
NOBODY = "01JD0000000000000000000009"


@pytest.fixture
async def recorded(box: Served) -> str:
    """The id of a call with a recording; the state folder is furnished around it."""
    await asyncio.to_thread(furnish, box.state, now())
    return await write_calls(box.state, now())


def test_the_committed_description_of_the_api_is_current() -> None:
    assert OPENAPI.read_text("utf-8") == description(), (
        "run: python -m webui.openapi > webui/frontend/openapi.json"
    )


async def test_calls_are_listed_newest_first_page_by_page(box: Served, recorded: str) -> None:
    first = (await box.client.get("/api/calls", params={"limit": 3})).json()
    rest = await box.client.get("/api/calls", params={"limit": 3, "before": first["next_before"]})

    began = [call["began_at"] for call in first["calls"] + rest.json()["calls"]]
    assert began == sorted(began, reverse=True)
    assert len(began) == 4
    assert rest.json()["next_before"] is None
    assert first["recorded"] == [recorded]


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ({"text": "0456"}, 2),
        ({"incoming": "false"}, 1),
        ({"disposition": "abandoned"}, 1),
        ({"line_id": "gsm-1"}, 1),
        ({"recorded": "true"}, 1),
        ({"text": "%"}, 0),
        ({"since": "2100-01-01T00:00:00Z"}, 0),
    ],
)
async def test_calls_are_found_by_what_is_known(
    box: Served, wish: dict[str, str], found: int
) -> None:
    answer = await box.client.get("/api/calls", params=wish)

    assert len(answer.json()["calls"]) == found


async def test_a_call_tells_its_story(box: Served, recorded: str) -> None:
    story = (await box.client.get(f"/api/calls/{recorded}")).json()

    assert [step["what"]["code"] for step in story["steps"]][:2] == [
        "call.came-in",
        "call.answered",
    ]
    assert {leg["side"] for leg in story["legs"]} == {"outside", "office"}
    assert story["recording"]["announcement_complete"] is True


async def test_a_recording_is_served_in_stretches_and_noted_once(
    box: Served, recorded: str
) -> None:
    path = f"/api/calls/{recorded}/recording"

    whole = await box.client.get(path)
    middle = await box.client.get(path, headers={"Range": "bytes=1000-1999"})

    assert (whole.status_code, whole.headers["content-type"]) == (200, "audio/flac")
    assert whole.headers["accept-ranges"] == "bytes"
    assert middle.status_code == 206
    assert middle.content == whole.content[1000:2000]
    notes = [(note.who, note.what.code) for note in box.exchange.requests(c.NoteAudit)]
    assert notes == [(OWNER, "web.audit-logged-in"), (OWNER, "web.audit-listened-call")]


async def test_peaks_show_both_sides_taking_turns(box: Served, recorded: str) -> None:
    peaks = (await box.client.get(f"/api/calls/{recorded}/recording/peaks")).json()

    assert peaks["duration_ms"] == 21_000
    outside, office = (np.array(channel) for channel in peaks["channels"])
    assert len(outside) == 600
    assert ((outside > 0) & (office > 0)).mean() < 0.05
    assert max(outside.max(), office.max()) <= 255


@pytest.mark.usefixtures("recorded")
async def test_a_call_without_a_recording_says_so(box: Served) -> None:
    page = (await box.client.get("/api/calls", params={"recorded": "false"})).json()
    other = page["calls"][0]["call_id"]

    answer = await box.client.get(f"/api/calls/{other}/recording")

    assert (answer.status_code, answer.json()["code"]) == (404, "web.no-such-sound")


async def test_a_torn_recording_is_one_sentence(box: Served, recorded: str) -> None:
    (box.state / "recordings" / f"{recorded}.flac").write_bytes(b"not a sound at all")

    answer = await box.client.get(f"/api/calls/{recorded}/recording/peaks")

    assert (answer.status_code, answer.json()["code"]) == (503, "web.sound-torn")


@pytest.mark.usefixtures("recorded")
async def test_voicemail_is_listed_heard_and_marked(box: Served) -> None:
    (message,) = (await box.client.get("/api/voicemail")).json()
    path = f"/api/voicemail/{message['voicemail_id']}"

    sound = await box.client.get(f"{path}/audio")
    marked = await box.client.put(f"{path}/heard", json={"heard": True})

    assert (sound.status_code, marked.status_code) == (200, 204)
    (request,) = box.exchange.requests(c.MarkVoicemail)
    assert (request.voicemail_id, request.heard, request.who) == (
        message["voicemail_id"],
        True,
        OWNER,
    )


@pytest.mark.usefixtures("recorded")
async def test_faults_of_the_settings_are_sentences_in_the_readers_language(box: Served) -> None:
    toml = (
        (await box.client.get("/api/config")).json()["toml"].replace('country = "GB"', "contry = 1")
    )

    english = await box.client.post("/api/config/check", json={"toml": toml})
    spanish = await box.client.post(
        "/api/config/check", json={"toml": toml}, headers={"Accept-Language": "es"}
    )

    faults = english.json()["faults"]
    line = toml.splitlines().index("contry = 1") + 1
    assert ("office.contry", line) in [(f["args"]["key"], f["args"].get("line")) for f in faults]
    assert spanish.json()["faults"][0]["sentence"] != faults[0]["sentence"]


@pytest.mark.usefixtures("recorded")
async def test_settings_are_applied_on_trial_and_confirmed(box: Served) -> None:
    config = (await box.client.get("/api/config")).json()
    wish = {
        "toml": config["toml"].replace('"Workshop"', '"Garage"'),
        "comment": "the workshop is a garage now",
        "based_on": 2,
        "confirm_within_s": 60,
    }

    applied = (await box.client.post("/api/config/apply", json=wish)).json()
    confirmed = (await box.client.post("/api/config/confirm", json={"version": 3})).json()
    newest = (await box.client.get("/api/config/versions")).json()[0]
    difference = (await box.client.get("/api/config/versions/3/difference")).json()["text"]

    assert applied["version"] == 3
    assert applied["unconfirmed_until"] is not None
    assert confirmed == {"version": 3, "unconfirmed_until": None}
    assert (newest["who"], newest["comment"]) == (OWNER, "the workshop is a garage now")
    assert '+name = "Garage"' in difference


@pytest.mark.usefixtures("recorded")
async def test_settings_built_on_an_older_version_are_refused(box: Served) -> None:
    toml = (await box.client.get("/api/config")).json()["toml"]

    answer = await box.client.post("/api/config/apply", json={"toml": toml, "based_on": 1})

    assert (answer.status_code, answer.json()["code"]) == (409, "config.version-came-between")


@pytest.mark.usefixtures("recorded")
async def test_faulty_settings_cannot_be_applied(box: Served) -> None:
    answer = await box.client.post("/api/config/apply", json={"toml": "office ="})

    assert answer.status_code == 422
    assert answer.json()["faults"][0]["sentence"]


@pytest.mark.usefixtures("recorded")
async def test_an_earlier_version_comes_back_as_a_new_one(box: Served) -> None:
    before = (await box.client.get("/api/config/versions/1")).json()["toml"]

    restored = (await box.client.post("/api/config/versions/1/restore")).json()

    assert restored["version"] == 3
    assert (await box.client.get("/api/config")).json()["toml"] == before
    assert (await box.client.get("/api/config/versions/99")).status_code == 404


async def test_a_line_is_tested_on_demand(box: Served) -> None:
    answer = await box.client.post("/api/lines/gsm-1/self-test")

    assert answer.json()["passed"] is True
    assert box.exchange.requests(c.SelfTestRequest)[0].who == OWNER


async def test_what_the_exchange_refuses_is_told_in_its_words(box: Served) -> None:
    box.exchange.refusals["clear-call"] = Text(code="call.not-there")
    box.exchange.refusals["dial"] = Text(code="control.line-busy", args={"line": "phone-1"})

    cleared = await box.client.post(f"/api/calls/{NOBODY}/clear")
    dialled = await box.client.post(
        "/api/calls", json={"phone": "phone-1", "called": "01632960789"}
    )

    assert cleared.status_code == 404
    assert dialled.status_code == 409
    assert dialled.json()["detail"] == "The line phone-1 is in use"
    assert dialled.headers["content-type"] == "application/problem+json"


async def test_a_number_with_a_command_in_it_never_reaches_the_exchange(box: Served) -> None:
    wish = {"phone": "phone-1", "called": "0163;AT+CFUN=0"}

    answer = await box.client.post("/api/calls", json=wish)

    assert (answer.status_code, answer.json()["code"]) == (422, "web.bad-request")
    assert answer.json()["faults"][0]["args"]["field"] == "called"
    assert box.exchange.requests(c.DialRequest) == []


async def test_the_snapshot_is_what_the_exchange_says(box: Served) -> None:
    box.exchange.snapshot = box.exchange.snapshot.model_copy(
        update={"lines": lines(), "calls": (live_call(now() - timedelta(seconds=5)),)}
    )

    snapshot = c.Snapshot.model_validate((await box.client.get("/api/snapshot")).json())

    assert snapshot == box.exchange.snapshot


async def test_an_uploaded_sound_becomes_a_prompt(box: Served) -> None:
    wav = io.BytesIO()
    tone = np.sin(np.arange(44_100) * 440 * 2 * np.pi / 44_100) * 0.3
    soundfile.write(wav, np.stack([tone, tone], axis=1), 44_100, format="WAV")

    answer = await box.client.post("/api/prompts", files={"file": ("hello.wav", wav.getvalue())})

    assert answer.status_code == 201, answer.text
    kept = box.state / "prompts" / f"{answer.json()['sound']}.wav"
    assert soundfile.info(str(kept)).samplerate == 8000
    assert [file.name for file in kept.parent.iterdir()] == [kept.name]


async def test_an_upload_that_is_no_sound_is_refused_in_one_sentence(box: Served) -> None:
    answer = await box.client.post("/api/prompts", files={"file": ("letter.txt", b"Dear box,")})

    assert (answer.status_code, answer.json()["code"]) == (422, "sound.unreadable")
    assert list((box.state / "prompts").iterdir()) == []


async def test_without_a_practice_network_there_are_no_practice_lines(box: Served) -> None:
    answer = await box.client.get("/api/practice/lines")

    assert (answer.status_code, answer.json()["code"]) == (404, "web.no-practice")


PracticeReply = Callable[[dict[str, object]], dict[str, object]]


async def practice_network(box: Served, reply: PracticeReply) -> asyncio.Server:
    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        writer.write(json.dumps(reply(json.loads(line))).encode() + b"\n")
        writer.close()

    (box.state / "practice").mkdir()
    return await asyncio.start_unix_server(attend, box.state / "practice" / "control")


async def test_somebody_outside_calls_in_on_a_practice_line(box: Served) -> None:
    asked: list[dict[str, object]] = []

    def reply(request: dict[str, object]) -> dict[str, object]:
        asked.append(request)
        return {"re": 0, "answered": True, "ring_s": 2.1, "talk_s": 9, "cause": 16, "events": []}

    async with await practice_network(box, reply):
        wish = {"line_id": "gsm-1", "number": "+447700900123", "press": "1"}
        outcome = (await box.client.post("/api/practice/calls", json=wish)).json()

    assert outcome["answered"] is True
    assert (asked[0]["do"], asked[0]["line_id"], asked[0]["press"]) == ("call", "gsm-1", "1")


async def test_the_practice_caller_says_an_uploaded_sound_and_no_other_file(box: Served) -> None:
    asked: list[dict[str, object]] = []

    def reply(request: dict[str, object]) -> dict[str, object]:
        asked.append(request)
        return {"re": 0, "answered": False}

    async with await practice_network(box, reply):
        for say in ("ab" * 32, "/etc/passwd"):
            wish = {"line_id": "gsm-1", "say": say}
            answer = await box.client.post("/api/practice/calls", json=wish)

    assert answer.status_code == 422
    assert [one["say"] for one in asked] == [str(box.state / "prompts" / f"{'ab' * 32}.wav")]


async def test_what_the_practice_network_refuses_is_told(box: Served) -> None:
    problem = {"code": "practice.no-such-phone", "args": {"line": "phone-9"}}

    async with await practice_network(box, lambda _: {"re": 0, "problem": problem}):
        answer = await box.client.post("/api/practice/phones/phone-9", json={"do": "answer"})

    assert (answer.status_code, answer.json()["code"]) == (404, "practice.no-such-phone")


async def test_texts_and_errors_follow_the_readers_language(box: Served) -> None:
    russian = await box.client.get("/api/nothing", headers={"Accept-Language": "ru"})
    texts = (await box.client.get("/api/texts/pt-BR")).json()

    assert russian.json()["detail"] == texts_of("ru")["web.not-found"]
    assert texts == texts_of("pt-BR")


def texts_of(language: str) -> dict[str, str]:
    return dict(sentences(language))
