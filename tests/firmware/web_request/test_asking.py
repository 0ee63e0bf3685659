"""A web address is asked within bounds: time, size, redirects, and never the box itself."""

import asyncio

import pytest

from firmware.web_request.addresses import may_ask
from firmware.web_request.asking import MAX_BYTES, Question, WebFault, ask
from tests.firmware.scripted_box import eventually
from tests.firmware.web_server import WebServer, answer, web_server


async def refusal(server: WebServer, path: str, timeout_s: float = 5.0) -> str:
    with pytest.raises(WebFault) as refused:
        await ask(Question(server.url + path, timeout_s), (server.listed,))
    return refused.value.text.code


async def test_the_answer_is_returned_as_it_came() -> None:
    async with web_server() as server:
        server.answers["/who"] = answer(b'{"name": "Holmes"}')
        question = Question(server.url + "/who?number=%2B44", 5.0)

        assert await ask(question, (server.listed,)) == b'{"name": "Holmes"}'
        assert server.asked[0].startswith(b"GET /who?number=%2B44 HTTP/1.1\r\n")


async def test_a_post_sends_its_body_as_json() -> None:
    async with web_server() as server:
        server.answers["/new"] = answer(b"{}", "201 Created")
        question = Question(server.url + "/new", 5.0, "POST", b'{"caller": "1"}')

        assert await ask(question, (server.listed,)) == b"{}"
        assert server.asked[0].endswith(b'\r\n\r\n{"caller": "1"}')
        assert b"Content-Type: application/json" in server.asked[0]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (answer(b"", "500 Internal Server Error"), "web-ask.status"),
        (answer(b"x" * (MAX_BYTES + 1)), "web-ask.too-big"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nhalf", "web-ask.no-answer"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "web-ask.no-answer"),
        (answer(b"", "302 Found", "Location: http://192.0.2.1/"), "web-ask.redirected"),
        (answer(b"", "302 Found", "Location: https://127.0.0.1/"), "web-ask.redirected"),
        (answer(b"", "302 Found", "Location: /x"), "web-ask.redirected"),
        (answer(b"", "302 Found"), "web-ask.redirected"),
    ],
)
async def test_what_cannot_be_used_is_refused_in_words(said: bytes, code: str) -> None:
    async with web_server() as server:
        server.answers["/x"] = said

        assert await refusal(server, "/x") == code


async def test_a_redirect_on_the_same_server_is_followed() -> None:
    async with web_server() as server:
        server.answers["/old"] = answer(b"", "301 Moved", "Location: /new?a=1")
        server.answers["/new"] = answer(b"here")

        assert await ask(Question(server.url + "/old", 5.0), (server.listed,)) == b"here"


async def test_a_server_that_says_nothing_is_given_up_and_cut() -> None:
    async with web_server() as server:
        server.answers["/mute"] = None

        assert await refusal(server, "/mute", 0.3) == "web-ask.no-answer"
        await asyncio.wait_for(server.gone.wait(), 10)


async def test_who_no_longer_wants_to_know_cuts_the_connection() -> None:
    async with web_server() as server:
        server.answers["/mute"] = None
        asking = asyncio.create_task(ask(Question(server.url + "/mute", 15.0), (server.listed,)))
        await eventually(lambda: list(server.asked), bool)

        asking.cancel()

        await asyncio.wait_for(server.gone.wait(), 10)


async def test_the_box_itself_is_not_asked_unless_it_is_listed() -> None:
    async with web_server() as server:
        server.answers["/"] = answer(b"{}")
        for url in (server.url, f"http://localhost:{server.port}", f"http://[::1]:{server.port}"):
            with pytest.raises(WebFault) as refused:
                await ask(Question(url, 5.0))
            assert refused.value.text.code in {"web-ask.refused", "web-ask.no-such-host"}
        assert server.asked == []


async def test_a_name_nobody_knows_is_said() -> None:
    with pytest.raises(WebFault) as refused:
        await ask(Question("http://" + "x" * 64 + ".invalid/", 10.0))

    assert refused.value.text.code == "web-ask.no-such-host"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "::ffff:127.0.0.1",
        "169.254.169.254",
        "fe80::1%eth0",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "255.255.255.255",
        "no address",
    ],
)
def test_loopback_and_link_local_are_never_asked(address: str) -> None:
    assert not may_ask(address, "crm.example", 80, ())


@pytest.mark.parametrize("address", ["192.168.1.20", "10.0.0.5", "93.184.215.14", "fd00::5"])
def test_the_offices_network_and_the_internet_may_be_asked(address: str) -> None:
    assert may_ask(address, "crm.example", 80, ())


def test_a_listed_service_is_listed_with_its_port() -> None:
    assert may_ask("127.0.0.1", "127.0.0.1", 8080, ("127.0.0.1:8080",))
    assert not may_ask("127.0.0.1", "127.0.0.1", 8081, ("127.0.0.1:8080",))
