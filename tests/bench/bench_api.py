"""How quick the lists are over 200,000 calls while 16 recorded calls are on, and their ticks.

Four clients look through the calls as people do: pages, filters, texts that are
common, rare and nowhere. Targets: p95 50 ms over all of it, and no more ticks
missed than an idle process on the same machine misses. Prints, asserts nothing.
Run: `python tests/bench/bench_api.py [CALLS]`.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import http.client
import shutil
import sys
import tempfile
import threading
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.bench_hammer import missed_ticks, start
from tests.bench.calibration import machine
from tests.bench.family import cpu_s
from tests.bench.hammer import owner_cookie
from tests.bench.many_calls import make_calls
from tests.peers.sip_office import sip_office
from tests.peers.sipp_run import Load, Sipp
from tests.practice_box import PracticeBox, free_sip_port, wait_for

CALLS: Final = 200_000
LIVE_CALLS: Final = 16
WINDOW_S: Final = 60
QUIET_S: Final = 20
CLIENTS: Final = 4
PAUSE_S: Final = 0.1
"""What a client looks at before it asks again."""
TARGET_MS: Final = 50
WISHES: Final[dict[str, dict[str, str]]] = {
    "newest": {},
    "incoming, answered": {"incoming": "true", "disposition": "answered"},
    "one line, blocked": {"line_id": "gsm-2", "disposition": "blocked"},
    "one person": {"extension": "103"},
    "nobody": {"extension": "199"},
    "longer than 10 min": {"length": "longer"},
    "not recorded": {"recorded": "false"},
    "starred": {"starred": "true"},
    "a month long ago": {"since": "2024-03-01T00:00:00Z", "until": "2024-04-01T00:00:00Z"},
    "text, common": {"text": "01632 96"},
    "text, one number": {"text": "01632 9612345"},
    "text, name": {"text": "kowalska"},
    "text, note": {"text": "invoice"},
    "text, nowhere": {"text": "no such thing"},
    "text and person": {"text": "poole", "extension": "104"},
}
OTHER_LISTS: Final = ("/api/voicemail", "/api/audit")
Times = defaultdict[str, list[float]]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CALLS
    print(machine())
    state = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))
    made_in = time.monotonic()
    make_calls(state, count, first=datetime.now(UTC) - timedelta(minutes=count + 60))
    size_mb = sum(file.stat().st_size for file in state.iterdir()) / 1e6
    print(f"{count} calls made in {time.monotonic() - made_in:.0f} s, {size_mb:.0f} MB")
    port = free_sip_port()
    box = PracticeBox.start(sip_office({port: LIVE_CALLS}), keep=state, lines=1)
    try:
        _measure(box, port)
        print(machine())
    finally:
        box.stop()
        shutil.rmtree(state)


def _measure(box: PracticeBox, port: int) -> None:
    cookie = owner_cookie(box.state, box.port)
    load = Load(LIVE_CALLS, LIVE_CALLS, (WINDOW_S + QUIET_S + 60) * 1000, LIVE_CALLS / 8)
    trunk = Sipp(f"127.0.0.1:{box.sip_port}", port, load)
    try:
        wait_for("16 calls", lambda: len(box.live_calls()) == LIVE_CALLS, 60)
        print(f"{'':<16}{'seconds':>8}{'ticks missed':>14}{'idle process':>14}")
        spent_s = 0.0
        for way, seconds in (("calls alone", QUIET_S), ("calls and lists", WINDOW_S)):
            before = missed_ticks(box)
            idle = start("tests.bench.idle_clock", seconds)
            times: Times = defaultdict(list)
            if way == "calls alone":
                time.sleep(seconds)
            else:
                spent_s = _web_cpu_s(box)
                _look_through(box.port, cookie, seconds, times)
                spent_s = _web_cpu_s(box) - spent_s
            beside = int(idle.communicate()[0])
            missed = missed_ticks(box) - before
            print(f"{way:<16}{seconds:>8}{missed:>14}{beside:>14}")
        _print_times(times)
        answers = sum(map(len, times.values()))
        print(f"web process: {1000 * spent_s / answers:.1f} ms CPU an answer")
        print(f"calls still on: {len(box.live_calls())}")
    finally:
        trunk.close()


def _web_cpu_s(box: PracticeBox) -> float:
    return sum(cpu_s(pid) for pid, name in box.processes().items() if name.startswith("webui"))


def _look_through(port: int, cookie: str, seconds: int, times: Times) -> None:
    until_s = time.monotonic() + seconds
    clients = [
        threading.Thread(target=_look, args=(port, cookie, until_s, times, number))
        for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()


def _look(port: int, cookie: str, until_s: float, times: Times, number: int) -> None:
    """Ask one list after another, each client beginning with another one."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    questions = [(name, f"/api/calls?{urlencode(wish)}") for name, wish in WISHES.items()]
    questions += [(path, path) for path in OTHER_LISTS]
    place = number * len(questions) // CLIENTS
    while time.monotonic() < until_s:
        name, path = questions[place % len(questions)]
        place += 1
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        times[name].append(1000 * (time.perf_counter() - began))
        assert answer.status == 200, (path, answer.status)
        time.sleep(PAUSE_S)
    connection.close()


def _print_times(times: Times) -> None:
    print(f"{'list':<22}{'asked':>7}{'median ms':>11}{'p95 ms':>9}")
    for name, taken in times.items():
        print(f"{name:<22}{len(taken):>7}{_share(taken, 0.5):>11.1f}{_share(taken, 0.95):>9.1f}")
    everything = [one for taken in times.values() for one in taken]
    p95 = _share(everything, 0.95)
    print(f"{'all':<22}{len(everything):>7}{_share(everything, 0.5):>11.1f}{p95:>9.1f}")
    print(f"p95 of all lists: {p95:.1f} ms, target {TARGET_MS} ms")


def _share(taken: list[float], share: float) -> float:
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * share))]


if __name__ == "__main__":
    main()
