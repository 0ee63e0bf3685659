"""Names of the box: at once where nobody is locked out, on trial where somebody may be."""

import asyncio

import pytest

from firmware.contract.control import ApplyConfig, RestoreConfig
from tests.webui.practice_office import furnish, now
from tests.webui.served import Served


@pytest.fixture
async def office(box: Served) -> Served:
    """The practice office, logged in as the owner."""
    await asyncio.to_thread(furnish, box.state, now())
    box.exchange.snapshot = box.exchange.snapshot.model_copy(update={"config_version": 2})
    return box


async def put(office: Served, **fields: object) -> int:
    return (await office.client.put("/api/network", json=fields)).status_code


async def asked_by_name(office: Served, name: str) -> int:
    answer = await office.client.get("/api/health", headers={"Host": name})
    return answer.status_code


async def test_a_new_name_works_at_once_and_needs_no_confirmation(office: Served) -> None:
    assert await asked_by_name(office, "phones.example.com") == 403

    assert await put(office, names=[" Phones.Example.com "]) == 204

    assert await asked_by_name(office, "phones.example.com") == 200
    assert await asked_by_name(office, "tipring.local") == 200
    assert await asked_by_name(office, "evil.example") == 403
    assert office.exchange.requests(ApplyConfig)[-1].confirm_within_s is None


async def test_a_name_that_goes_comes_back_unless_somebody_confirms(office: Served) -> None:
    assert await put(office, names=["phones.example.com"]) == 204
    assert await put(office, names=[]) == 204
    assert office.exchange.requests(ApplyConfig)[-1].confirm_within_s == 180
    assert await asked_by_name(office, "phones.example.com") == 403

    office.exchange.trial_runs_out()

    assert await asked_by_name(office, "phones.example.com") == 200


async def test_a_version_brought_back_is_on_trial_where_it_takes_a_name(office: Served) -> None:
    assert await put(office, name="switchboard") == 204
    confirm = {"version": office.exchange.snapshot.config_version}
    assert (await office.client.post("/api/config/confirm", json=confirm)).status_code == 200

    back = await office.client.post("/api/config/versions/2/restore")

    assert back.status_code == 200, back.text
    assert back.json()["unconfirmed_until"] is not None
    assert office.exchange.requests(RestoreConfig)[-1].confirm_within_s == 180


async def test_the_page_says_where_the_box_is_now(office: Served) -> None:
    shown = (await office.client.get("/api/network")).json()

    assert shown["name"] == "tipring"
    assert shown["machine_name"]
    assert shown["covered"] == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": "two words"}, "config.not-a-host-name"),
        ({"name": "a.b"}, "config.not-a-box-name"),
        ({"names": ["10.0.0.1"]}, "config.not-a-host-name"),
        ({"names": ["a\nb"]}, "config.not-a-host-name"),
        ({"time_servers": ["ntp example"]}, "config.not-a-server"),
    ],
)
async def test_a_name_that_is_none_is_one_sentence(
    office: Served, fields: dict[str, object], code: str
) -> None:
    problem = (await office.client.put("/api/network", json=fields)).json()

    assert [fault["code"] for fault in problem["faults"]] == [code]


async def test_what_changed_is_told_in_sentences(office: Served) -> None:
    told = (await office.client.get("/api/config/versions/2/difference")).json()

    (change,) = told["changes"]
    assert change["code"] == "change.changed"
    assert change["args"]["was"] == "Front desk"
    assert '+name = "Reception"' in told["text"]
