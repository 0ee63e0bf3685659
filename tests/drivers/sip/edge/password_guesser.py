"""Somebody outside who tries passwords, or names, as fast as told."""

import asyncio
from collections.abc import Iterable

from firmware.contract.settings import SipPhoneSettings
from tests.drivers.sip.edge.edge_rig import PASSWORD
from tests.drivers.sip.edge.sip_wire import Received, Wire, request, with_password

OUTSIDE = "127.0.0.2"
REMOTE = SipPhoneSettings(
    driver="sip",
    account="phone",
    id="sip-3",
    user="remote",
    secret=PASSWORD,
    network=f"{OUTSIDE}/32",
)
BURST = 25


class PasswordGuesser:
    def __init__(self, wire: Wire, edge: tuple[str, int]) -> None:
        self._wire, self._edge = wire, edge
        self._first: list[Received] = []
        self.sent = 0

    async def guess(self, attempts: int, a_second: int = 5_000) -> None:
        """Ask once for the challenge, then send that many wrong answers to it."""
        question = self._register("remote")
        self._wire.send(question, self._edge)
        challenge = await self._wire.next()
        self._first.append(challenge)
        wrong = with_password(question, challenge, "remote", "a wrong one")
        wrong = wrong.replace("nc=00000001", "nc=NUMBER")
        await self._send(
            (
                wrong.replace("z9hG4bK", f"z9hG4bKg{number}", 1).replace("NUMBER", f"{number:08x}")
                for number in range(1, attempts + 1)
            ),
            a_second,
        )

    async def guess_names(self, attempts: int, a_second: int = 5_000) -> None:
        """Ask with a new name each time and answer no challenge."""
        await self._send((self._register(f"u{number}") for number in range(attempts)), a_second)

    def answers(self) -> list[int]:
        """Return the statuses of all that came back."""
        queue = self._wire.inbox
        while not queue.empty():
            self._first.append(queue.get_nowait())
        return [one.status for one in self._first]

    async def _send(self, texts: Iterable[str], a_second: int) -> None:
        """Send at that pace: what overflows a socket's buffer would prove nothing."""
        for text in texts:
            self._wire.send(text, self._edge)
            self.sent += 1
            if self.sent % BURST == 0:
                await asyncio.sleep(BURST / a_second)

    def _register(self, user: str) -> str:
        uri = f"sip:{self._edge[0]}:{self._edge[1]}"
        return request(self._wire, "REGISTER", uri, user=user, to=f"sip:{user}@tipring.local")
