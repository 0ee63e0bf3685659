"""Bundles: out and in again, and every hostile zip refused before anything is written."""

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware.__main__ import main
from firmware.commands import bundle as b
from firmware.commands.bundle import Bundle, BundleRefused, read_bundle, write_bundle
from firmware.contract.pcm import SAMPLE_RATE_HZ
from tests.firmware.scripted_office import SCRIPTED_OFFICE

HASH = "ab" * 32
SOUND = f"prompts/{HASH}.wav"


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    made = Bundle("[office]\n", {f"{HASH}.wav": b"RIFF"})

    write_bundle(tmp_path / "b.zip", made)

    assert read_bundle(tmp_path / "b.zip") == made


def entry(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def make(path: Path, *entries: tuple[zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, data in entries:
            archive.writestr(info, data)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "../tipring.toml",
        "/etc/passwd",
        "prompts/../../x.wav",
        "prompts\\x.wav",
        "secrets.toml",
        "prompts/",
        f"prompts/{HASH}.WAV",
        f"prompts/{HASH}.wav\x00.exe",
        f"prompts/\u202e{HASH}.wav",
        f"prompts/{HASH[:-1]}e\u0301.wav",
    ],
)
def test_a_name_that_is_not_on_the_list_is_refused(tmp_path: Path, name: str) -> None:
    hostile = make(tmp_path / "b.zip", (entry("tipring.toml"), b""), (entry("x" * len(name)), b""))
    data = hostile.read_bytes().replace(b"x" * len(name), name.encode()[: len(name)])
    hostile.write_bytes(data)

    with pytest.raises(BundleRefused) as refused:
        read_bundle(hostile)

    assert refused.value.text.code in {"bundle.bad-name", "bundle.cannot-read"}


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    link = (entry(SOUND, stat.S_IFLNK | 0o777), b"/etc/passwd")

    assert (
        code_of(make(tmp_path / "b.zip", (entry("tipring.toml"), b""), link)) == "bundle.bad-name"
    )


def code_of(bundle: Path) -> str:
    with pytest.raises(BundleRefused) as refused:
        read_bundle(bundle)
    return refused.value.text.code


def test_a_bomb_is_refused_without_being_unpacked(tmp_path: Path) -> None:
    bomb = (entry(SOUND), bytes(8 << 20))

    assert code_of(make(tmp_path / "b.zip", (entry("tipring.toml"), b""), bomb)) == "bundle.too-big"


def test_a_file_larger_than_its_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(b, "MAX_FILE_BYTES", 10)

    assert code_of(make(tmp_path / "b.zip", (entry("tipring.toml"), b"x" * 11))) == "bundle.too-big"


def test_a_forged_size_does_not_help(tmp_path: Path) -> None:
    honest = make(tmp_path / "b.zip", (entry("tipring.toml"), b"a" * 5_000))
    forged = honest.read_bytes().replace((5_000).to_bytes(4, "little"), (5).to_bytes(4, "little"))
    honest.write_bytes(forged)

    assert code_of(honest) == "bundle.damaged"


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(b, "MAX_FILES", 1)

    many = make(tmp_path / "b.zip", (entry("tipring.toml"), b""), (entry(SOUND), b""))

    assert code_of(many) == "bundle.too-many"


@pytest.mark.parametrize("spoil", [lambda data: data[:40], lambda _: b"no zip", lambda _: b""])
def test_what_is_no_zip_is_refused(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    bundle = make(tmp_path / "b.zip", (entry("tipring.toml"), b"x"))
    bundle.write_bytes(spoil(bundle.read_bytes()))

    assert code_of(bundle) == "bundle.cannot-read"


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    info = entry("tipring.toml")
    info.compress_type = zipfile.ZIP_STORED
    bundle = make(tmp_path / "b.zip", (info, b"country = 'GB'"))
    bundle.write_bytes(bundle.read_bytes().replace(b"'GB'", b"'BR'"))

    assert code_of(bundle) == "bundle.damaged"


def test_a_bundle_without_a_configuration_is_refused(tmp_path: Path) -> None:
    assert code_of(make(tmp_path / "b.zip", (entry(SOUND), b""))) == "bundle.no-configuration"


def test_export_and_import_move_a_configuration_with_its_sounds(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "prompts").mkdir(parents=True)
    kept = here / "prompts" / f"{HASH}.wav"
    soundfile.write(kept, np.zeros(160, np.int16), SAMPLE_RATE_HZ)
    with_sound = SCRIPTED_OFFICE + f'\n[prompts.goodbye]\nen.sound = "{HASH}"\n'
    (here / "tipring.toml").write_text(with_sound, "utf-8")
    there.mkdir()
    bundle = str(tmp_path / "b.zip")

    assert main(["export", "--state", str(here), bundle]) == 0
    assert main(["import", "--state", str(there), bundle]) == 0

    assert (there / "tipring.toml").read_text("utf-8") == with_sound
    assert (there / "prompts" / f"{HASH}.wav").read_bytes() == kept.read_bytes()
    assert (there / "versions" / "1.toml").exists()


def test_a_faulty_configuration_is_not_imported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_bundle(tmp_path / "b.zip", Bundle("[office]\nnane = 1\n", {f"{HASH}.wav": b"x"}))

    assert main(["import", "--state", str(tmp_path), str(tmp_path / "b.zip")]) == 1

    assert "nane" in capsys.readouterr().err
    assert not (tmp_path / "tipring.toml").exists()
    assert not (tmp_path / "prompts").exists()


def test_a_sound_that_is_none_is_not_imported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_bundle(tmp_path / "b.zip", Bundle(SCRIPTED_OFFICE, {f"{HASH}.wav": b"nonsense"}))

    assert main(["import", "--state", str(tmp_path), str(tmp_path / "b.zip")]) == 1

    assert HASH in capsys.readouterr().err
    assert not (tmp_path / "tipring.toml").exists()


def test_a_folder_without_a_box_is_not_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "--state", str(tmp_path / "none"), str(tmp_path / "b.zip")]) == 1

    assert "no configuration" in capsys.readouterr().err
    assert not (tmp_path / "b.zip").exists()
