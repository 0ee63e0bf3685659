"""Hundreds of calls through one signalling worker, and all its places busy for long."""

import time
from typing import Final

import numpy as np
import pytest

from tests.drivers.sip.signalling import test_wrong_requests as wrong
from tests.drivers.sip.signalling.far_end import (
    WorkerUnderTest,
    answered_call,
    call_in,
    description,
    hang_up,
    worker,
)
from tests.soak.lengths import soak_length

pytestmark = pytest.mark.soak

CALLS: Final = soak_length("SIP_CALLS", 500)
SEEDS: Final = soak_length("SIP_SEEDS", 60)
SECONDS: Final = soak_length("SIP_SECONDS", 600)
ROUND: Final = 50
SETTLE_S: Final = 10.0
"""The library keeps each finished transaction for 8 s; what it then still holds may be a leak."""
PACE_S: Final = 0.2
"""A new call at this pace is more than an office has; without it finished ones pile up."""
MAX_KB_A_CALL: Final = 4.0
"""A call object that stays costs 30 and more."""


def slope_kb(points: list[tuple[int, int]]) -> float:
    """Return the growth of memory a call, over the second half of (calls, kB)."""
    late = np.array(points[len(points) // 2 :], dtype=float)
    return float(np.polyfit(late[:, 0], late[:, 1], 1)[0])


def one_call(line: WorkerUnderTest, number: int) -> None:
    """A call in with early sound, hold and a digit; some go out, some are refused."""
    if number % 5 == 4:
        refused = call_in(line)
        line.order("clear", leg_id=refused.leg_id, cause=17)
        refused.far.acknowledge(refused.expect(486))
        line.news("ended", refused.leg_id)
        return
    if number % 3 == 2:
        call_out(line, f"soak-{number}")
        return
    call = answered_call(line)
    call.request("INVITE", body=description(formats="8", extra="a=sendonly\r\n", version=2))
    call.far.acknowledge(call.expect(200, "INVITE"))
    call.request("INFO", body="Signal=5\r\n", content_type="application/dtmf-relay")
    line.news("info-digit", call.leg_id)
    hang_up(line, call)


def call_out(line: WorkerUnderTest, leg_id: str) -> None:
    line.order("invite", leg_id=leg_id, account_id="phone-1", user="201", shown_number="101")
    invite = line.far.expect("INVITE")
    line.far.reply(invite, "183 Session Progress", body=description())
    line.far.reply(invite, "200 OK", body=description())
    line.news("answered", leg_id)
    line.order("clear", leg_id=leg_id)
    line.far.reply(line.far.expect("BYE", invite.header("call-id")), "200 OK")
    line.news("ended", leg_id)


@pytest.mark.timeout(3600)
def test_calls_one_after_another_leak_nothing() -> None:
    points: list[tuple[int, int]] = []
    with worker() as line:
        for first in range(0, CALLS, ROUND):
            for number in range(first, first + ROUND):
                one_call(line, number)
                line.far.seen.clear()
            time.sleep(SETTLE_S)
            points.append((first + ROUND, line.rss_kb()))
        slope = slope_kb(points)
        print(f"\n{CALLS} calls: RSS {points[0][1]} -> {points[-1][1]} kB, {slope:+.2f} kB a call")
        calls = [answered_call(line) for _ in range(line.ready["capacity"])]
        for call in calls:
            hang_up(line, call)

    assert slope < MAX_KB_A_CALL


@pytest.mark.timeout(3600)
def test_all_places_stay_busy_and_the_call_beyond_is_refused() -> None:
    with worker() as line:
        capacity = line.ready["capacity"]
        calls = [answered_call(line) for _ in range(capacity)]
        began, before = time.monotonic(), line.rss_kb()
        refused = renewed = 0
        while time.monotonic() - began < SECONDS:
            beyond = line.far.call_id()
            line.far.send(line.far.request("INVITE", beyond, body=description()))
            line.far.acknowledge(line.far.expect(486, beyond))
            refused += 1
            hang_up(line, calls.pop(0))
            calls.append(answered_call(line))
            renewed += 1
            time.sleep(PACE_S)
            line.far.seen.clear()
        for call in calls:
            hang_up(line, call)
        print(
            f"\n{SECONDS} s: {renewed} calls on {capacity} places, {refused} refused, "
            f"RSS {before} -> {line.rss_kb()} kB"
        )
        assert line.pending() == []


@pytest.mark.timeout(3600)
def test_mutated_messages_in_their_thousands_do_no_harm() -> None:
    for seed in range(1_000, 1_000 + SEEDS):
        wrong.test_mutated_messages_within_a_call_do_no_harm(seed)
        wrong.test_mutated_messages_outside_calls_do_no_harm(seed)
    print(f"\n{SEEDS * 600} mutated messages")
