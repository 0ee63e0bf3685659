"""`tipring export` and `tipring import`: out, looked at, and in again."""

import asyncio
import io
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from firmware.__main__ import main
from firmware.bundle.bundle import make_bundle, read_bundle
from firmware.store.archive import Archive
from tests.firmware.bundle.bundle_maker import (
    HASH,
    MADE_AT,
    OWNER,
    bundle_of,
    office,
    public_line,
    secret_line,
    tone,
)
from tests.firmware.scripted_box import ScriptedBox
from tests.firmware.scripted_office import SCRIPTED_OFFICE


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A box with one uploaded sound."""
    folder = tmp_path / "here"
    (folder / "prompts").mkdir(parents=True)
    (folder / "prompts" / f"{HASH}.wav").write_bytes(tone())
    with_sound = office() + f'\n[prompts.goodbye]\nen.sound = "{HASH}"\n'
    (folder / "tipring.toml").write_text(with_sound, "utf-8")
    return folder


def test_export_and_import_move_a_configuration_with_its_sounds(here: Path, tmp_path: Path) -> None:
    there, bundle = tmp_path / "there", str(tmp_path / "b.tipring")
    there.mkdir()

    assert main(["export", "--state", str(here), bundle]) == 0
    assert main(["import", "--state", str(there), bundle]) == 0

    assert (there / "tipring.toml").read_text("utf-8") == (here / "tipring.toml").read_text("utf-8")
    assert (there / "prompts" / f"{HASH}.wav").read_bytes() == tone()
    assert (there / "versions" / "1.toml").exists()


def test_what_changes_is_said_in_words(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there, bundle = tmp_path / "there", str(tmp_path / "b.tipring")
    there.mkdir()
    (there / "tipring.toml").write_text(SCRIPTED_OFFICE, "utf-8")
    main(["export", "--state", str(here), bundle])

    assert main(["import", "--look", "--state", str(there), bundle]) == 0

    said = capsys.readouterr().out
    assert "New: bundle_keys" in said
    assert "New: prompts" in said
    assert (there / "tipring.toml").read_text("utf-8") == SCRIPTED_OFFICE
    assert not (there / "prompts").exists()


def test_a_signed_export_is_known_to_a_box_with_that_key(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, bundle = tmp_path / "owner.key", str(tmp_path / "b.tipring")
    key.write_text(f"untrusted comment: x\n{secret_line(OWNER)}\n", "utf-8")

    assert main(["export", "--state", str(here), "--sign", str(key), bundle]) == 0
    assert main(["import", "--look", "--state", str(here), bundle]) == 0

    assert "Signed by Ana" in capsys.readouterr().out


def test_what_is_no_key_signs_nothing(here: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "b.tipring"

    signing = ["--sign", str(here / "tipring.toml"), str(bundle)]

    assert main(["export", "--state", str(here), *signing]) == 1
    assert not bundle.exists()


def test_a_faulty_configuration_is_not_imported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = tmp_path / "b.tipring"
    sounds = {f"{HASH}.wav": tone()}
    bundle.write_bytes(make_bundle("[office]\nnane = 1\n", sounds, serial=1, made_at=MADE_AT))

    assert main(["import", "--state", str(tmp_path), str(bundle)]) == 1

    assert "nane" in capsys.readouterr().err
    assert not (tmp_path / "tipring.toml").exists()
    assert not (tmp_path / "prompts").exists()


def test_a_folder_without_a_box_is_not_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "--state", str(tmp_path / "none"), str(tmp_path / "b.tipring")]) == 1

    assert "no configuration" in capsys.readouterr().err
    assert not (tmp_path / "b.tipring").exists()


def test_an_export_names_the_owner_of_a_box_that_has_none(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, bundle = tmp_path / "owner.key", tmp_path / "b.tipring"
    key.write_text(f"untrusted comment: x\n{secret_line(OWNER)}\n", "utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("seven wires in a duct\n"))

    signing = ["--sign", str(key), "--owner", "Ana Costa", str(bundle)]
    assert main(["export", "--state", str(here), *signing]) == 0

    named = read_bundle(bundle.read_bytes()).manifest.owner
    assert named is not None
    assert (named.name, named.public_key) == ("Ana Costa", public_line(OWNER))
    assert named.password is not None
    assert PasswordHasher().verify(named.password, "seven wires in a duct")


@pytest.mark.parametrize(
    ("name", "password", "signs", "said"),
    [
        ("Ana", "seven wires in a duct", False, "--sign"),
        ("Ana", "short", True, "12"),
        ("../etc", "seven wires in a duct", True, "2 to 40"),
    ],
)
def test_an_owner_without_key_name_or_password_is_not_exported(
    name: str,
    password: str,
    signs: bool,
    said: str,
    here: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key, bundle = tmp_path / "owner.key", tmp_path / "b.tipring"
    key.write_text(f"untrusted comment: x\n{secret_line(OWNER)}\n", "utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    signing = ["--sign", str(key)] if signs else []

    assert main(["export", "--state", str(here), *signing, "--owner", name, str(bundle)]) == 1

    assert said in capsys.readouterr().err
    assert not bundle.exists()


CONTACTS = b"number,list,name\n+441632960021,,Ana Costa\n+441632960022,vip,\n"


async def test_names_of_contacts_reach_a_running_box(box: ScriptedBox, tmp_path: Path) -> None:
    bundle = tmp_path / "b.tipring"
    live = (box.state / "tipring.toml").read_bytes()
    bundle.write_bytes(bundle_of({"tipring.toml": live, "contacts.csv": CONTACTS}))

    command = ["import", "--state", str(box.state), str(bundle)]
    assert await asyncio.to_thread(main, command) == 0

    (known,) = Archive(box.state / "tipring.db").contacts()
    assert (known.number, known.name) == ("+441632960021", "Ana Costa")
    assert "+441632960022" in (box.state / "tipring.toml").read_text("utf-8")


def test_without_a_running_box_the_names_are_said_to_be_left(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = tmp_path / "b.tipring"
    bundle.write_bytes(bundle_of({"tipring.toml": office().encode(), "contacts.csv": CONTACTS}))

    assert main(["import", "--state", str(here), str(bundle)]) == 0

    assert "contacts.csv are not kept" in capsys.readouterr().out
