"""Phones fetch their configuration: nobody gets anything but a named device in its open window."""

import asyncio
import re
import tomllib
import xml.etree.ElementTree as ET
from typing import Any

import httpx2
import pytest

from firmware.contract.control import NoteAudit
from tests.webui.practice_office import add_sip, furnish, now
from tests.webui.served import Served
from webui.device_models import Account, Place, asked_for, configuration, device_models
from webui.devices import WINDOW_S, Devices, SoftphoneLinks
from webui.seen_devices import BURST, MOST_DEVICES, MOST_OF_ONE_ADDRESS, SeenDevices
from webui.web_db import WebDatabase

MAC = "000b82aabbcc"
HT802 = "Grandstream Model HW HT802 V1.1A SW 1.0.49.2 DevId 000b82aabbcc"
YEALINK = "Yealink SIP-T33G 124.86.0.40 80:5e:c0:aa:bb:cc"
FILE = f"/provision/cfg{MAC}.xml"
PLACE = Place("192.0.2.7", 5060, "http://192.0.2.7:8080/provision/token/")
DESK = Account("101", 'Rope & "Reef" <1>', "101", "secret&<24>")


@pytest.fixture
async def office(box: Served) -> Served:
    await asyncio.to_thread(furnish, box.state, now())
    await asyncio.to_thread(add_sip, box.state, now())
    box.exchange.snapshot = box.exchange.snapshot.model_copy(update={"config_version": 3})
    return box


def p_values(text: str) -> dict[str, str]:
    root = ET.fromstring(text)
    assert (root.tag, root.get("version")) == ("gs_provision", "1")
    config = root.find("config")
    assert config is not None
    assert config.get("version") == "1"
    return {one.tag: one.text or "" for one in config}


async def fetch(box: Served, path: str = FILE, agent: str = HT802) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=box.url) as device:
        return await device.get(path, headers={"User-Agent": agent})


async def devices(box: Served) -> dict[str, Any]:
    view: dict[str, Any] = (await box.client.get("/api/devices")).json()
    return view


async def name(box: Served, **fields: Any) -> httpx2.Response:
    wish = {"mac": MAC, "model": "grandstream-ht80x", "name": "Adapter", "ports": ["sip-203", ""]}
    return await box.client.post("/api/devices", json={**wish, **fields})


def kept_secret(box: Served, line_id: str) -> str:
    secrets = tomllib.loads((box.state / "secrets.toml").read_text("utf-8"))
    return str(secrets["lines"][line_id]["secret"])


def let_time_pass(box: Served) -> None:
    db = WebDatabase(box.state / "web.db")
    with db.transaction() as sql:
        sql.execute("UPDATE devices SET open_until_s = open_until_s - ?", (WINDOW_S + 1,))
    db.close()


# ---- the door


async def test_a_device_nobody_knows_gets_nothing_and_is_shown(office: Served) -> None:
    answer = await fetch(office)

    view = await devices(office)
    assert (answer.status_code, answer.text) == (404, "")
    assert view["devices"] == []
    (seen,) = view["seen"]
    assert (seen["mac"], seen["model"], seen["address"], seen["agent"]) == (
        MAC,
        "grandstream-ht80x",
        "127.0.0.1",
        HT802,
    )
    assert seen["written"] == "00:0B:82:AA:BB:CC"


