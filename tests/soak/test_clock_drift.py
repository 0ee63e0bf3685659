"""Twenty minutes over a line whose crystal is 100 ppm fast, and slow."""

import pytest

from tests.journeys.drifting_talk import drifting_box, judged
from tests.soak.lengths import soak_length

TALK_S = soak_length("DRIFT_S", 1_200)


@pytest.mark.timeout(2 * TALK_S + 300)
@pytest.mark.parametrize("drift_ppm", [100, -100])
async def test_delay_does_not_grow_in_twenty_minutes(drift_ppm: float) -> None:
    async with drifting_box(drift_ppm) as (box, phones):
        await judged(box, phones, TALK_S, drift_ppm)
