"""One POST to an address that somebody typed: never to this box itself, never where redirected.

The name is looked up once and the connection goes to the address that was
checked, so a name that changes its mind in between (DNS rebinding) gains
nothing. The office's own network may be reached: its programs are there.
"""

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import SplitResult, urlsplit

from firmware.contract.errors import RequestRefused
from firmware.contract.texts import Text
from webui.certificates import Address
from webui.own_addresses import own_addresses

WITHIN_S: Final = 10.0
MOST_URL: Final = 500
URL: Final = re.compile(r"https?://[!-~]+", re.IGNORECASE)
STATUS: Final = re.compile(rb"HTTP/1\.[01] (\d{3})\b")
MAX_LINE: Final = 8192
LATER: Final = frozenset({408, 425, 429})
NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
# A resolver that hangs must not hold up the page, which has threads of its own.
RESOLVERS: Final = ThreadPoolExecutor(2, thread_name_prefix="resolver")


class BadUrl(RequestRefused):
    """Nothing that a message could be posted to."""


@dataclass(frozen=True)
class Outcome:
    """`why` is None when the receiver said that it has the message."""

    why: Text | None = None
    later: bool = True
    """Whether it may fare better another time; else a few tries are enough."""


DELIVERED: Final = Outcome()
MayReach = Callable[[Address], bool]


def may_reach(address: Address) -> bool:
    """Whether it is neither this box nor its very wire: loopback, link-local, own, multicast."""
    inner = _inner(address)
    if inner is not None and not may_reach(inner):
        return False
    wrong = (
        address.is_loopback,
        address.is_link_local,
        address.is_multicast,
        address.is_unspecified,
        address.is_reserved and address not in NAT64,
    )
    return not any(wrong) and address not in own_addresses()


def _inner(address: Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 one stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def check_url(url: str, may: MayReach = may_reach) -> None:
    """Raise BadUrl for what is no web address, or names this box outright."""
    if len(url) > MOST_URL or not URL.fullmatch(url):
        raise BadUrl("web.hook-bad-url")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise BadUrl("web.hook-bad-url") from None
    if not host or "@" in parts.netloc or parts.fragment:
        raise BadUrl("web.hook-bad-url")
    literal = _literal(host)
    if host == "localhost" or (literal is not None and not may(literal)):
        raise BadUrl("web.hook-forbidden", host=host)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


async def post(
    url: str, headers: Mapping[str, str], body: bytes, may: MayReach = may_reach
) -> Outcome:
    """Deliver it within ten seconds, or say in a sentence why not."""
    parts = urlsplit(url)
    host = parts.hostname or ""

    def failed(code: str, *, later: bool = True) -> Outcome:
        return Outcome(Text(code=code, args={"host": host}), later)

    try:
        async with asyncio.timeout(WITHIN_S):
            addresses = [one for one in await _resolved(parts) if may(one)]
            if not addresses:
                return failed("web.hook-forbidden", later=False)
            return _judged(await _exchanged(parts, addresses[0], headers, body), host)
    except TimeoutError:
        return failed("web.hook-timeout")
    except socket.gaierror:
        return failed("web.hook-no-such-name")
    except ssl.SSLCertVerificationError:
        return failed("web.hook-certificate")
    except OSError:
        return failed("web.hook-unreachable")
    except ValueError:  # a first line without an end
        return failed("web.hook-no-http", later=False)


async def _resolved(parts: SplitResult) -> list[Address]:
    """Return the addresses of the name, IPv4 first. Raises gaierror; a gone name costs a thread."""
    host, port = parts.hostname or "", _port(parts)
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(
        RESOLVERS, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    )
    addresses = dict.fromkeys(ipaddress.ip_address(entry[4][0]) for entry in found)
    return sorted(addresses, key=lambda one: one.version)


async def _exchanged(
    parts: SplitResult, address: Address, headers: Mapping[str, str], body: bytes
) -> bytes:
    """Return the first line of the answer; more of it is nobody's concern."""
    secure = _is_secure(parts)
    reader, writer = await asyncio.open_connection(
        str(address),
        _port(parts),
        limit=MAX_LINE,
        ssl=_trust() if secure else None,
        server_hostname=parts.hostname if secure else None,
    )
    try:
        writer.write(_head(parts, headers, len(body)) + body)
        await writer.drain()
        return await reader.readline()
    finally:
        writer.transport.abort()


def _judged(line: bytes, host: str) -> Outcome:
    found = STATUS.match(line)
    if found is None:
        return Outcome(Text(code="web.hook-no-http", args={"host": host}), later=False)
    status = int(found[1])
    if 200 <= status < 300:
        return DELIVERED
    if 300 <= status < 400:
        return Outcome(Text(code="web.hook-redirected", args={"host": host}), later=False)
    why = Text(code="web.hook-refused", args={"host": host, "status": status})
    return Outcome(why, later=status >= 500 or status in LATER)


def _head(parts: SplitResult, headers: Mapping[str, str], length: int) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [
        f"POST {target} HTTP/1.1",
        f"Host: {parts.netloc}",
        "User-Agent: Tipring",
        "Content-Type: application/json",
        f"Content-Length: {length}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _is_secure(parts: SplitResult) -> bool:
    return parts.scheme.lower() == "https"


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if _is_secure(parts) else 80)


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
