"""A line whose crystal is off: the delay stays, and no more is lost than the clock forces.

60 s at 2,000 ppm in every run, as much drift as 20 minutes at 100 ppm; those are in
tests/soak. A second call at the same time, on a line with a good crystal, shows what
a busy machine costs anyway.
"""

from tests.journeys.drifting_talk import drifting_box, judged

TALK_S = 60
DRIFT_PPM = 2_000


async def test_delay_does_not_grow_over_a_line_whose_clock_is_wrong() -> None:
    async with drifting_box(2_000) as (box, phones):
        await judged(box, phones, TALK_S, DRIFT_PPM)
