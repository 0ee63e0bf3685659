"""Every hostile bundle is refused with one sentence, and nothing on the disk has changed."""

import hashlib
from pathlib import Path

import pytest

from firmware.__main__ import main
from firmware.bundle.refusal import BundleRefused
from firmware.bundle.taking import look_at
from firmware.contract.errors import ConfigurationRefused
from firmware.contract.texts import Text
from tests.firmware.bundle.bundle_maker import OWNER, office
from tests.security.hostile_bundles import HOSTILE, good, signed

LAST_TAKEN = 5


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A box that is set up, and has taken number 5 of its owner."""
    folder = tmp_path / "state"
    (folder / "prompts").mkdir(parents=True)
    (folder / "tipring.toml").write_text(office(), "utf-8")
    (folder / "bundles.json").write_text(f'{{"{OWNER.key_id.hex()}": {LAST_TAKEN}}}', "utf-8")
    return folder


def everything_in(folder: Path) -> dict[str, str]:
    return {
        str(file): hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "folder"
        for file in sorted(folder.rglob("*"))
    }


def refusals(state: Path, data: bytes) -> tuple[Text, ...]:
    try:
        look_at(state, data)
    except BundleRefused as refused:
        return (refused.text,)
    except ConfigurationRefused as refused:
        return refused.faults
    return ()


def test_there_are_forty_and_more() -> None:
    assert len(HOSTILE) >= 40


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_bundle_is_refused_and_nothing_has_changed(
    name: str, state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make, code = HOSTILE[name]
    data = make()
    bundle = tmp_path / "hostile.tipring"
    bundle.write_bytes(data)
    before = everything_in(tmp_path)

    faults = refusals(state, data)
    exit_code = main(["import", "--state", str(state), str(bundle)])

    said = capsys.readouterr()
    assert [fault.code for fault in faults] == [code]
    assert exit_code == 1
    assert said.out == ""
    assert said.err.endswith("\n")
    assert said.err[:-1].isprintable()  # one line, too
    assert everything_in(tmp_path) == before


def test_the_good_one_they_are_made_from_is_taken(state: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "good.tipring"
    bundle.write_bytes(good())

    assert main(["import", "--state", str(state), str(bundle)]) == 0


def test_a_signed_one_is_taken_once(state: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "good.tipring"
    bundle.write_bytes(signed(OWNER, serial=6))

    assert main(["import", "--state", str(state), str(bundle)]) == 0
    assert main(["import", "--state", str(state), str(bundle)]) == 1
