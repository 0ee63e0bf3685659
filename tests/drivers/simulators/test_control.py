"""The practice network as a process, through its socket and through `tipring practice`."""

import asyncio
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from drivers.simulators.practice import PACKAGED, PracticeRefused, read_settings

DEADLINE_S = 30.0
Json = dict[str, Any]

LINES = ("gsm-1", "gsm-2", "gsm-3", "gsm-4", "fxo-1", "fxo-2", "phone-1", "phone-2")
DEVICES = (
    *("simcom-a1-if02", "simcom-a1-if04", "simcom-a2-if02", "simcom-a2-if04"),
    *("huawei-b1-if03", "huawei-b1-if02", "quectel-c1-if02", "quectel-c1-if01"),
    *("conexant-d1-if00", "conexant-e1-if00", "phone-f1", "phone-f2"),
)


@dataclass
class Practice:
    state: Path
    process: asyncio.subprocess.Process

    async def ask(self, **request: Any) -> Json:
        return await self.ask_raw(json.dumps(request).encode())

    async def ask_raw(self, line: bytes) -> Json:
        reader, writer = await asyncio.open_unix_connection(self.state / "practice" / "control")
        writer.write(line + b"\n")
        async with asyncio.timeout(DEADLINE_S):
            answer: Json = json.loads(await reader.readline())
        writer.close()
        return answer

    async def tipring(self, *arguments: str) -> tuple[int, str, str]:
        """Run `tipring practice …`; return its exit code, output and errors."""
        command = (sys.executable, "-m", "firmware", "practice", *arguments)
        process = await asyncio.create_subprocess_exec(
            *command,
            *("--state", str(self.state)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"LANG": "C"},
        )
        async with asyncio.timeout(DEADLINE_S):
            out, err = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()


@pytest.fixture
async def practice() -> AsyncIterator[Practice]:
    state = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))  # sun_path is short
    with (state / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "drivers.simulators", "--state", str(state)), stderr=log
        )
    started = Practice(state, process)
    try:
        await _listening(started)
        yield started
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        shutil.rmtree(state)


async def _listening(practice: Practice) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while True:
            assert practice.process.returncode is None
            try:
                await practice.ask(do="lines")
            except OSError:
                await asyncio.sleep(0.05)
            else:
                return


async def test_all_practice_devices_are_plugged_in_and_all_lines_known(practice: Practice) -> None:
    plugged_in = {entry.name for entry in (practice.state / "practice" / "dev").iterdir()}
    assert plugged_in >= set(DEVICES)
    answer = await practice.ask(id=7, do="lines")
    assert answer["re"] == 7
    assert tuple(line["line_id"] for line in answer["lines"]) == LINES


async def test_terminating_it_in_a_call_unplugs_everything_quietly(practice: Practice) -> None:
    reader, writer = await asyncio.open_unix_connection(practice.state / "practice" / "control")
    request = {"do": "call", "line_id": "gsm-1", "to": "01632960100"}
    writer.write(json.dumps(request).encode() + b"\n" + b'{"id": 2, "do": "lines"}\n')
    async with asyncio.timeout(DEADLINE_S):
        assert json.loads(await reader.readline())["re"] == 2
    practice.process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(DEADLINE_S):
        assert await practice.process.wait() == 0
    assert await reader.read() == b""
    writer.close()
    assert list((practice.state / "practice" / "dev").iterdir()) == []
    assert "Traceback" not in (practice.state / "log").read_text()


REFUSED = (
    (b'{"do": "press", "line_id": "gsm-1", "digits": "5"}', "practice.nobody-calls"),
    (b'{"do": "phone", "line_id": "phone-1", "action": "answer"}', "practice.phone-not-ringing"),
    (b"hello", "practice.not-a-request"),
    (b"[]", "practice.not-a-request"),
    (b'{"do": "explode"}', "practice.not-a-request"),
    (b'{"do": "call"}', "practice.not-a-request"),
    (b'{"do": "call", "line_id": "gsm-1", "press": "x"}', "practice.not-a-request"),
    (b'{"do": "call", "line_id": "gsm-9"}', "practice.no-such-line"),
    (b'{"do": "call", "line_id": "phone-1"}', "practice.line-is-a-phone"),
    (b'{"do": "call", "line_id": "gsm-1", "say": "/no.wav"}', "practice.no-such-sound"),
    (b'{"do": "phone", "line_id": "gsm-1", "action": "answer"}', "practice.no-such-phone"),
    (b'{"do": "phone", "line_id": "phone-1", "action": "dial"}', "practice.digits-missing"),
    (b"\xff\xfe", "practice.not-a-request"),
)


async def test_what_cannot_be_done_is_one_sentence(practice: Practice) -> None:
    for line, code in REFUSED:
        answer = await practice.ask_raw(line)
        assert answer.get("problem", {}).get("code") == code, (line, answer)


