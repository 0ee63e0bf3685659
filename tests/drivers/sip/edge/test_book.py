"""The table Kamailio goes by, from the lines and what their names resolve to."""

import logging

import pytest

from drivers.sip.edge.book import BookMaker, Destination, ha1, hosts
from drivers.sip.edge.pinholes import providers
from drivers.sip.edge.place import EdgePlace, EdgeWorker
from drivers.sip.edge.process import read_log_line
from firmware.contract.settings import AnySipSettings, SipPhoneSettings, SipTrunkSettings

PLACE = EdgePlace(
    listen=("192.168.1.10",), port=5060, inner_port=5070, office=("192.168.1.0/24", "127.0.0.0/8")
)
ADDRESSES = {
    "sip.provider.example": ("203.0.113.5", "203.0.113.6"),
    "192.168.1.50": ("192.168.1.50",),
}
MAKER = BookMaker(PLACE, b"secret", ADDRESSES)


def phone(**changes: str | None) -> SipPhoneSettings:
    facts = {"id": "sip-1", "user": "alice", "secret": "pass word 1", **changes}
    return SipPhoneSettings.model_validate({"driver": "sip", "account": "phone", **facts})


def trunk(**changes: str | None) -> SipTrunkSettings:
    facts = {"id": "sip-5", "server": "sip.provider.example", "user": "acct5", **changes}
    return SipTrunkSettings.model_validate({"driver": "sip", "account": "trunk", **facts})


def test_a_phone_is_known_by_its_hash_and_never_by_its_password() -> None:
    book = MAKER.entries([phone()], [])

    assert book["ha1/alice"] == ha1("alice", "pass word 1")
    assert book["line/alice"] == "sip-1"
    assert "pass word 1" not in str(book)


def test_a_phone_without_a_password_or_an_address_can_do_nothing() -> None:
    book = MAKER.entries([phone(secret=None)], [])

    assert not [key for key in book if "alice" in key or "sip-1" in book[key]]


def test_only_networks_that_a_phone_opens_are_heard_besides_the_office() -> None:
    closed = MAKER.entries([phone()], [])
    opened = MAKER.entries([phone(network="198.51.100.0/24")], [])

    assert closed["office"] == "192.168.1.0/24,127.0.0.0/8"
    assert "opened" not in closed
    assert opened["opened"] == opened["net/alice"] == "198.51.100.0/24"


def test_a_provider_may_call_from_each_of_its_addresses_and_any_port() -> None:
    book = MAKER.entries([trunk(server="sip.provider.example:5080")], [])

    assert book["trunk_at/203.0.113.5"] == book["trunk_at/203.0.113.6"] == "sip-5"
    assert book["to/sip.provider.example:5080"] == "sip:203.0.113.5:5080;transport=udp"


@pytest.mark.parametrize(
    ("transport", "next_hop"),
    [
        ("udp", "sip:203.0.113.5:5060;transport=udp"),
        ("tcp", "sip:203.0.113.5:5060;transport=tcp"),
        ("tls", "sip:203.0.113.5:5061;transport=tls"),
    ],
)
def test_calls_go_out_by_the_providers_transport(transport: str, next_hop: str) -> None:
    book = MAKER.entries([trunk(transport=transport)], [])

    assert book["to/sip.provider.example:5060"] == next_hop


def test_a_provider_that_has_no_address_now_is_not_called_but_keeps_its_token() -> None:
    book = MAKER.entries([trunk(server="gone.example")], [])

    assert not [key for key in book if key.startswith(("to/", "trunk_at/"))]
    assert book[f"token/{book['token_of/sip-5']}"] == "sip-5"


def test_two_jacks_of_an_adapter_are_told_apart_by_port() -> None:
    jacks: list[AnySipSettings] = [
        trunk(id="sip-6", server="192.168.1.50:5062"),
        phone(id="sip-7", address="192.168.1.50:5060", secret=None),
    ]

    book = MAKER.entries(jacks, [])

    assert book["trunk_at/192.168.1.50:5062"] == "sip-6"
    assert book["phone_at/192.168.1.50:5060"] == "sip-7"
    assert "trunk_at/192.168.1.50" not in book


def test_the_way_in_is_kept_open_for_providers_outside_over_udp() -> None:
    lines: list[AnySipSettings] = [
        trunk(),
        trunk(id="sip-6", server="192.168.1.50:5062"),
        trunk(id="sip-7", server="sip.provider.example:5090", transport="tcp"),
    ]

    book = MAKER.entries(lines, [])

    assert providers(book, PLACE.office) == {"sip:203.0.113.5:5060;transport=udp"}


def test_a_token_cannot_be_guessed_from_the_line() -> None:
    other_box = BookMaker(PLACE, b"another secret", ADDRESSES)

    assert MAKER.token("sip-5") != other_box.token("sip-5")
    assert MAKER.token("sip-5") != MAKER.token("sip-6")


def test_a_worker_that_came_back_has_another_name() -> None:
    before = MAKER.entries([], [EdgeWorker("worker-1", 40_000, 4)])
    after = MAKER.entries([], [EdgeWorker("worker-1", 40_001, 4)])

    assert before["worker/0"] == "worker-1-40000:40000:4"
    assert after["worker/0"] == "worker-1-40001:40001:4"
    assert after["worker_of/worker-1-40001"] == "40001"


def test_the_names_to_look_up_are_those_of_servers_and_adapters() -> None:
    lines: list[AnySipSettings] = [
        phone(address="192.168.1.50:5060"),
        trunk(backup_server="b.example:5080"),
        phone(),
    ]

    assert hosts(lines) == {"192.168.1.50", "sip.provider.example", "b.example"}


@pytest.mark.parametrize(
    ("text", "destination"),
    [
        ("host.example", Destination("host.example", None)),
        ("host.example:5070", Destination("host.example", 5070)),
        ("2001:db8::5060", Destination("2001:db8::5060", None)),
    ],
)
def test_a_destination_is_read(text: str, destination: Destination) -> None:
    assert Destination.parse(text) == destination


@pytest.mark.parametrize(
    ("line", "level", "text"),
    [
        (" 3(41) ERROR: <core> [x.c:7]: bad\n", logging.ERROR, "<core> [x.c:7]: bad"),
        ("12(4) NOTICE: <script>: banned 1\n", logging.INFO, "<script>: banned 1"),
        ("Listening on\n", logging.DEBUG, "Listening on"),
        (" 0(1) WARNING: tls: openssl bug #1491\n", logging.DEBUG, "tls: openssl bug #1491"),
    ],
)  # fmt: skip
def test_kamailios_log_is_passed_on_with_its_level(line: str, level: int, text: str) -> None:
    assert read_log_line(line) == (level, text)
