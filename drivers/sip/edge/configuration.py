"""The generated part of Kamailio's configuration; the files in routes/ are the rest."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers.sip.edge.book import REALM
from drivers.sip.edge.place import EdgePlace, in_uri

ROUTES: Final = Path(__file__).with_name("routes")
PARTS: Final = ("settings.cfg", "door.cfg", "inward.cfg", "outward.cfg")


@dataclass(frozen=True, slots=True)
class EdgeFiles:
    """Where the edge keeps what it needs; sockets in `run`, all else in `folder`."""

    folder: Path
    run: Path

    @property
    def configuration(self) -> Path:
        return self.folder / "kamailio.cfg"

    @property
    def book(self) -> Path:
        return self.folder / "book.db"

    @property
    def location(self) -> Path:
        return self.folder / "location.db"

    @property
    def tls(self) -> Path:
        return self.folder / "tls.cfg"

    @property
    def rpc(self) -> Path:
        return self.run / "edge.sock"


def configuration(place: EdgePlace, files: EdgeFiles, secret: bytes) -> str:
    """Return the file Kamailio is started with."""
    return "\n".join(
        [
            "#!KAMAILIO",
            "# Written by Tipring at every start; changes here are lost.",
            *_definitions(place, files, secret),
            *_listening(place),
            *(f'include_file "{ROUTES / part}"' for part in PARTS),
            "",
        ]
    )


def _definitions(place: EdgePlace, files: EdgeFiles, secret: bytes) -> Iterator[str]:
    shown = place.shown_address
    values = {
        "PLACE_DOMAIN": place.domain,
        "PLACE_REALM": REALM,
        "PLACE_INNER_PORT": str(place.inner_port),
        # The longer name first: a definition replaces every occurrence of its name.
        "PLACE_SHOWN_TLS": f"{shown}:{place.tls_port or place.port}",
        "PLACE_SHOWN": f"{shown}:{place.port}",
        "PLACE_NO_HA1": _quoted(_derived(secret, "no such user")),
        "PLACE_NONCE_SECRET": _quoted(_derived(secret, "nonce")),
        "PLACE_RPC_SOCKET": _quoted(str(files.rpc)),
        "PLACE_LOCATION_DB": _quoted(f"sqlite:///{files.location}"),
        "PLACE_BOOK_DB": _quoted(f"sqlite:///{files.book}"),
        "PLACE_TLS_PROFILES": _quoted(str(files.tls)),
    }
    for name, value in values.items():
        yield f'#!substdef "!{name}!{value}!g"'


def _listening(place: EdgePlace) -> Iterator[str]:
    for address in map(in_uri, place.listen):
        yield f"listen=udp:{address}:{place.port}"
        yield f"listen=tcp:{address}:{place.port}"
        if place.tls_port is not None:
            yield f"listen=tls:{address}:{place.tls_port}"
    yield f"listen=udp:127.0.0.1:{place.inner_port}"


def _quoted(value: str) -> str:
    return f'\\"{value}\\"'


def _derived(secret: bytes, purpose: str) -> str:
    return hmac.new(secret, purpose.encode(), hashlib.sha256).hexdigest()[:32]
