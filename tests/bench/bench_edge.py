"""What Kamailio costs: memory, wrong passwords by the thousand, registrations, calls.

CPU is that of all its processes together, from /proc; memory is their PSS. The
attack is one address sending wrong REGISTERs at 1,000 a second.

Run: `python tests/bench/bench_edge.py`.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.calibration import machine
from tests.drivers.sip.edge.edge_rig import ALICE, EdgeRig, edge_rig
from tests.drivers.sip.edge.fake_worker import FakeWorker
from tests.drivers.sip.edge.password_guesser import OUTSIDE, REMOTE, PasswordGuesser
from tests.drivers.sip.edge.sip_wire import Phone

ATTEMPTS: Final = 10_000
A_SECOND: Final = 1_000
REGISTRATIONS: Final = 200
CALLS: Final = 200
TIMED: Final = 100
REST_S: Final = 0.1
"""Below the messages a second that are heard from outside."""
CLOCK_TICKS: Final = 100


async def main() -> None:
    print(machine())
    async with edge_rig(OUTSIDE) as rig, FakeWorker.at_work(rig, capacity=4) as one:
        began = time.monotonic()
        await rig.use(ALICE, REMOTE, workers=(one.worker,))
        print(f"started and configured in {time.monotonic() - began:.2f} s")
        pids = _processes(rig)
        print(f"{len(pids)} processes, PSS {_pss_mb(pids):.1f} MB")

        guesser = PasswordGuesser(await rig.wire(OUTSIDE), rig.address)
        await _measure("wrong REGISTER", rig, ATTEMPTS, guesser.guess(ATTEMPTS, A_SECOND))
        print(f"  {len(guesser.answers())} answers; banned: {await rig.edge.bans()}")
        await rig.edge.unban(OUTSIDE)
        stranger = PasswordGuesser(await rig.wire("127.0.0.9"), rig.address)
        await _measure("REGISTER of a stranger", rig, ATTEMPTS, _names(stranger))
        await _measure("registration", rig, REGISTRATIONS, _register(rig))
        await _time_refusals(rig)
        await _measure("call set up and cleared", rig, CALLS, _calls(rig))
        print(f"load afterwards: {dict(await rig.edge.load())}; PSS {_pss_mb(pids):.1f} MB")
    print(machine())


async def _measure(what: str, rig: EdgeRig, count: int, work: Awaitable[None]) -> None:
    began, cpu = time.monotonic(), _cpu_s(_processes(rig))
    await work
    took_s, cpu_s = time.monotonic() - began, _cpu_s(_processes(rig)) - cpu
    print(
        f"{what}: {count} in {took_s:.1f} s, {cpu_s:.2f} s CPU, "
        f"{cpu_s / count * 1e6:.0f} us each, {100 * cpu_s / took_s:.1f} % of a core"
    )


async def _time_refusals(rig: EdgeRig) -> None:
    """How long the same answer takes: who guesses must not hear which of the two it was."""
    times: dict[str, list[float]] = {"remote": [], "nobody": []}
    for _ in range(TIMED):
        for user, taken in times.items():
            phone = await rig.phone(user, "a wrong one", OUTSIDE)
            began = time.perf_counter()
            assert (await phone.register()).status == 401
            taken.append((time.perf_counter() - began) * 1e6)
            await asyncio.sleep(REST_S)
            await rig.edge.unban(OUTSIDE)
    for user, taken in times.items():
        low, median, high = statistics.quantiles(taken, n=4)
        print(f"refused {user}: median {median:.0f} us, quartiles {low:.0f} and {high:.0f}")


async def _names(stranger: PasswordGuesser) -> None:
    await stranger.guess_names(ATTEMPTS, A_SECOND)


async def _register(rig: EdgeRig) -> None:
    phone = await rig.phone()
    for _ in range(REGISTRATIONS):
        assert (await phone.register()).status == 200


async def _calls(rig: EdgeRig) -> None:
    phone: Phone = await rig.phone()
    for _ in range(CALLS):
        answer = await phone.invite("102")
        assert answer.status == 200, answer.text
        await phone.hang_up(answer)


def _processes(rig: EdgeRig) -> list[Path]:
    """Return the folders below /proc of Kamailio's process group."""
    group = str(rig.edge.pid)
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):  # others come and go
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if fields[2] == group:
                found.append(folder)
    return found


def _cpu_s(folders: list[Path]) -> float:
    ticks = 0
    for folder in folders:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / CLOCK_TICKS


def _pss_mb(folders: list[Path]) -> float:
    kilobytes = 0
    for folder in folders:
        for line in (folder / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1024


if __name__ == "__main__":
    asyncio.run(main())