async def test_a_phone_is_lifted_dialled_and_put_down_by_hand(practice: Practice) -> None:
    async def use(action: str, digits: str | None = None) -> Json:
        return await practice.ask(do="phone", line_id="phone-1", action=action, digits=digits)

    assert (await use("state"))["state"] == "on-hook"
    assert (await use("dial", "102"))["state"] == "off-hook"
    assert (await use("dial", "102"))["problem"]["code"] == "practice.phone-in-use"
    assert (await use("press", "5"))["state"] == "off-hook"
    assert (await use("hangup"))["state"] == "on-hook"
    assert (await use("press", "5"))["problem"]["code"] == "practice.phone-not-lifted"


async def test_calls_run_side_by_side_on_one_connection(practice: Practice) -> None:
    reader, writer = await asyncio.open_unix_connection(practice.state / "practice" / "control")
    calls = (("01632960106", 1), ("01632960101", 2))
    for number, request_id in calls:
        request = {"id": request_id, "do": "call", "line_id": "gsm-1", "to": number}
        request["hang_up_after_s"] = 3
        writer.write(json.dumps(request).encode() + b"\n")
    async with asyncio.timeout(DEADLINE_S):
        answers = [json.loads(await reader.readline()) for _ in calls]
    writer.close()
    assert [answer["re"] for answer in answers] == [2, 1]
    assert [answer["answered"] for answer in answers] == [False, True]


async def test_a_caller_presses_keys_in_mid_call(practice: Practice) -> None:
    reader, writer = await asyncio.open_unix_connection(practice.state / "practice" / "control")
    call = {"do": "call", "line_id": "gsm-1", "to": "01632960106", "hang_up_after_s": 3}
    writer.write(json.dumps(call).encode() + b"\n")
    async with asyncio.timeout(DEADLINE_S):
        while "problem" in await practice.ask(do="press", line_id="gsm-1", digits="42"):
            pass
        account = json.loads(await reader.readline())
    writer.close()
    assert "pressed 42" in [event["what"] for event in account["events"]]


async def test_a_client_that_leaves_takes_its_call_with_it(practice: Practice) -> None:
    """The called subscriber answers one call at a time: it is free again at once."""
    reader, writer = await asyncio.open_unix_connection(practice.state / "practice" / "control")
    request = {"do": "call", "line_id": "gsm-1", "to": "01632960105"}
    writer.write(json.dumps(request).encode() + b"\n")
    await writer.drain()
    busy = 17
    async with asyncio.timeout(DEADLINE_S):
        while (await _cause_of_calling_again(practice)) != busy:
            pass
    writer.close()
    async with asyncio.timeout(DEADLINE_S):
        while (await _cause_of_calling_again(practice)) == busy:
            pass
    assert await reader.read() == b""


async def _cause_of_calling_again(practice: Practice) -> int:
    again = await practice.ask(do="call", line_id="gsm-1", to="01632960105", hang_up_after_s=0.1)
    cause: int = again["cause"]
    return cause


async def test_the_command_line_tells_what_the_caller_met_with(
    practice: Practice, tmp_path: Path
) -> None:
    voice, heard = tmp_path / "voice.wav", tmp_path / "heard.wav"
    soundfile.write(str(voice), np.zeros(16_000), 16_000)
    code, out, err = await practice.tipring(
        *("call", "--line", "gsm-1", "--from", "07700900123", "--to", "01632960106"),
        *("--say", str(voice), "--press", "5", "--hangup-after", "5", "--json"),
        *("--record", str(heard)),
    )
    account = json.loads(out)
    assert (code, err) == (0, "")
    assert account["answered"]
    assert account["digits_heard"] == "1234"
    assert account["tones_heard"] == ["ringback"]
    assert set(account) == {
        *("answered", "ring_s", "talk_s", "digits_heard", "tones_heard", "cause", "call_id"),
        "events",
    }
    assert soundfile.info(str(heard)).duration > 5


async def test_the_command_line_speaks_in_sentences(practice: Practice) -> None:
    _, lines, _ = await practice.tipring("lines")
    assert lines.splitlines()[0] == "gsm-1: +447700900001, simulated by simcom-a1"
    code, out, err = await practice.tipring("phone", "phone-1", "answer")
    assert (code, out) == (1, "")
    assert err == "The practice phone phone-1 does not ring, so nobody can answer it.\n"


async def test_without_a_practice_network_the_command_line_says_so(practice: Practice) -> None:
    practice.process.kill()
    await practice.process.wait()
    code, _, err = await practice.tipring("lines", "--json")
    assert code == 1
    assert err == (
        "No practice network is running here. Start the box with --practice to have one.\n"
    )


def test_the_packaged_practice_network_has_the_agreed_lines() -> None:
    settings = read_settings(PACKAGED)
    assert tuple(device.line for device in settings.devices) == LINES
    numbers = [device.number for device in settings.devices]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not toml", "practice.unreadable"),
        ("colour = 1", "practice.bad-setting"),
        ('[[devices]]\nwire = "smoke"', "practice.bad-setting"),
        ('[[subscribers]]\nnumber = "anybody"', "practice.bad-setting"),
    ],
)
def test_a_broken_practice_file_is_refused_with_one_sentence(
    tmp_path: Path, text: str, code: str
) -> None:
    file = tmp_path / "practice.toml"
    file.write_text(text)
    with pytest.raises(PracticeRefused, match=code):
        read_settings(file)
