"""A furnished box, a spare one, and a backup of the first."""

from pathlib import Path

import pytest

from firmware.backup.making import make_backup
from tests.firmware.backup.small_box import AT, SECRET, furnish_box


@pytest.fixture
def box(tmp_path: Path) -> Path:
    state = tmp_path / "box"
    furnish_box(state, office="Old office")
    return state


@pytest.fixture
def spare(tmp_path: Path) -> Path:
    state = tmp_path / "spare"
    furnish_box(state, office="Spare box", call_id="01JD0000000000000000000009")
    return state


@pytest.fixture
def backup(box: Path) -> Path:
    """With the recordings."""
    folder = box / "backups"
    folder.mkdir()
    make_backup(box, folder / "one.backup", SECRET.public(), AT, recordings=True)
    return folder / "one.backup"
