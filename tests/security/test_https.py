"""HTTPS beyond loopback: the box's own authority, host-bound cookies, and a bare plain door."""

import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tests.practice_box import free_port, wait_for
from tests.webui.served import OWNER, PASSWORD
from webui.accounts import Accounts, CodePurpose
from webui.web_db import WebDatabase

ADDRESS = "127.0.0.2"
"""Loopback to the kernel, the network to the page."""
DEADLINE_S = 40.0


@dataclass(frozen=True)
class Doors:
    state: Path
    plain: int
    https: int

    def ask(self, path: str, method: str = "GET", **sent: str) -> httpx2.Response:
        url = f"http://{ADDRESS}:{self.plain}{path}"
        with httpx2.Client(timeout=DEADLINE_S) as client:
            return client.request(method, url, data=sent or None)

    def log_in(self) -> httpx2.Response:
        with self.trusting() as client:
            return client.post("/api/login", json={"name": OWNER, "password": PASSWORD})

    def trusting(self) -> httpx2.Client:
        """A browser that was told to trust the box's authority."""
        trust = ssl.create_default_context(cadata=self.ask("/tipring-ca.crt").text)
        return httpx2.Client(base_url=self.https_url, verify=trust, timeout=DEADLINE_S)

    @property
    def https_url(self) -> str:
        return f"https://{ADDRESS}:{self.https}"


@pytest.fixture(scope="module")
def doors() -> Iterator[Doors]:
    state = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))
    doors = Doors(state, free_port(), free_port())
    ports = ["--port", str(doors.plain), "--https-port", str(doors.https)]
    process = subprocess.Popen(
        [sys.executable, "-m", "webui", "--state", str(state), "--listen", ADDRESS, *ports],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for("both doors", lambda: _answers(doors), DEADLINE_S)
        yield doors
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE_S) in {0, -signal.SIGTERM}
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(state, ignore_errors=True)


def _answers(doors: Doors) -> bool:
    try:
        return doors.ask("/api/health").status_code == 200
    except httpx2.TransportError:
        return False


def test_who_trusts_the_boxs_authority_sees_no_warning(doors: Doors) -> None:
    with doors.trusting() as client:
        assert client.get("/api/health").status_code == 200


def test_who_does_not_trust_it_is_warned(doors: Doors) -> None:
    with (
        httpx2.Client(base_url=doors.https_url) as client,
        pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        client.get("/")


@pytest.mark.parametrize("path", ["/", "/login", "/api/me", "/calls/x?y=%20z", "//evil.example"])
def test_plain_http_leads_to_https(doors: Doors, path: str) -> None:
    answer = doors.ask(path)

    assert answer.status_code == 308
    assert answer.headers["location"] == f"{doors.https_url}{path}"


def test_plain_http_takes_no_password(doors: Doors) -> None:
    assert doors.ask("/login", "POST", name=OWNER, password="x").status_code == 308


@pytest.mark.parametrize(
    ("path", "status"),
    [("/claim", 200), ("/tipring-ca.crt", 200), ("/provision/y000000000000.cfg", 404)],
)
def test_plain_http_serves_what_cannot_do_without(doors: Doors, path: str, status: int) -> None:
    assert doors.ask(path).status_code == status


def test_a_claim_over_plain_http_opens_no_session_and_the_login_gives_a_host_cookie(
    doors: Doors,
) -> None:
    db = WebDatabase(doors.state / "web.db")
    code = Accounts(db).new_code(CodePurpose.CLAIM)
    db.close()
    claimed = doors.ask("/claim", "POST", code=code, name=OWNER, password=PASSWORD, again=PASSWORD)

    assert (claimed.status_code, claimed.headers.get("set-cookie")) == (303, None)
    cookie = doors.log_in().headers["set-cookie"]
    assert re.fullmatch(
        r"__Host-sid=[\w-]{43}; HttpOnly; Max-Age=43200; Path=/; SameSite=lax; Secure",
        cookie,
        re.IGNORECASE,
    ), cookie


def test_keys_are_nobody_elses_to_read(doors: Doors) -> None:
    kept = sorted((doors.state / "tls").iterdir())

    assert [file.name for file in kept] == ["authority.pem", "box.pem"]
    assert {file.stat().st_mode & 0o777 for file in kept} == {0o600}


def test_a_name_of_another_site_is_not_redirected(doors: Doors) -> None:
    with httpx2.Client(headers={"Host": "evil.example"}) as client:
        assert client.get(f"http://{ADDRESS}:{doors.plain}/").status_code == 403
