"""Every test of this folder is a long form, on a box of its own."""

from collections.abc import Iterator

import pytest

from tests.practice_box import PracticeBox


@pytest.fixture
def own_box() -> Iterator[PracticeBox]:
    """A box the test may break."""
    box = PracticeBox.start()
    yield box
    box.stop()
    box.remove()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "soak" in item.path.parts:
            item.add_marker(pytest.mark.soak)