async def test_once_named_it_gets_its_own_configuration_at_its_next_ask(office: Served) -> None:
    await fetch(office)
    assert (await name(office)).status_code == 204

    answer = await fetch(office)

    values = p_values(answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert (values["P35"], values["P36"]) == ("203", "203")
    assert values["P34"] == kept_secret(office, "sip-203")
    assert (values["P271"], values["P401"], values["P734"]) == ("1", "0", "")
    view = await devices(office)
    assert view["seen"] == []
    assert view["devices"][0]["fetched_from"] == "127.0.0.1"
    noted = [note.what.code for note in office.exchange.requests(NoteAudit)]
    assert noted[-1] == "web.audit-provisioned"
    assert values["P34"] not in str(office.exchange.requests(NoteAudit))


async def test_from_then_on_it_asks_in_its_own_folder(office: Served) -> None:
    await fetch(office)
    await name(office)
    folder = p_values((await fetch(office)).text)["P237"]
    path = "/" + folder.partition("/")[2]

    by_token = await fetch(office, f"{path}//cfg{MAC}.xml")
    without = await fetch(office)

    assert re.fullmatch(r"/provision/[\w-]{24}", path)
    assert by_token.status_code == 200
    assert without.status_code == 404, "who knows the token has no need of another way"


@pytest.mark.parametrize(
    "path",
    [
        "/provision/wrong-token/cfg000b82aabbcc.xml",
        "/provision/cfg000b82aabbcd.xml",
        "/provision/cfg000b82aabbcc",
        "/provision/000b82aabbcc.cfg",
        "/provision/y000000000124.cfg",
        "/provision/%2e%2e/secrets.toml",
        "/provision/a/b/cfg000b82aabbcc.xml",
        "/provision/" + "a" * 300,
        "/provision/softphone.xml",
        "/provision/guess/softphone.xml",
        "/provision/",
    ],
)
async def test_anything_else_is_the_same_nothing(office: Served, path: str) -> None:
    await fetch(office)
    await name(office)

    answer = await fetch(office, path)

    assert (answer.status_code, answer.text) == (404, "")


async def test_a_closed_window_is_closed(office: Served) -> None:
    await fetch(office)
    await name(office)
    folder = p_values((await fetch(office)).text)["P237"]
    own = f"/{folder.partition('/')[2]}/cfg{MAC}.xml"
    assert (await fetch(office, own)).status_code == 200
    await asyncio.to_thread(let_time_pass, office)

    assert (await fetch(office, own)).status_code == 404
    asked = (await devices(office))["devices"][0]["asked"]
    assert asked["address"] == "127.0.0.1"

    assert (await office.client.post(f"/api/devices/{MAC}/window")).status_code == 204
    assert (await fetch(office, own)).status_code == 200


async def test_what_cannot_be_noted_is_not_given(office: Served) -> None:
    await fetch(office)
    await name(office)
    await office.exchange.die()
    await office.reaches_exchange(reachable=False)

    answer = await fetch(office)

    assert answer.status_code == 503
    assert "P34" not in answer.text


async def test_a_port_may_get_a_new_account_of_an_extension(office: Served) -> None:
    answer = await name(office, ports=["new:102", "sip-203"])

    assert answer.status_code == 204, answer.text
    (device,) = (await devices(office))["devices"]
    assert device["ports"] == ["sip-102", "sip-203"]
    toml = tomllib.loads((office.state / "tipring.toml").read_text("utf-8"))
    workshop = next(one for one in toml["extensions"] if one["id"] == "102")
    assert workshop["devices"] == ["phone-2", "sip-102"]


@pytest.mark.parametrize(
    "wish",
    [
        {"model": "no-such"},
        {"ports": ["gsm-1"]},
        {"ports": ["new:999"]},
        {"mac": "00:0b:82"},
        {"name": ""},
    ],
)
async def test_a_device_that_cannot_be_is_refused(office: Served, wish: dict[str, Any]) -> None:
    answer = await name(office, **wish)

    assert answer.status_code in {404, 422}
    assert (await devices(office))["devices"] == []


async def test_a_device_is_changed_and_forgotten(office: Served) -> None:
    await name(office)
    assert (await name(office)).status_code == 409

    wish = {"name": "Old adapter", "model": "grandstream-ht80x", "ports": ["", "sip-203-2"]}
    assert (await office.client.put(f"/api/devices/{MAC}", json=wish)).status_code == 204
    (device,) = (await devices(office))["devices"]
    assert (device["name"], device["ports"]) == ("Old adapter", ["", "sip-203-2"])

    assert (await office.client.delete(f"/api/devices/{MAC}")).status_code == 204
    assert (await office.client.post(f"/api/devices/{MAC}/window")).status_code == 404
    await fetch(office)
    assert (await office.client.delete(f"/api/devices/seen/{MAC}")).status_code == 204
    assert (await devices(office))["seen"] == []


async def test_the_page_says_what_goes_into_option_66(office: Served) -> None:
    view = await devices(office)

    assert re.fullmatch(r"http://[0-9.]+:\d+/provision", view["url"])
    assert view["reachable"] is True
    assert {model["id"] for model in view["models"]} == set(device_models()) - {"linphone"}


async def test_a_softphone_reads_its_account_from_the_code_on_the_sheet(office: Served) -> None:
    made = await office.client.post("/api/extensions/102/phones", json={})
    account = made.json()["account"]
    path = "/provision" + account["link"].partition("/provision")[2]

    answers = [await fetch(office, path, "Linphone-Desktop/5.2") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 404]
    root = ET.fromstring(answers[0].text)
    entries = {one.get("name"): one.text for one in root.iter() if one.get("name")}
    assert (entries["username"], entries["passwd"]) == (account["user"], account["secret"])
    assert account["qr"].startswith("M")


# ---- the templates, by the book


def filled(model: str, *accounts: Account | None) -> str:
    return configuration(device_models()[model], MAC, "Adapter", PLACE, accounts)


def test_an_adapter_gets_the_makers_p_values_for_both_ports() -> None:
    second = Account("102", "Workshop", "102", "other-secret")

    values = p_values(filled("grandstream-ht80x", DESK, second))

    assert {key: values[key] for key in ("P271", "P47", "P35", "P36", "P34", "P3", "P31")} == {
        "P271": "1",
        "P47": "192.0.2.7:5060",
        "P35": "101",
        "P36": "101",
        "P34": "secret&<24>",
        "P3": 'Rope & "Reef" <1>',
        "P31": "1",
    }
    assert {key: values[key] for key in ("P401", "P747", "P735", "P736", "P734", "P731")} == {
        "P401": "1",
        "P747": "192.0.2.7:5060",
        "P735": "102",
        "P736": "102",
        "P734": "other-secret",
        "P731": "1",
    }
    assert (values["P212"], values["P237"], values["P145"]) == (
        "1",
        "192.0.2.7:8080/provision/token",
        "0",
    )
    assert (values["P850"], values["P860"]) == ("101", "101"), "keys by RFC 2833"
    codecs = {values[f"P{n}"] for n in (57, 58, 59, 60, 61, 62, 757, 758, 759, 760, 761, 762)}
    assert codecs == {"8", "0"}, "PCMA and PCMU are all the box speaks"
    assert (values["P130"], values["P830"], values["P183"], values["P443"]) == ("0",) * 4


def test_a_port_without_an_account_is_switched_off_and_forgets_its_password() -> None:
    values = p_values(filled("grandstream-ht80x", DESK))

    assert (values["P401"], values["P734"]) == ("0", "")


@pytest.mark.parametrize(("model", "ports"), [("grandstream-ht814", 4), ("grandstream-ht818", 8)])
def test_an_adapter_with_many_ports_has_an_account_for_each(model: str, ports: int) -> None:
    last = Account("108", "Shed", "108", "other-secret")

    values = p_values(filled(model, DESK, *[None] * (ports - 2), last))

    assert (values["P47"], values["P31"], values["P850"]) == ("192.0.2.7:5060", "1", "101")
    assert [values[f"P{n}"] for n in (4595, 4060, 4090, 4120)] == ["1", "101", "101", "secret&<24>"]
    at = ports - 1
    assert [values[f"P{n + at}"] for n in (4595, 4060, 4120)] == ["1", "108", "other-secret"]
    assert (values["P4596"], values["P4121"]) == ("0", ""), "a port that has none is off"


def test_a_grandstream_desk_phone_gets_its_first_account() -> None:
    values = p_values(filled("grandstream-grp", DESK))

    assert (values["P271"], values["P47"], values["P35"], values["P34"], values["P270"]) == (
        "1",
        "192.0.2.7:5060",
        "101",
        "secret&<24>",
        "101",
    )


def test_a_yealink_phone_gets_its_lines() -> None:
    evil = Account("101", "Reef\naccount.1.password = x", "101", "secret#24")
    text = filled("yealink-t", evil)
    lines = dict(line.split(" = ", 1) for line in text.splitlines() if " = " in line)

    assert text.startswith("#!version:1.0.0.1\n")
    assert lines["account.1.enable"] == "1"
    assert lines["account.1.user_name"] == lines["account.1.auth_name"] == "101"
    assert lines["account.1.password"] == "secret#24"
    assert lines["account.1.sip_server.1.address"] == "192.0.2.7"
    assert lines["account.1.sip_server.1.port"] == "5060"
    assert lines["account.1.dtmf.type"] == "1"
    assert lines["static.auto_provision.server.url"] == PLACE.url
    assert sum(line.startswith("account.1.password") for line in text.splitlines()) == 1


@pytest.mark.parametrize("model", sorted(device_models()))
def test_every_template_is_filled_whole(model: str) -> None:
    for accounts in ((), (DESK,), (DESK,) * 8):
        text = filled(model, *accounts)

        assert not re.search(r"\{\w+\}", text)
        assert len(device_models()[model].unused) == len(device_models()[model].accounts)
        if device_models()[model].form == "xml":
            ET.fromstring(text)


@pytest.mark.parametrize(
    ("file", "agent", "found"),
    [
        ("cfg000b82aabbcc.xml", HT802, ("grandstream-ht80x", MAC)),
        ("cfg000B82AABBCC.xml", HT802, ("grandstream-ht80x", MAC)),
        (
            "cfgc074adaabbcc.xml",
            "Grandstream Model HW GRP2612W SW 1.0.5.3",
            ("grandstream-grp", "c074adaabbcc"),
        ),
        ("805ec0aabbcc.cfg", YEALINK, ("yealink-t", "805ec0aabbcc")),
        ("cfg000b82aabbcc.xml", "", ("grandstream-grp", MAC)),
        ("y000000000124.cfg", YEALINK, None),
        ("cfght802.xml", HT802, None),
        ("cfg000b82aabbcc.xml", "Grandstream Model HW HT818 SW 1.0.5", ("grandstream-ht818", MAC)),
        ("cfg.xml", HT802, None),
    ],
)
def test_a_device_is_known_by_what_it_asks_for(
    file: str, agent: str, found: tuple[str, str] | None
) -> None:
    assert asked_for(file, agent) == found


# ---- bounds


def test_a_flood_from_one_address_is_not_looked_at() -> None:
    at = [0.0]
    seen = SeenDevices(lambda: at[0])

    asked = [seen.may_ask("192.0.2.66") for _ in range(BURST + 20)]
    other = seen.may_ask("192.0.2.31")
    at[0] = 600.0

    assert asked == [True] * BURST + [False] * 20
    assert other
    assert seen.may_ask("192.0.2.66")


def test_one_address_cannot_push_the_others_devices_out() -> None:
    seen = SeenDevices(lambda: 0.0)
    seen.note(MAC, "yealink-t", "192.0.2.31", YEALINK)
    for n in range(1000):
        seen.note(f"{n:012x}", "yealink-t", "192.0.2.66", "x" * 5000)

    assert seen.get(MAC) is not None
    assert len(seen.all()) == 1 + MOST_OF_ONE_ADDRESS
    assert max(len(one.agent) for one in seen.all()) <= 120

    for n in range(1000):
        seen.note(f"{n:012x}", "yealink-t", f"192.0.{n // 250}.{n % 250}", "")
        assert seen.may_ask(f"198.51.{n // 250}.{n % 250}")
    assert len(seen.all()) == MOST_DEVICES


def test_a_device_without_its_token_is_only_heard_from_where_it_was_seen(tmp_path: Any) -> None:
    at = [1000.0]
    db = WebDatabase(tmp_path / "web.db")
    named = Devices(db, lambda: at[0])
    named.put(MAC, "yealink-t", "Desk", ("sip-101",))
    named.open_window(MAC, "192.0.2.31")
    device = named.get(MAC)
    assert device is not None

    assert named.may_fetch(device, None, "192.0.2.31")
    assert not named.may_fetch(device, None, "192.0.2.66")
    assert named.may_fetch(device, device.token, "192.0.2.66")
    assert not named.may_fetch(device, device.token + "x", "192.0.2.31")
    at[0] += WINDOW_S + 1
    assert not named.may_fetch(device, device.token, "192.0.2.31")
    db.close()


def test_a_softphone_link_ends_with_its_time_and_with_the_next_one() -> None:
    at = [0.0]
    links = SoftphoneLinks(lambda: at[0])
    first, second = links.make("sip-101"), links.make("sip-101")

    assert links.use(first) is None
    assert links.use(second) == "sip-101"
    at[0] = WINDOW_S + 1
    assert links.use(second) is None
