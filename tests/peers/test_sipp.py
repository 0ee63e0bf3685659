"""sipp as a provider's trunk: many calls one after another and at once, and one too many."""

from collections.abc import Iterator

import pytest

from firmware.store.archive import Archive
from tests.peers.sip_office import sip_office
from tests.peers.sipp_run import Counted, Load, Sipp
from tests.practice_box import PracticeBox, free_sip_port, wait_for

CALLS_AT_ONCE = 4


@pytest.fixture(scope="module")
def trunk() -> int:
    return free_sip_port()


@pytest.fixture(scope="module")
def box(trunk: int) -> Iterator[PracticeBox]:
    """A box with room for four calls over SIP: one worker."""
    started = PracticeBox.start(sip_office({trunk: CALLS_AT_ONCE}), lines=1)
    yield started
    started.stop()
    started.remove()


def test_forty_calls_four_at_once_all_get_through(box: PracticeBox, trunk: int) -> None:
    count = _counted(box, trunk, Load(calls=40, at_once=CALLS_AT_ONCE, talk_ms=1_000))
    assert (count.good, count.failed) == (40, 0), count.unexpected
    wait_for("the box is idle", lambda: not box.live_calls(), 10)
    rows = Archive(box.state / "tipring.db").calls(limit=100)
    assert len(rows) == 40
    assert all(row.ended_at is not None for row in rows)


def test_the_call_beyond_capacity_is_told_when_to_come_back(box: PracticeBox, trunk: int) -> None:
    count = _counted(box, trunk, Load(calls=5, at_once=5, talk_ms=4_000))
    assert (count.good, count.failed) == (4, 1)
    assert "SIP/2.0 503" in count.unexpected
    assert "Retry-After: " in count.unexpected


def _counted(box: PracticeBox, trunk: int, load: Load) -> Counted:
    with Sipp(f"127.0.0.1:{box.sip_port}", trunk, load) as sipp:
        return sipp.counted(120)
