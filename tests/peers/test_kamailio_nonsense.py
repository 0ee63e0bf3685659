"""Thousands of mutated messages at the edge: it lives, registers nobody, and hands nothing on."""

import asyncio
import random

import pytest

from tests.drivers.sip.edge.edge_rig import ALICE, edge_rig
from tests.drivers.sip.edge.fake_worker import FakeWorker
from tests.drivers.sip.edge.sip_wire import Wire, request

MESSAGES = 3_000
BURST = 50
METHODS = ("REGISTER", "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REFER", "NOTIFY", "PRACK")
SNIPPETS = (b"\r\n", b"\0", b"%00", b"<>", b";;", b"@@", b":", b"\xff\xfe", b"9" * 40, b" " * 60)
pytestmark = [pytest.mark.peer, pytest.mark.timeout(120)]


@pytest.mark.parametrize("seed", [1, 2])
async def test_mutated_messages_do_no_harm(seed: int) -> None:
    chance = random.Random(seed)
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))
        pid = rig.edge.pid
        wire = await rig.wire()

        for number in range(MESSAGES):
            assert wire.transport is not None
            wire.transport.sendto(_mutated(wire, chance), rig.address)
            if number % BURST == 0:
                await asyncio.sleep(0.01)

        assert (await (await rig.phone()).register()).status == 200
        await rig.events.until(lambda: set(rig.events.registrations) == {"alice"})
        assert len(rig.events.registrations["alice"]) == 1
        assert one.heard == []
        assert rig.edge.pid == pid
        assert not await rig.edge.load()


def _mutated(wire: Wire, chance: random.Random) -> bytes:
    method = chance.choice(METHODS)
    text = bytearray(
        request(
            wire,
            method,
            "sip:alice@tipring.local",
            "Route: <sip:127.0.0.1;lr>",
            'Authorization: Digest username="alice", realm="tipring", nonce="abc", uri="sip:x",'
            ' response="00000000000000000000000000000000", qop=auth, nc=00000001, cnonce="1"',
            "Replaces: a;to-tag=1;from-tag=2",
            body="v=0\r\n",
        ).encode()
    )
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(text))
        match chance.randrange(4):
            case 0:
                text[place] = chance.randrange(256)
            case 1:
                text[place:place] = chance.choice(SNIPPETS)
            case 2:
                del text[place : place + chance.randint(1, 30)]
            case _:
                line = bytes(text[place : place + 40])
                text[place:place] = line
    return bytes(text)
