"""From a stick into STATE/incoming, and what lies there to harm."""

import os
from pathlib import Path

import pytest

from firmware.bundle.incoming import (
    FOLDER,
    MAX_WAITING,
    bundle_bytes,
    drop,
    leave_bundle,
    leave_refusal,
    take_refusals,
    waiting,
)
from firmware.bundle.refusal import BundleRefused
from firmware.bundle.stick import main
from firmware.contract.errors import NotFound, StorageFault
from firmware.contract.texts import Text
from tests.firmware.bundle.bundle_maker import bundle_of, good_contents
from tests.firmware.bundle.test_fat import make_stick


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "state" / FOLDER).mkdir(parents=True)
    return tmp_path / "state"


def test_a_good_bundle_waits_for_the_exchange(state: Path, tmp_path: Path) -> None:
    data = bundle_of(good_contents())
    stick = make_stick(tmp_path / "stick", "32", "office.tipring", content=data)

    assert main([str(stick), "--state", str(state)]) == 0

    (bundle_id,) = waiting(state)
    assert bundle_bytes(state, bundle_id) == data
    assert take_refusals(state) == ()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"no zip", "bundle.not-a-bundle"), (None, "stick.no-bundle")],
)
def test_a_bad_stick_leaves_a_sentence(
    content: bytes | None, code: str, state: Path, tmp_path: Path
) -> None:
    names = () if content is None else ("office.tipring",)
    stick = make_stick(tmp_path / "stick", "12", *names, content=content or b"")

    assert main([str(stick), "--state", str(state)]) == 1

    assert waiting(state) == ()
    assert [text.code for text in take_refusals(state)] == [code]
    assert take_refusals(state) == ()


def test_a_stick_that_is_gone_leaves_a_sentence(state: Path, tmp_path: Path) -> None:
    assert main([str(tmp_path / "gone"), "--state", str(state)]) == 1

    (text,) = take_refusals(state)
    assert text.code == "stick.cannot-read"


def test_the_same_bundle_again_is_one(state: Path) -> None:
    assert leave_bundle(state, b"a") == leave_bundle(state, b"a")

    assert len(waiting(state)) == 1


def test_of_too_many_the_oldest_go(state: Path) -> None:
    ids = [leave_bundle(state, bytes([number])) for number in range(MAX_WAITING + 3)]
    for age, bundle_id in enumerate(ids):
        os.utime(state / FOLDER / f"{bundle_id}.tipring", (age, age))

    assert waiting(state) == tuple(reversed(ids))[:MAX_WAITING]
    assert len(list((state / FOLDER).iterdir())) == MAX_WAITING


def test_a_dropped_bundle_is_gone(state: Path) -> None:
    bundle_id = leave_bundle(state, b"a")

    drop(state, bundle_id)
    drop(state, bundle_id)

    with pytest.raises(NotFound):
        bundle_bytes(state, bundle_id)


@pytest.mark.parametrize("bundle_id", ["", "../tipring", "0" * 15, "0" * 16 + "\n", "0" * 16])
def test_an_id_is_no_path(bundle_id: str, state: Path) -> None:
    drop(state, bundle_id)
    with pytest.raises(NotFound):
        bundle_bytes(state, bundle_id)


def test_a_link_or_a_pipe_is_not_followed(state: Path) -> None:
    (state / "secrets.toml").write_text("x", "utf-8")
    (state / FOLDER / f"{'0' * 16}.tipring").symlink_to(state / "secrets.toml")
    os.mkfifo(state / FOLDER / f"{'1' * 16}.tipring")

    for bundle_id in waiting(state):
        with pytest.raises(BundleRefused):
            bundle_bytes(state, bundle_id)


def test_a_sentence_that_is_none_is_told_as_damage(state: Path) -> None:
    (state / FOLDER / f"{'0' * 16}.refused").write_text("junk", "utf-8")
    leave_refusal(state, Text(code="stick.not-fat"))

    assert {text.code for text in take_refusals(state)} == {"stick.damaged", "stick.not-fat"}


def test_without_a_folder_the_fault_is_the_disks(tmp_path: Path) -> None:
    with pytest.raises(StorageFault):
        leave_bundle(tmp_path, b"a")
