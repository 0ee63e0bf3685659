"""Keeps the office's router open for calls of providers: an OPTIONS now and then.

A router forgets a UDP mapping within half a minute or so; a provider's INVITE would
then find no way in until our next REGISTER.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final

from drivers.sip.edge import rpc
from drivers.sip.edge.place import EdgePlace, in_uri
from firmware.contract.errors import LineError

EVERY_S: Final = 25.0


def providers(book: Mapping[str, str], office: Iterable[str]) -> frozenset[str]:
    """Return the SIP URIs of the next hops that are outside the office and spoken to by UDP."""
    networks = [ip_network(one, strict=False) for one in office]
    return frozenset(
        uri
        for key, uri in book.items()
        if key.startswith("to/") and uri.endswith(";transport=udp")
        if not any(_address(uri) in network for network in networks)
    )


async def keep_open(socket: Path, place: EdgePlace, wanted: Callable[[], Iterable[str]]) -> None:
    """Ask each of `wanted` again and again; whether and what it answers is all the same."""
    while True:
        await asyncio.sleep(EVERY_S)
        for uri in wanted():
            with suppress(LineError):
                await rpc.ask(socket, "tm.t_uac_start", *_options(uri, place))


def _options(uri: str, place: EdgePlace) -> Iterator[str]:
    yield "OPTIONS"
    yield uri
    yield "."  # by no other hop
    yield f"udp:{in_uri(place.listen[0])}:{place.port}"
    yield f"From: <sip:edge@{place.shown_address}>;tag=pinhole\r\nTo: <{uri}>\r\n"


def _address(uri: str) -> object:
    host = uri.removeprefix("sip:").partition(";")[0].rpartition(":")[0]
    return ip_address(host.strip("[]"))
