"""The torture messages of RFC 4475: no crash, no registration taken, no place for a call lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drivers.sip.signalling.far_end import WorkerUnderTest, answered_call, hang_up, worker
from tests.drivers.sip.signalling.test_wrong_requests import still_takes_calls

MESSAGES = sorted((Path(__file__).parents[1] / "torture").glob("*.dat"))


@pytest.fixture(scope="module")
def tortured() -> Iterator[WorkerUnderTest]:
    with worker() as under_test:
        yield under_test


def clear_what_came(line: WorkerUnderTest) -> int:
    """End the calls that came of it; return how many."""
    came = [one["leg_id"] for one in line.settled() if one["kind"] == "invited"]
    for leg_id in came:
        line.order("clear", leg_id=leg_id)
    return len(came)


def test_all_messages_of_the_rfc_are_there() -> None:
    assert len(MESSAGES) == 49


@pytest.mark.parametrize("message", MESSAGES, ids=lambda path: path.stem)
def test_the_worker_survives(tortured: WorkerUnderTest, message: Path) -> None:
    tortured.far.send(message.read_bytes())

    clear_what_came(tortured)
    call = answered_call(tortured)
    assert hang_up(tortured, call)["cause"] == 16
    assert "REGISTER" not in tortured.far.agreed_to


def test_no_place_is_lost_when_all_came_at_once() -> None:
    with worker() as line:
        for _ in range(3):
            for message in MESSAGES:
                line.far.send(message.read_bytes())
            clear_what_came(line)
        while clear_what_came(line):
            pass
        for _ in range(line.ready["capacity"]):
            call = answered_call(line)
            hang_up(line, call)
        still_takes_calls(line)
