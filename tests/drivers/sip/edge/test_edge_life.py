"""Kamailio is killed, hung, kept from its port, missing: what stays and what is said."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from drivers.sip.edge.certificate import own_certificate, tls_profiles
from drivers.sip.edge.configuration import EdgeFiles, configuration
from drivers.sip.edge.place import EdgePlace
from drivers.sip.edge.process import find_kamailio
from drivers.sip.edge.registrations import read_registrations
from firmware.contract.texts import Text
from tests.drivers.sip.edge.edge_rig import ALICE, OFFICE, PASSWORD, edge_rig
from tests.drivers.sip.edge.fake_worker import FakeWorker
from tests.drivers.sip.edge.sip_wire import free_port

CARD = """
import asyncio, sys
from pathlib import Path
from drivers.sip.edge.edge import Edge
from drivers.sip.edge.place import EdgePlace

class Nobody:
    def registrations_changed(self, registrations): pass
    def passwords_refused(self, refused): pass
    def edge_trouble(self, trouble): pass

async def main():
    state, port, inner = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    edge = Edge(state, EdgePlace(("127.0.0.1",), port, inner, ("127.0.0.0/8",)), Nobody())
    running = asyncio.create_task(edge.run())
    await edge.applied()
    print(edge.pid, flush=True)
    await running

