"""`tipring check FILE` as a person sees it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from firmware.commands.check import check
from tests.firmware.config.office_text import EXAMPLE, MINIMAL, changed


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "C")


def test_a_file_without_faults_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "tipring.toml"
    file.write_text(EXAMPLE, "utf-8")

    assert check(file) == 0
    assert capsys.readouterr().out == "tipring.toml has no faults.\n"


def test_each_fault_is_one_line_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tipring.toml"
    file.write_text(changed('country = "GB"', 'country = "uk"\ncolour = 1', MINIMAL), "utf-8")

    assert check(file) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("tipring.toml:6:1: office.country must be a country as two capital")
    assert second.startswith("tipring.toml:7:1: office.colour is not known here")


def test_a_file_that_is_not_there_is_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(tmp_path / "nothing.toml") == 1
    assert "There is no file" in capsys.readouterr().out


def test_a_file_that_is_no_text_is_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tipring.toml"
    file.write_bytes(b"\xff\xfe\x00")

    assert check(file) == 1
    assert "is not a text file" in capsys.readouterr().out


def test_a_phone_that_can_never_register_is_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tipring.toml"
    file.write_text(EXAMPLE.replace('secret = "make up a long one"', "#"), "utf-8")

    assert check(file) == 1
    assert "the phone 23 has neither a password (secret) nor a fixed" in capsys.readouterr().out
    (tmp_path / "secrets.toml").write_text('[lines.office-phone]\nsecret = "long enough"\n')
    assert check(file) == 0


def test_secrets_beside_the_file_count(tmp_path: Path) -> None:
    file = tmp_path / "tipring.toml"
    file.write_text(EXAMPLE, "utf-8")
    (tmp_path / "secrets.toml").write_text('[lines.mobile]\nsim_pin = "no"\n', "utf-8")

    assert check(file) == 1


def test_a_folder_in_place_of_a_file_is_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(tmp_path) == 1
    assert f"{tmp_path} is not a file." in capsys.readouterr().out


def test_a_reader_that_has_seen_enough_is_no_fault(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "firmware", "check", str(tmp_path)]

    said = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, check=False)

    os.close(write_end)
    assert said.stderr == b""
