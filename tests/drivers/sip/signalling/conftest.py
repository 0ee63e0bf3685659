"""One worker for a test module: starting one takes longer than most calls."""

from collections.abc import Iterator

import pytest

from tests.drivers.sip.signalling.far_end import WorkerUnderTest, worker


@pytest.fixture(scope="module")
def shared_worker() -> Iterator[WorkerUnderTest]:
    with worker() as under_test:
        yield under_test


@pytest.fixture
def line(shared_worker: WorkerUnderTest) -> Iterator[WorkerUnderTest]:
    """The shared worker, idle again and with nothing untold after each test."""
    yield shared_worker
    assert shared_worker.process.poll() is None
    told = [one["kind"] for one in shared_worker.pending()]
    assert "invited" not in told
    shared_worker.far.seen.clear()