asyncio.run(main())
"""
PLACE = EdgePlace(listen=(OFFICE,), port=5060, inner_port=5070, office=("192.168.1.0/24",))


async def test_who_is_where_outlives_a_killed_kamailio() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))
        phone = await rig.phone()
        await phone.register()
        await rig.events.until(lambda: "alice" in rig.events.registrations)
        await rig.kill_kamailio()

        await _until_reached(rig.address)

        async with asyncio.timeout(10):
            # It answers a moment before it has read the location.
            answer = 480
            while answer == 480:
                one.invite(rig, "sip:alice@tipring.local")
                answer = (await one.next()).status
        assert (await phone.wire.next_with("INVITE")).method == "INVITE"
        assert "alice" in rig.edge.registrations


async def test_who_registered_a_moment_before_the_end_is_remembered() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE)
        assert (await (await rig.phone()).register()).status == 200

        await rig.close()

        assert "alice" in read_registrations(rig.state / "sip" / "location.db", time.time())


async def test_a_hundred_phones_at_once_are_all_remembered() -> None:
    users = [f"phone{number}" for number in range(100)]
    lines = [ALICE.model_copy(update={"id": f"sip-{user}", "user": user}) for user in users]
    async with edge_rig() as rig:
        await rig.use(*lines)
        phones = [await rig.phone(user) for user in users]

        answers = await asyncio.gather(*(phone.register() for phone in phones))

        assert {answer.status for answer in answers} == {200}
        await rig.events.until(lambda: set(rig.events.registrations) == set(users))


async def test_a_call_goes_on_over_a_killed_kamailio() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))
        phone = await rig.phone()
        answer = await phone.invite("102")
        await rig.kill_kamailio()
        await _until_reached(rig.address)

        one.send_back(rig, "INVITE", one.invites[0])
        assert (await phone.wire.next_with("INVITE")).method == "INVITE"
        assert (await phone.hang_up(answer)).status == 200
        assert (await one.next_with("BYE")).method == "BYE"


async def test_no_process_is_left_behind() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE)
        group = rig.edge.pid
        assert group is not None
        await rig.kill_kamailio()
        await rig.until(lambda: not _lives(group))
        last = rig.edge.pid
    assert last is not None
    await rig.until(lambda: not _lives(last))


async def test_it_dies_with_the_card() -> None:
    state = Path(tempfile.mkdtemp(prefix="edge-"))
    ports = free_port(), free_port()
    card = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CARD, str(state), *map(str, ports), stdout=asyncio.subprocess.PIPE
    )
    assert card.stdout is not None
    group = int(await asyncio.wait_for(card.stdout.readline(), 20))

    card.kill()
    await card.wait()

    async with asyncio.timeout(10):
        while _lives(group):  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.02)
    shutil.rmtree(state)


async def test_a_hung_kamailio_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.sip.edge.edge.ASK_EVERY_S", 0.2)
    monkeypatch.setattr("drivers.sip.edge.rpc.PATIENCE_S", 0.5)
    async with edge_rig() as rig:
        await rig.use(ALICE)
        hung = rig.edge.pid
        assert hung is not None

        os.killpg(hung, signal.SIGSTOP)

        await rig.until(lambda: rig.edge.pid not in (None, hung))
        await _until_reached(rig.address)


async def test_a_taken_port_is_said_and_used_once_it_is_free() -> None:
    async with edge_rig(start=False) as rig:
        with socket.socket(type=socket.SOCK_DGRAM) as other:
            other.bind(rig.address)
            rig.start()
            facts: dict[str, str | int | float] = {"address": OFFICE, "port": rig.place.port}
            await rig.events.until(lambda: bool(rig.events.troubles))
            assert rig.events.troubles == [Text(code="sip.port-taken", args=facts)]

        await rig.use(ALICE)

        assert rig.events.troubles[-1] is None


async def test_an_address_the_box_does_not_have_is_said() -> None:
    async with edge_rig("192.0.2.7") as rig:
        await rig.events.until(lambda: bool(rig.events.troubles))

        trouble = rig.events.troubles[-1]
        assert trouble is not None
        assert trouble.code == "sip.no-such-address"


async def test_a_box_without_kamailio_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.sip.edge.edge.find_kamailio", lambda: None)
    async with edge_rig() as rig:
        await rig.events.until(lambda: bool(rig.events.troubles))

        assert rig.edge.missing
        assert rig.events.troubles == [Text(code="sip.no-edge")]


async def test_another_place_is_moved_to() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE)
        elsewhere = EdgePlace(
            listen=(OFFICE,),
            port=free_port(),
            inner_port=rig.place.inner_port,
            office=rig.place.office,
        )

        rig.edge.move(elsewhere)
        await _until_reached((OFFICE, elsewhere.port))

        phone = await rig.phone()
        phone.edge = (OFFICE, elsewhere.port)
        assert (await phone.register()).status == 200


async def test_a_torn_location_is_made_anew() -> None:
    async with edge_rig(start=False) as rig:
        folder = rig.state / "sip"
        folder.mkdir()
        (folder / "location.db").write_bytes(b"SQLite format 3\0" + b"torn" * 300)
        rig.start()
        await rig.use(ALICE)

        assert (await (await rig.phone()).register()).status == 200


async def test_what_holds_secrets_is_for_us_alone() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE)

        files = {path.name: path for path in (rig.state / "sip").iterdir()}
        for name in ("book.db", "location.db", "edge.secret", "edge.key", "kamailio.cfg"):
            assert files[name].stat().st_mode & 0o077 == 0, name
        assert all(PASSWORD.encode() not in _content(path) for path in files.values())


def _content(path: Path) -> bytes:
    """A database's journal comes and goes."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


@pytest.mark.parametrize(
    "place",
    [
        PLACE,
        EdgePlace(listen=("127.0.0.1", "127.0.0.2"), port=5060, inner_port=5070, office=()),
        EdgePlace(listen=("::1",), port=5060, inner_port=5070, office=("fd00::/8",), domain="x.y"),
    ],
)
def test_kamailio_finds_no_fault_in_its_configuration(place: EdgePlace) -> None:
    program = find_kamailio()
    assert program is not None
    folder = Path(tempfile.mkdtemp(prefix="edge-"))
    files = EdgeFiles(folder, folder)
    files.tls.write_text(tls_profiles(own_certificate(folder, place.domain)))
    files.configuration.write_text(configuration(place, files, b"s" * 32))

    check = subprocess.run(
        [program, "-c", "-f", str(files.configuration)], capture_output=True, text=True, check=False
    )

    shutil.rmtree(folder)
    assert check.returncode == 0, check.stderr


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


async def _until_reached(address: tuple[str, int]) -> None:
    """Return once something listens there over TCP, as it does soon after UDP."""
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection(*address)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
