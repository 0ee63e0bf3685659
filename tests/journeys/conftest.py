"""One practice box for all journeys that leave it as they found it; a fresh one for the others."""

from collections.abc import Iterator

import pytest

from tests.practice_box import PracticeBox


@pytest.fixture(scope="session")
def box() -> Iterator[PracticeBox]:
    """A running box; a test must not leave a call or a dead process behind."""
    box = PracticeBox.start()
    yield box
    box.stop()
    box.remove()


@pytest.fixture
def own_box() -> Iterator[PracticeBox]:
    """A box the test may break."""
    box = PracticeBox.start()
    yield box
    box.stop()
    box.remove()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.timeout(180))
