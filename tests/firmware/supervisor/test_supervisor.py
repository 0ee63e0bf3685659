"""The supervisor: what it starts, restarts and refuses, and that nothing outlives it."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firmware.__main__ import main
from firmware.supervisor.child import Child, Program
from firmware.supervisor.plan import Place, base_programs, cards_needed, stop_order
from firmware.supervisor.state_folder import StateRefused, lock, prepare
from tests.firmware.scripted_box import bare_state

DEADLINE_S = 20.0
LOOK_EVERY_S = 0.01


def program(code: str, name: str = "test") -> Program:
    return Program(name, (sys.executable, "-c", code))


async def until(is_so: Callable[[], bool]) -> None:
    """Look again and again: a process's state has no event to wait for."""
    for _look in range(int(DEADLINE_S / LOOK_EVERY_S)):
        if is_so():
            return
        await asyncio.sleep(LOOK_EVERY_S)
    raise TimeoutError


def is_gone(pid: int) -> bool:
    """Whether the process has ended; one that only waits to be collected has."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text("ascii")
    except OSError:
        return True


async def test_what_dies_is_started_again() -> None:
    deaths: list[int] = []
    child = Child(program("import time; time.sleep(60)"), lambda _, code: deaths.append(code))
    keeping = asyncio.create_task(child.keep_running())
    await until(lambda: child.pid is not None)
    first = child.pid
    assert first is not None

    os.kill(first, signal.SIGKILL)

    await until(lambda: child.pid not in {None, first})
    assert deaths == [-signal.SIGKILL]
    await child.stop()
    await keeping


async def test_a_program_that_cannot_start_is_tried_with_growing_pauses() -> None:
    deaths: list[float] = []
    child = Child(program("raise SystemExit(3)"), lambda _, __: deaths.append(time.monotonic()))
    keeping = asyncio.create_task(child.keep_running())

    await until(lambda: len(deaths) >= 3)
    await child.stop()
    keeping.cancel()

    assert deaths[2] - deaths[1] > 0.3


async def test_stopping_waits_for_a_clean_end() -> None:
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
        "time.sleep(60)"
    )
    child = Child(program(code), lambda *_: None)
    keeping = asyncio.create_task(child.keep_running())
    await until(lambda: child.pid is not None)
    pid = child.pid
    assert pid is not None

    await child.stop()
    await keeping

    assert is_gone(pid)


def test_a_second_supervisor_on_the_same_state_is_refused() -> None:
    with bare_state() as state:
        held = lock(state)
        with pytest.raises(StateRefused) as refused:
            lock(state)
        os.close(held)
        os.close(lock(state))

    assert refused.value.text.code == "run.already-running"


def test_a_path_too_long_for_sockets_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 100)

    with pytest.raises(StateRefused) as refused:
        prepare(deep, practice=True)

    assert refused.value.text.code == "run.path-too-long"
    assert not deep.exists()


def test_a_state_folder_that_cannot_be_made_is_one_sentence() -> None:
    with bare_state() as state:
        (state / "file").touch()
        with pytest.raises(StateRefused) as refused:
            prepare(state / "file" / "state", practice=False)

    assert refused.value.text.code == "run.state-not-writable"


def test_the_cards_follow_from_the_configuration(tmp_path: Path) -> None:
    configuration = tmp_path / "tipring.toml"
    configuration.write_text('[[lines]]\ndriver = "fxo"\n[[lines]]\ndriver = "virtual"\n', "utf-8")

    assert cards_needed(configuration) == frozenset({"fxo", "virtual"})
    configuration.write_text("", "utf-8")
    assert cards_needed(configuration) == frozenset({"gsm", "fxo"})
    assert cards_needed(configuration, practice=True) == frozenset({"gsm", "fxo", "virtual"})
    configuration.write_text("[[lines", "utf-8")
    assert cards_needed(configuration) is None


def test_the_exchange_stops_before_what_it_needs_to_end_its_calls(tmp_path: Path) -> None:
    place = Place(tmp_path, 8080, "127.0.0.1", practice=True)
    names = [one.name for one in base_programs(place)] + ["card-gsm"]

    order = sorted(names, key=stop_order)

    assert order.index("exchange") < order.index("card-gsm") < order.index("switch")


def test_a_faulty_configuration_keeps_the_box_from_starting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty = tmp_path / "faulty.toml"
    faulty.write_text("[office]\nnane = 1\n", "utf-8")
    with bare_state() as state:
        assert main(["run", "--state", str(state), "--config", str(faulty)]) == 1

    assert "nane" in capsys.readouterr().err


@contextlib.contextmanager
def running_box(state: Path) -> Iterator[subprocess.Popen[str]]:
    """A box without practice lines, so that it is quick; killed hard if it is still there."""
    command = [sys.executable, "-m", "firmware", "run", "--state", str(state), "--port", "0"]
    box = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield box
    finally:
        if box.poll() is None:
            box.kill()
        box.communicate()


def children_of(box: subprocess.Popen[str]) -> list[int]:
    listed = Path(f"/proc/{box.pid}/task/{box.pid}/children").read_text("ascii")
    return [int(pid) for pid in listed.split()]


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_however_the_supervisor_ends_no_process_is_left(how: signal.Signals) -> None:
    with bare_state() as state, running_box(state) as box:
        wait_until((state / "run" / "control.sock").exists)
        children = children_of(box)
        assert len(children) >= 4

        box.send_signal(how)

        wait_until(lambda: all(map(is_gone, children)))
        wait_until(lambda: box.poll() is not None)
        assert box.returncode == (-how if how is signal.SIGKILL else 0)
