"""The second factor: by the book of RFC 6238, once per code, and with a way round a lost phone."""

import time

import httpx2
import pytest

from tests.security.people import prove
from tests.webui.served import OWNER, PASSWORD, Served
from webui.second_factor import STEP_S, totp

RFC_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890"
LOGIN = {"name": OWNER, "password": PASSWORD}


@pytest.mark.standard
@pytest.mark.parametrize(
    ("at_s", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238_appendix_b(at_s: int, code: str) -> None:
    assert totp(RFC_KEY, at_s // STEP_S, digits=8) == code


async def _turn_on(box: Served) -> tuple[str, list[str]]:
    """Return the key and the recovery codes. The code of the step before is used up."""
    await prove(box.client)
    key = (await box.client.post("/api/me/second-factor")).json()["key"]
    code = totp(key, int(time.time()) // STEP_S - 1)
    answer = await box.client.put("/api/me/second-factor", json={"code": code})
    assert answer.status_code == 200, answer.text
    return key, answer.json()["codes"]


async def test_a_login_wants_the_code_and_each_code_opens_once(box: Served) -> None:
    key, _ = await _turn_on(box)
    fresh = {**LOGIN, "second": totp(key, int(time.time()) // STEP_S)}

    async with httpx2.AsyncClient(base_url=box.url) as client:
        without = await client.post("/api/login", json=LOGIN)
        wrong = await client.post("/api/login", json={**LOGIN, "second": "000000"})
        right = await client.post("/api/login", json=fresh)
        twice = await client.post("/api/login", json=fresh)

    assert [one.status_code for one in (without, wrong, right, twice)] == [401, 401, 200, 401]
    assert without.json()["code"] == "web.second-needed"


async def test_a_recovery_code_stands_in_for_a_lost_phone_once(box: Served) -> None:
    _, codes = await _turn_on(box)
    login = {**LOGIN, "second": codes[3].lower()}

    async with httpx2.AsyncClient(base_url=box.url) as client:
        first = await client.post("/api/login", json=login)
        again = await client.post("/api/login", json=login)

    assert (len(set(codes)), first.status_code, again.status_code) == (10, 200, 401)


async def test_the_forms_ask_for_the_code_on_a_page_of_its_own(box: Served) -> None:
    _, codes = await _turn_on(box)

    async with httpx2.AsyncClient(base_url=box.url) as browser:
        first = await browser.post("/login", data=LOGIN)
        outside = await browser.get("/api/me")
        wrong = await browser.post("/login/second", data={"second": "12"})
        second = await browser.post("/login/second", data={"second": codes[0]})
        inside = await browser.get("/api/me")

    assert (first.status_code, first.headers["location"]) == (303, "/login/second")
    assert (outside.status_code, wrong.status_code) == (401, 401)
    assert (second.headers["location"], inside.status_code) == ("/", 200)


async def test_the_second_step_alone_opens_nothing(box: Served) -> None:
    _, codes = await _turn_on(box)

    async with httpx2.AsyncClient(base_url=box.url) as browser:
        answer = await browser.post("/login/second", data={"second": codes[0]})

    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


async def test_codes_cannot_be_guessed_in_a_row(box: Served) -> None:
    await _turn_on(box)

    async with httpx2.AsyncClient(base_url=box.url) as client:
        tries = [
            (await client.post("/api/login", json={**LOGIN, "second": f"{at:06}"})).status_code
            for at in range(7)
        ]

    assert tries[-1] == 429


async def test_it_is_off_again_after_it_was_turned_off(box: Served) -> None:
    await _turn_on(box)

    answer = await box.client.delete("/api/me/second-factor")

    assert answer.status_code == 204
    assert (await box.client.post("/api/login", json=LOGIN)).status_code == 200
