"""`tipring listen`: any sound file in, sentences or JSON out."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware.commands.listen import listen, read_recording
from firmware.contract.errors import RequestRefused
from firmware.contract.texts import LANGUAGES, sentences
from firmware.dsp.recording import Kind, Verdict
from firmware.dsp.tones import dtmf, render


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


def busy_after_digits() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return digits and busy tone as floats of full scale 1, at 8 kHz."""
    quiet = np.zeros(8_000, np.int16)
    tones = [quiet, dtmf("42#", 100, 100), quiet, render("GB", "busy", 5_000), quiet]
    return np.concatenate(tones).astype(np.float64) / 32_768


def events(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    heard = json.loads(capsys.readouterr().out)
    assert set(heard) == {"duration_s", "events"}
    found = heard["events"]
    assert isinstance(found, list)
    return found


def test_json_has_the_form_that_others_build_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "call.wav"
    soundfile.write(file, busy_after_digits(), 8_000, subtype="PCM_16")

    assert listen(file, True) == 0
    found = events(capsys)
    assert all(set(event) == {"kind", "value", "start_s", "end_s"} for event in found)
    assert [event["value"] for event in found if event["kind"] == "dtmf"] == ["4", "2", "#"]
    assert [event["value"] for event in found if event["kind"] == "tone"] == ["busy"]


@pytest.mark.parametrize(
    ("rate_hz", "subtype", "suffix"),
    [
        (8_000, "ALAW", ".wav"),
        (8_000, "PCM_U8", ".wav"),
        (16_000, "FLOAT", ".wav"),
        (44_100, "PCM_24", ".wav"),
        (48_000, "PCM_16", ".flac"),
    ],
)
def test_odd_formats_sound_the_same(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    rate_hz: int,
    subtype: str,
    suffix: str,
) -> None:
    wave = busy_after_digits()
    at = np.arange(0, len(wave) - 1, 8_000 / rate_hz)
    stereo = np.interp(at, np.arange(len(wave)), wave)[:, None] * np.array([1.0, 0.5])
    file = tmp_path / f"call{suffix}"
    soundfile.write(file, stereo, rate_hz, subtype=subtype)

    assert listen(file, True) == 0
    values = [event["value"] for event in events(capsys) if event["kind"] in ("dtmf", "tone")]
    assert values == ["4", "2", "#", "busy"]


def test_sentences_name_what_was_heard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "call.wav"
    soundfile.write(file, busy_after_digits(), 8_000, subtype="PCM_16")

    assert listen(file, False) == 0
    printed = capsys.readouterr().out
    assert "digit 4" in printed
    assert "busy tone" in printed
    assert "hung up" in printed


def test_a_file_of_silence_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "silence.wav"
    soundfile.write(file, np.zeros(8_000), 8_000, subtype="PCM_16")

    assert listen(file, False) == 0
    assert "Nothing was recognised." in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all" * 100, b"\0" * 4_096])
def test_what_is_no_sound_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broken.wav"
    file.write_bytes(content)

    with pytest.raises(RequestRefused) as refusal:
        read_recording(file)
    assert refusal.value.text.code in ("listen.not-sound", "listen.empty-or-endless")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.wav", tmp_path):
        with pytest.raises(RequestRefused) as refusal:
            read_recording(path)
        assert refusal.value.text.code == "config.no-such-file"


def test_a_file_without_samples_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "empty.wav"
    soundfile.write(file, np.zeros(0), 8_000, subtype="PCM_16")

    with pytest.raises(RequestRefused) as refusal:
        read_recording(file)
    assert refusal.value.text.code == "listen.empty-or-endless"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_and_kind_has_its_sentence(language: str) -> None:
    wanted = {f"listen.verdict.{verdict}" for verdict in Verdict}
    wanted |= {f"listen.{kind}" for kind in Kind if kind not in (Kind.TONE, Kind.VERDICT)}

    assert wanted <= set(sentences(language))
