"""Where a message may go and how it fares: never to this box, never where redirected."""

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from tests.webui.receiver import Receiver, receiving
from webui.certificates import Address
from webui.own_addresses import own_addresses
from webui.webhooks import sending
from webui.webhooks.sending import BadUrl, check_url, may_reach, post
from webui.webhooks.signing import new_secret, signed_headers

NEVER = (
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fe80::1%lo", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.1.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "::127.0.0.1",
)  # fmt: skip
ALLOWED = ("192.168.1.20", "10.0.0.4", "203.0.112.9", "fd00::5", "2a00:1450::1")


def anywhere(_: Address) -> bool:
    return True


@pytest.fixture
async def program() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.mark.parametrize("address", NEVER)
def test_this_box_and_its_wire_are_never_reached(address: str) -> None:
    assert not may_reach(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ALLOWED)
def test_the_office_and_the_world_are_reached(address: str) -> None:
    assert may_reach(ipaddress.ip_address(address))


def test_the_boxs_own_addresses_are_loopback_by_another_name() -> None:
    assert [one for one in own_addresses() if may_reach(one)] == []


@pytest.mark.parametrize(
    "url",
    ["", "crm.lan", "ftp://crm.lan/", "https://", "https://a b/", "https://u:p@crm.lan/",
     "https://crm.lan/\r\nX: y", "https://crm.lan:99999/", "https://[::1", "https://crm.lan/#x",
     "http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest", "http://localhost:80/",
     "https://crm.lan/" + "a" * 500],
)  # fmt: skip
def test_what_is_no_address_for_messages_is_refused_when_it_is_typed(url: str) -> None:
    with pytest.raises(BadUrl):
        check_url(url)


def test_a_program_of_the_office_is_taken() -> None:
    check_url("http://192.168.1.20:8000/hooks/tipring?key=1")


async def test_a_name_that_turns_out_to_be_this_box_gets_no_connection(
    program: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the name was harmless when it was typed, and is loopback now."""
    port = int(program.url.split(":")[2].split("/")[0])
    here = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [here])

    outcome = await post(f"http://crm.example:{port}/", {}, b"{}")

    assert outcome.why is not None
    assert outcome.why.code == "web.hook-forbidden"
    assert program.heads == []


async def test_the_checked_address_is_the_one_that_is_connected_to(
    program: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    port = int(program.url.split(":")[2].split("/")[0])

    def once(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", once)
    outcome = await post(f"http://crm.example:{port}/", {}, b"{}", anywhere)

    assert outcome.why is None
    assert asked.count("crm.example") == 1


async def test_a_message_arrives_whole_and_signed(program: Receiver) -> None:
    secret, body = new_secret(), '{"kind": "test", "é": 1}'.encode()
    headers = signed_headers(secret, "01JD", 1_700_000_000, body)

    outcome = await post(program.url, headers, body, anywhere)

    assert outcome.why is None
    assert program.bodies == [body]
    head = program.heads[0].split("\r\n")
    assert head[0] == "POST /in?from=box HTTP/1.1"
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = hmac.new(key, b"01JD.1700000000." + body, hashlib.sha256).digest()
    assert f"webhook-signature: v1,{base64.b64encode(wanted).decode()}" in head


@pytest.mark.parametrize(
    ("answer", "code", "later"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", None, True),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n",
            "web.hook-redirected",
            False,
        ),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "web.hook-refused", False),
        (b"HTTP/1.1 429 Too Many\r\n\r\n", "web.hook-refused", True),
        (b"HTTP/1.1 500 Oh\r\n\r\n", "web.hook-refused", True),
        (b"220 mail.example ESMTP\r\n", "web.hook-no-http", False),
        (b"x" * 20_000, "web.hook-no-http", False),
        (b"\n", "web.hook-no-http", False),
    ],
)
async def test_each_answer_has_its_sentence(
    program: Receiver, answer: bytes, code: str | None, later: bool
) -> None:
    program.answers = [answer]

    outcome = await post(program.url, {}, b"{}", anywhere)

    assert (outcome.why.code if outcome.why else None, outcome.later) == (code, later)
    assert len(program.heads) == 1


async def test_silence_a_closed_port_and_an_unknown_name_have_their_sentences(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "WITHIN_S", 0.3)
    silent = await asyncio.start_server(_until_gone, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    async with silent:
        slow = await post(f"http://127.0.0.1:{port}/", {}, b"{}", anywhere)
    monkeypatch.setattr(sending, "WITHIN_S", 20.0)
    closed = await post(f"http://127.0.0.1:{port}/", {}, b"{}", anywhere)
    unknown = await post("http://nobody.invalid/", {}, b"{}", anywhere)

    codes = [one.why.code if one.why else "" for one in (slow, closed, unknown)]
    assert codes == ["web.hook-timeout", "web.hook-unreachable", "web.hook-no-such-name"]


async def _until_gone(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        await reader.read()
    writer.close()
