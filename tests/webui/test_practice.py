"""The practice network as the page uses it; a few scripted lines stand for it here."""

import asyncio
import json
from collections.abc import Callable

from tests.webui.served import Served


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
