"""status, calls and doctor: words for people, JSON for programs, one sentence when away."""

import asyncio
import json
from importlib.metadata import version
from pathlib import Path

import pytest

from firmware.__main__ import main
from firmware.contract.line_state import Health
from firmware.contract.messages import Alarm
from firmware.contract.texts import Text
from tests.firmware.scripted_box import ScriptedBox, bare_state


async def run(*arguments: str) -> int:
    return await asyncio.to_thread(main, arguments)


async def test_status_words_every_line(
    box: ScriptedBox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "pt_BR.UTF-8")

    assert await run("status", "--state", str(box.state)) == 0

    said = capsys.readouterr().out
    assert all(line in said for line in ("gsm-1", "fxo-2", "phone-3"))
    assert "pronta" in said


async def test_status_as_json_is_the_snapshot(
    box: ScriptedBox, capsys: pytest.CaptureFixture[str]
) -> None:
    await run("status", "--json", "--state", str(box.state))

    assert json.loads(capsys.readouterr().out)["office"] == "Scripted office"


async def test_calls_lists_who_is_on_the_phone(
    box: ScriptedBox, capsys: pytest.CaptureFixture[str]
) -> None:
    await box.gsm.call_in("gsm-1", "caller", "+447700900123")

    await run("calls", "--state", str(box.state))
    words = capsys.readouterr().out
    await run("calls", "--json", "--state", str(box.state))
    (call,) = json.loads(capsys.readouterr().out)

    assert "+447700900123" in words
    assert (call["line_id"], call["phase"]) == ("gsm-1", "menu")


async def test_doctor_names_a_line_that_needs_help(
    box: ScriptedBox, capsys: pytest.CaptureFixture[str]
) -> None:
    box.gsm.line_is("gsm-1", Health.NO_SERVICE)
    await box.control.ask("snapshot")

    code = await run("doctor", "--json", "--state", str(box.state))

    findings = json.loads(capsys.readouterr().out)
    ailing = [one["args"].get("line") for one in findings if not one["fine"]]
    assert code == 1
    assert "gsm-1" in ailing


@pytest.mark.parametrize("command", ["status", "calls"])
def test_without_a_running_box_there_is_one_sentence(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with bare_state() as state:
        assert main([command, "--state", str(state)]) == 1

    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "exchange" in said


def test_an_unknown_command_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["dance"])

    assert ended.value.code == 2


def test_doctor_refuses_a_path_too_long_for_sockets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deep = tmp_path / ("x" * 120)

    assert main(["doctor", "--json", "--state", str(deep)]) == 1

    codes = [one["code"] for one in json.loads(capsys.readouterr().out)]
    assert "run.path-too-long" in codes


async def test_an_alarm_of_a_line_names_the_line(
    box: ScriptedBox, capsys: pytest.CaptureFixture[str]
) -> None:
    box.gsm.report(Alarm(line_id="gsm-1", text=Text(code="gsm.silent"), raised=True))
    await box.control.ask("snapshot")

    await run("status", "--state", str(box.state))

    assert "gsm-1: The modem stopped answering" in capsys.readouterr().out


def test_doctor_only_looks_at_a_state_folder_that_is_not_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with bare_state() as parent:
        state = parent / "not" / "yet"
        main(["doctor", "--json", "--state", str(state)])
        findings = json.loads(capsys.readouterr().out)

        assert "doctor.state-not-yet" in [one["code"] for one in findings if one["fine"]]
        assert not (parent / "not").exists()


def test_doctor_refuses_a_file_in_place_of_the_state_folder(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with bare_state() as parent:
        (parent / "file").touch()
        assert main(["doctor", "--json", "--state", str(parent / "file")]) == 1
        findings = json.loads(capsys.readouterr().out)

    assert "run.state-not-writable" in [one["code"] for one in findings if not one["fine"]]


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["--version"])

    assert done.value.code == 0
    assert capsys.readouterr().out.strip() == version("tipring")
