"""What one can do at the desk: look up calls, listen, change the settings, test a line."""

import io
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware.contract import call_requests, views
from firmware.contract import control as c
from firmware.contract.texts import Text, sentences
from tests.webui.practice_office import lines, live_call, now
from tests.webui.served import OWNER, Served
from webui.openapi import description

OPENAPI = Path("webui/frontend/openapi.json")
NOBODY = "01JD0000000000000000000009"


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
    assert [call["call_id"] for call in first["calls"] if call["recorded"]] == [recorded]


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
    heard = box.exchange.requests(call_requests.NoteHearing)
    assert [(one.who, one.call_ids, one.how) for one in heard] == [(OWNER, (recorded,), "played")]


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
    assert (message["mailbox"], message["mailbox_name"]) == ("office", "Office")
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
    assert answer.json()["faults"][0]["args"]["key"] == "called"
    assert box.exchange.requests(c.DialRequest) == []


async def test_the_snapshot_is_what_the_exchange_says(box: Served) -> None:
    box.exchange.snapshot = box.exchange.snapshot.model_copy(
        update={"lines": lines(), "calls": (live_call(now() - timedelta(seconds=5)),)}
    )

    snapshot = views.Snapshot.model_validate((await box.client.get("/api/snapshot")).json())

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


async def test_texts_and_errors_follow_the_readers_language(box: Served) -> None:
    russian = await box.client.get("/api/nothing", headers={"Accept-Language": "ru"})
    texts = (await box.client.get("/api/texts/pt-BR")).json()

    assert russian.json()["detail"] == texts_of("ru")["web.not-found"]
    assert texts == texts_of("pt-BR")


def texts_of(language: str) -> dict[str, str]:
    return dict(sentences(language))


@pytest.mark.parametrize(
    ("path", "body", "key", "said"),
    [
        ("/api/extensions", {"name": "x", "id": "9"}, "id", "“9”"),
        ("/api/extensions", {"id": "205"}, "name", "Falta"),
        ("/api/extensions", {"name": ["x"], "id": "205"}, "name", "texto"),
        ("/api/trunks", {"server": "x", "transport": "carrier-pigeon"}, "transport", "udp"),
        ("/api/trunks", {"server": "x", "secret": "s" * 99}, "secret", "64"),
        ("/api/practice/calls", {"line_id": "gsm-1", "press_after_s": 900}, "press_after_s", "600"),
        ("/api/calls", {"phone": "phone-1", "called": "nobody;x"}, "called", "não é permitido"),
    ],
)
async def test_a_field_that_cannot_be_is_told_in_the_readers_language(
    box: Served, path: str, body: dict[str, object], key: str, said: str
) -> None:
    answer = await box.client.post(path, json=body, headers={"Accept-Language": "pt-BR"})

    (fault,) = answer.json()["faults"]
    assert answer.status_code == 422
    assert fault["args"]["key"] == key
    assert said in fault["sentence"]
    assert "sssss" not in answer.text
