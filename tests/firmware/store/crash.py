"""A process that writes calls as the exchange does and is killed in the middle.

It prints the id of each call whose `finish` has returned: those must be found.
"""

import asyncio
import sys
from pathlib import Path

from tests.firmware.store.rows_of import call, committed, ended, leg, opened, spent, step


async def main(state: Path) -> None:
    async with opened(state) as records:
        up = call(0)
        records.calls.begin(up)
        records.calls.put_leg(leg(up, answered_ms=1500))
        await committed(records)
        print("up", up.call_id, flush=True)  # noqa: T201
        for minute in range(1, 100_000):
            row = call(minute)
            records.calls.begin(row)
            records.calls.put_leg(leg(row))
            for at_ms in range(0, 500, 100):
                records.calls.add_step(row.call_id, step(at_ms))
            await records.calls.finish(ended(row), spent())
            print("finished", row.call_id, flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
