"""Any usable sound becomes a prompt of one form; any other is refused in one sentence."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware.contract.pcm import SAMPLE_RATE_HZ
from firmware.contract.texts import LANGUAGES, sentences
from firmware.dsp.levels import SILENCE_DBM0
from firmware.prompts import conversion
from firmware.prompts.conversion import SoundRefused, convert
from firmware.prompts.loudness import active_level_dbm0, levelled, trimmed
from tests.firmware.prompts.sounds import speech_like, written

FORMS = [
    ("wav", "PCM_16", 8_000, 1),
    ("wav", "PCM_24", 44_100, 2),
    ("wav", "FLOAT", 48_000, 2),
    ("wav", "ALAW", 8_000, 1),
    ("wav", "ULAW", 8_000, 1),
    ("wav", "PCM_U8", 11_025, 1),
    ("flac", "PCM_16", 22_050, 1),
    ("ogg", "VORBIS", 44_100, 2),
    ("ogg", "OPUS", 48_000, 1),
    ("mp3", "MPEG_LAYER_III", 44_100, 2),
    ("aiff", "PCM_16", 96_000, 6),
]


@pytest.mark.parametrize(("kind", "subtype", "rate_hz", "channels"), FORMS)
def test_every_usual_form_becomes_a_prompt(
    tmp_path: Path, kind: str, subtype: str, rate_hz: int, channels: int
) -> None:
    audio = np.tile(speech_like(3.0, rate_hz)[:, None], (1, channels))
    source = written(tmp_path / f"upload.{kind}", audio, rate_hz, subtype=subtype)

    duration_ms = convert(source, tmp_path / "prompt.wav", "upload")

    info = soundfile.info(str(tmp_path / "prompt.wav"))
    assert (info.samplerate, info.channels, info.subtype) == (SAMPLE_RATE_HZ, 1, "PCM_16")
    sound, _ = soundfile.read(str(tmp_path / "prompt.wav"), dtype="int16")
    assert active_level_dbm0(sound.astype(np.float32)) == pytest.approx(-20.0, abs=0.5)
    assert duration_ms == pytest.approx(2900, abs=150)
    assert [file.name for file in tmp_path.iterdir() if file.name.endswith(".part")] == []


def test_a_tone_keeps_its_pitch_through_resampling(tmp_path: Path) -> None:
    time_s = np.arange(44_100 * 2) / 44_100
    tone = np.asarray(0.3 * np.sin(2 * np.pi * 440 * time_s), dtype=np.float32)
    convert(written(tmp_path / "a.wav", tone, 44_100), tmp_path / "b.wav", "a")

    sound, rate_hz = soundfile.read(str(tmp_path / "b.wav"), dtype="float64")
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    assert np.argmax(spectrum) * rate_hz / len(sound) == pytest.approx(440, abs=1)


def test_silence_before_and_behind_is_cut_off(tmp_path: Path) -> None:
    speech = speech_like(1.0, 8_000)
    silence = np.zeros(8_000, dtype=np.float32)
    padded = np.concatenate([silence, speech, silence])

    duration_ms = convert(written(tmp_path / "a.wav", padded, 8_000), tmp_path / "b.wav", "a")

    assert duration_ms == pytest.approx(1000, abs=120)


@pytest.mark.parametrize("gain", [0.01, 0.2, 1.0])
def test_soft_and_loud_recordings_come_out_alike(gain: float) -> None:
    audio = speech_like(2.0, 8_000) * 32_767 * np.float32(gain)

    assert active_level_dbm0(levelled(audio)) == pytest.approx(-20.0, abs=0.3)


def test_the_active_level_does_not_count_the_pauses() -> None:
    talk = speech_like(2.0, 8_000) * 32_767
    with_pause = np.concatenate([talk, np.zeros(8 * 8_000, dtype=np.float32)])

    assert active_level_dbm0(with_pause) == pytest.approx(active_level_dbm0(talk), abs=0.5)


def test_peaks_are_never_cut_off() -> None:
    clicks = np.zeros(16_000, dtype=np.float32)
    clicks[::2_000] = 3_000

    assert np.max(np.abs(levelled(clicks))) <= 0.951 * 32_767


def test_nothing_and_silence_have_a_level_and_are_trimmed_to_nothing() -> None:
    nothing = np.zeros(0, dtype=np.float32)

    assert active_level_dbm0(nothing) == SILENCE_DBM0
    assert len(trimmed(nothing)) == 0
    assert len(trimmed(np.zeros(8_000, dtype=np.float32))) == 0


def refused(source: Path, target: Path) -> str:
    with pytest.raises(SoundRefused) as refusal:
        convert(source, target, "the upload")
    assert not target.exists()
    assert refusal.value.text.args["file"] == "the upload"
    for language in LANGUAGES:
        assert refusal.value.text.code in sentences(language)
    return refusal.value.text.code


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"RIFF\x24\x00\x00\x00WAVEfmt ", bytes(1000), b"%PDF-1.4 nonsense", b"ID3"],
)
def test_what_is_no_sound_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.wav").write_bytes(content)

    assert refused(tmp_path / "x.wav", tmp_path / "y.wav") == "sound.unreadable"


def test_a_sound_without_sound_is_refused(tmp_path: Path) -> None:
    source = written(tmp_path / "a.wav", np.zeros(8_000, dtype=np.float32), 8_000)

    assert refused(source, tmp_path / "b.wav") == "sound.empty"


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.09])
def test_a_sound_cut_off_before_anything_was_said_is_refused(
    tmp_path: Path, seconds: float
) -> None:
    source = written(tmp_path / "a.wav", speech_like(1.0, 8_000)[: int(8_000 * seconds)], 8_000)

    assert refused(source, tmp_path / "b.wav") == "sound.too-short"


def test_a_beep_of_a_fifth_of_a_second_is_a_sound(tmp_path: Path) -> None:
    source = written(tmp_path / "a.wav", speech_like(1.0, 8_000)[:1_600], 8_000)

    assert convert(source, tmp_path / "b.wav", "a") >= 100


@pytest.mark.parametrize("rate_hz", [1, 1_000, 1_000_000])
def test_an_odd_sampling_rate_is_refused(tmp_path: Path, rate_hz: int) -> None:
    source = written(tmp_path / "a.wav", speech_like(1.0, 8_000), rate_hz)

    assert refused(source, tmp_path / "b.wav") == "sound.unreadable"


def test_a_sound_that_never_ends_is_refused(tmp_path: Path) -> None:
    long = np.zeros(4_000 * (conversion.MAX_S + 1), dtype=np.float32)
    source = written(tmp_path / "a.wav", long, 4_000, subtype="PCM_U8")

    assert refused(source, tmp_path / "b.wav") == "sound.too-long"


def test_a_file_too_big_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.wav").open("wb") as file:
        file.truncate(conversion.MAX_BYTES + 1)

    assert refused(tmp_path / "a.wav", tmp_path / "b.wav") == "sound.too-big"


def test_samples_that_are_no_numbers_do_no_harm(tmp_path: Path) -> None:
    audio = speech_like(1.0, 8_000)
    audio[100:200] = np.nan
    audio[300] = np.inf
    convert(written(tmp_path / "a.wav", audio, 8_000, subtype="FLOAT"), tmp_path / "b.wav", "a")

    sound, _ = soundfile.read(str(tmp_path / "b.wav"), dtype="int16")
    assert np.any(sound)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(at=st.integers(0, 120), junk=st.binary(min_size=1, max_size=8), cut=st.integers(0, 2_000))
def test_a_damaged_file_is_converted_or_refused(
    tmp_path: Path, at: int, junk: bytes, cut: int
) -> None:
    source = written(tmp_path / "a.wav", speech_like(0.5, 8_000), 8_000, subtype="PCM_16")
    content = bytearray(source.read_bytes())
    content[at : at + len(junk)] = junk
    source.write_bytes(bytes(content[: len(content) - cut]))
    try:
        assert convert(source, tmp_path / "b.wav", "a") > 0
    except SoundRefused as refusal:
        assert refusal.text.code.startswith("sound.")  # noqa: PT017  either way is fine
