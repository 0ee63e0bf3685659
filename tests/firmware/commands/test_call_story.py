"""A call told in the terminal: names instead of ids, causes in words, the box being off."""

import json
from pathlib import Path

import pytest

import firmware.config
from firmware.__main__ import main
from firmware.contract.texts import LANGUAGES
from firmware.store.repositories import new_ulid
from firmware.store.rows import NoteRow, RecordingRow, RecordingState
from tests.firmware.store.rows_of import BEGAN, call, ended, leg, opened, step

ROW = ended(call(0, extension="101"))


@pytest.fixture
async def state(tmp_path: Path) -> Path:
    practice = Path(firmware.config.__file__).parent / "practice.toml"
    (tmp_path / "tipring.toml").write_text(practice.read_text("utf-8"), "utf-8")
    async with opened(tmp_path) as records:
        records.calls.begin(ROW)
        records.calls.put_leg(leg(ROW, extension="101"))
        for told in (
            step(0, "call.came-in", line="fxo-1", ring=1),
            step(2_500, "route.open", timetable="office-hours"),
            step(3_000, "ivr.node", flow="main", node="main-menu"),
            step(9_000, "feature.picked-up", by="102", extension="101"),
            step(61_500, "call.ended", seconds=61.5, cause=16),
        ):
            records.calls.add_step(ROW.call_id, told)
        recording = RecordingRow(
            call_id=ROW.call_id, file="a.flac", began_ms=0, duration_ms=58_000,
            state=RecordingState.PACKED,
        )  # fmt: skip
        records.recordings.change(recording)
        note = NoteRow(
            note_id=new_ulid(), call_id=ROW.call_id, at=BEGAN, who="Ana", text="wants an offer"
        )
        await records.marks.add_note(note)
        await records.calls.finish(ROW)
    return tmp_path


def test_a_story_is_told_with_names(
    state: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")

    assert main(["calls", ROW.call_id.lower(), "--state", str(state)]) == 0

    told = capsys.readouterr().out.splitlines()
    assert told[0] == "2026-11-21 12:00:00  +447700900101 to +447700900001"
    assert told[1] == "answered, 60 s"
    assert "Analogue line, full duplex" in told[2]
    assert told[3] == "  0:02  The office is open (“office hours”)"
    assert "“main menu”" in told[4]
    assert "Workshop (102)" in told[5]
    assert told[6].endswith("(hung up)")
    assert told[7:] == [
        "There is a recording of 58 s",
        "Note of Ana, 2026-11-21 12:00: wants an offer",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_story_is_told_in_every_language(
    state: Path, language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", language.replace("-", "_"))

    assert main(["calls", ROW.call_id, "--state", str(state)]) == 0

    told = capsys.readouterr().out
    assert "cause." not in told
    assert "{" not in told


def test_a_story_goes_without_a_readable_configuration(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (state / "tipring.toml").write_text("[office", "utf-8")

    assert main(["calls", ROW.call_id, "--state", str(state)]) == 0
    assert "fxo-1" in capsys.readouterr().out


def test_a_story_as_json_and_one_that_is_not_there(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calls", ROW.call_id, "--json", "--state", str(state)]) == 0
    assert json.loads(capsys.readouterr().out)["call"]["call_id"] == ROW.call_id

    assert main(["calls", "nonsense", "--state", str(state)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
