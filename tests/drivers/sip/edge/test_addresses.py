"""Names of providers become addresses without anything waiting for them."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from drivers.sip.edge.addresses import AddressBook


class NameService:
    """What the resolver would say, name by name; others do not exist."""

    def __init__(self) -> None:
        self.answers: dict[str, list[str]] = {}
        self.asked = asyncio.Event()

    async def look_up(self, host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        self.asked.set()
        if host not in self.answers:
            raise socket.gaierror(-2, "Name or service not known")
        return [(0, 0, 0, "", (address, 0)) for address in self.answers[host]]


@pytest.fixture
async def names(monkeypatch: pytest.MonkeyPatch) -> NameService:
    service = NameService()
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", service.look_up)
    monkeypatch.setattr("drivers.sip.edge.addresses.LOOK_UP_EVERY_S", 0.01)
    monkeypatch.setattr("drivers.sip.edge.addresses.MISSING_EVERY_S", 0.01)
    return service


@pytest.fixture
def keeping() -> Iterator[list[asyncio.Task[None]]]:
    tasks: list[asyncio.Task[None]] = []
    yield tasks
    for task in tasks:
        task.cancel()


async def test_an_address_is_its_own_and_needs_no_name_service() -> None:
    book = AddressBook(lambda: None)

    assert book.of(["192.0.2.1", "2001:db8::1", "sip.example"]) == {
        "192.0.2.1": ("192.0.2.1",),
        "2001:db8::1": ("2001:db8::1",),
    }


async def test_a_name_is_known_once_it_is_found(
    names: NameService, keeping: list[asyncio.Task[None]]
) -> None:
    changed = asyncio.Event()
    book = AddressBook(changed.set)
    names.answers["sip.example"] = ["2001:db8::1", "192.0.2.2", "192.0.2.1", "192.0.2.1"]
    keeping.append(asyncio.create_task(book.keep()))

    assert book.of(["sip.example"]) == {}
    await asyncio.wait_for(changed.wait(), 5)

    assert book.of(["sip.example"]) == {"sip.example": ("192.0.2.1", "192.0.2.2", "2001:db8::1")}


async def test_a_name_keeps_its_addresses_while_the_internet_is_unplugged(
    names: NameService, keeping: list[asyncio.Task[None]]
) -> None:
    changed = asyncio.Event()
    book = AddressBook(changed.set)
    names.answers["sip.example"] = ["192.0.2.1"]
    book.of(["sip.example"])
    keeping.append(asyncio.create_task(book.keep()))
    await asyncio.wait_for(changed.wait(), 5)

    names.answers.clear()
    for _ in range(3):
        names.asked.clear()
        await asyncio.wait_for(names.asked.wait(), 5)

    assert book.of(["sip.example"]) == {"sip.example": ("192.0.2.1",)}
