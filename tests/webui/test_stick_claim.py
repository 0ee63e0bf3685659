"""A box fresh from the factory, owned and set up by a stick alone; one with an owner never is."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.bundle.bundle import make_bundle
from firmware.bundle.incoming import FOLDER, leave_bundle
from firmware.bundle.minisign import SecretKey
from firmware.bundle.owner import BundleOwner, hash_of
from firmware.bundle.stick import main as read_stick
from tests.firmware.bundle.bundle_maker import MADE_AT, OWNER, SAME_ID, STRANGER, public_line
from tests.firmware.bundle.test_fat import make_stick
from tests.firmware.scripted_box import scripted_box
from tests.firmware.scripted_office import SCRIPTED_OFFICE
from tests.practice_prompts import lend_prompts
from tests.webui.served import PASSWORD, until
from tests.webui.whole_box import WholeBox, web_of, whole_box
from webui.accounts import Accounts
from webui.web_db import WebDatabase

NAME = "Ana Costa"
FACTORY = SCRIPTED_OFFICE.replace("Scripted office", "Fresh from the factory", 1)
CODE = "7Q2M-9XKD-T4HN-B8RC"


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("sounds")
    lend_prompts(state)
    (state / "prompts").mkdir(exist_ok=True)
    return state / "prompts"


@pytest.fixture
async def fresh(sounds: Path) -> AsyncIterator[WholeBox]:
    """Nobody owns it, and it has the folder that sticks are read into."""
    async with whole_box(FACTORY, sounds) as running:
        yield running


def owner(
    *, password: str | None = PASSWORD, code: str | None = None, key: SecretKey = OWNER
) -> BundleOwner:
    return BundleOwner(
        name=NAME,
        public_key=public_line(key),
        password=hash_of(password) if password else None,
        code=hash_of(code.replace("-", "")) if code else None,
    )


def bundle(named: BundleOwner | None, key: SecretKey | None = OWNER, serial: int = 7) -> bytes:
    return make_bundle(SCRIPTED_OFFICE, {}, serial=serial, made_at=MADE_AT, key=key, owner=named)


def plug_in(box: WholeBox, folder: Path, data: bytes) -> int:
    """What udev starts for a stick that is put in."""
    stick = make_stick(folder / "stick.img", "32", "office.tipring", content=data)
    return read_stick([str(stick), "--state", str(box.state)])


def live(box: WholeBox) -> str:
    return (box.state / "tipring.toml").read_text("utf-8")


async def is_claimed(box: WholeBox) -> None:
    await until(lambda: box.desk.accounts.claimed() and not box.desk.accounts.claimed_by_stick())


async def test_a_stick_alone_makes_the_owner_and_the_office(
    fresh: WholeBox, tmp_path: Path
) -> None:
    assert (await fresh.client.get("/login")).headers["location"] == "/claim"

    assert await asyncio.to_thread(plug_in, fresh, tmp_path, bundle(owner())) == 0
    await is_claimed(fresh)

    assert "Scripted office" in live(fresh)
    assert public_line(OWNER) in live(fresh)
    assert "argon2" not in live(fresh)
    assert (await fresh.client.get("/claim")).headers["location"] == "/login"
    await fresh.log_in(NAME, PASSWORD)
    (key,) = (await fresh.client.get("/api/bundle-keys")).json()
    assert (key["name"], key["at_once"]) == (NAME, False)
    assert (await fresh.client.get("/api/bundles")).json()["last"]["taken"] is True

    # The same bundle again is old, and the owner's next one is known by its key.
    assert await asyncio.to_thread(plug_in, fresh, tmp_path, bundle(owner())) == 0
    assert (await fresh.client.get("/api/bundles")).json()["last"]["text"]["code"] == "bundle.older"
    next_one = bundle(None, serial=8)
    assert await asyncio.to_thread(plug_in, fresh, tmp_path, next_one) == 0
    (waiting,) = (await fresh.client.get("/api/bundles")).json()["waiting"]
    assert waiting["signed_by"] == NAME


async def test_a_code_on_the_stick_lets_the_owner_choose_a_password(
    fresh: WholeBox, tmp_path: Path
) -> None:
    named = owner(password=None, code=CODE)
    assert await asyncio.to_thread(plug_in, fresh, tmp_path, bundle(named)) == 0
    await is_claimed(fresh)
    form = {"name": NAME, "code": CODE, "password": PASSWORD, "again": PASSWORD}

    wrong = await fresh.client.post("/reset", data={**form, "code": CODE[::-1]})
    right = await fresh.client.post("/reset", data=form)
    used = await fresh.client.post("/reset", data=form)

    assert (wrong.status_code, right.status_code, used.status_code) == (401, 303, 401)
    await fresh.log_in(NAME, PASSWORD)


async def test_a_box_with_an_owner_never_takes_one_from_a_stick(
    fresh: WholeBox, tmp_path: Path
) -> None:
    await fresh.claim()
    await fresh.log_in()
    before = live(fresh)
    assert await asyncio.to_thread(plug_in, fresh, tmp_path, bundle(owner())) == 0

    listed = await fresh.client.get("/api/bundles")
    (waiting,) = listed.json()["waiting"]
    assert waiting["names_owner"] is True
    assert "argon2" not in listed.text
    assert live(fresh) == before
    accepted = await fresh.client.post(f"/api/bundles/{waiting['bundle_id']}/accept")
    assert accepted.status_code == 200

    people = (await fresh.client.get("/api/users")).json()
    assert [one["name"] for one in people] == ["owner"]
    assert (await fresh.client.get("/api/bundle-keys")).json() == []
    refused = await fresh.client.post("/api/login", json={"name": NAME, "password": PASSWORD})
    assert refused.status_code == 401


@pytest.mark.parametrize("key", [None, STRANGER, SAME_ID])
async def test_an_owner_whose_key_did_not_sign_is_refused_and_the_claim_page_says_why(
    fresh: WholeBox, tmp_path: Path, key: SecretKey | None
) -> None:
    data = bundle(owner(), key)
    assert await asyncio.to_thread(plug_in, fresh, tmp_path, data) == 1
    await fresh.box.control.ask("list-bundles")

    page = (await fresh.client.get("/claim")).text

    assert "The last stick was refused." in page
    assert "Ask whoever made the bundle to sign it" in page
    assert not fresh.desk.accounts.claimed()
    assert "Fresh from the factory" in live(fresh)


async def test_a_power_cut_after_the_owner_was_made_is_made_good(
    sounds: Path,
) -> None:
    """The note in web.db says what is still to be taken; the next web process does it."""
    named = owner()
    async with scripted_box(FACTORY, sounds) as box:
        (box.state / FOLDER).mkdir()
        bundle_id = leave_bundle(box.state, bundle(named))
        db = WebDatabase(box.state / "web.db")
        Accounts(db).claim_by_stick(NAME, named.password, None, bundle_id)
        db.close()

        async with web_of(box) as again:
            await until(lambda: again.desk.accounts.claimed_by_stick() is None)
            assert "Scripted office" in live(again)
            await again.log_in(NAME, PASSWORD)
            assert len((await again.client.get("/api/bundle-keys")).json()) == 1


async def test_an_owner_whose_bundle_is_gone_is_owner_all_the_same(sounds: Path) -> None:
    async with scripted_box(FACTORY, sounds) as box:
        db = WebDatabase(box.state / "web.db")
        Accounts(db).claim_by_stick(NAME, owner().password, None, "0" * 16)
        db.close()

        async with web_of(box) as again:
            await until(lambda: again.desk.accounts.claimed_by_stick() is None)
            assert "Fresh from the factory" in live(again)
            await again.log_in(NAME, PASSWORD)


async def test_the_first_owner_stays_when_two_sticks_name_one(
    fresh: WholeBox, tmp_path: Path
) -> None:
    assert await asyncio.to_thread(plug_in, fresh, tmp_path, bundle(owner())) == 0
    await is_claimed(fresh)
    other = owner(key=STRANGER).model_copy(update={"name": "Somebody else"})
    assert await asyncio.to_thread(plug_in, fresh, tmp_path, bundle(other, STRANGER)) == 0

    await fresh.log_in(NAME, PASSWORD)
    assert [one["name"] for one in (await fresh.client.get("/api/users")).json()] == [NAME]
    assert len((await fresh.client.get("/api/bundles")).json()["waiting"]) <= 1
