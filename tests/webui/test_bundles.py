"""Bundles in the page: uploaded, judged, accepted; keys; the box as one. The exchange is real."""

import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from firmware.bundle.bundle import make_bundle, read_bundle
from firmware.bundle.incoming import leave_bundle
from firmware.bundle.minisign import SecretKey, sign
from tests.firmware.bundle.bundle_maker import (
    HASH,
    MADE_AT,
    OWNER,
    STRANGER,
    bundle_of,
    office,
    public_line,
    tone,
)
from tests.practice_prompts import lend_prompts
from tests.webui.whole_box import WholeBox, whole_box

RENAMED = office().replace("Scripted office", "New office", 1)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("sounds")
    lend_prompts(state)
    (state / "prompts").mkdir(exist_ok=True)
    return state / "prompts"


@pytest.fixture
async def box(sounds: Path) -> AsyncIterator[WholeBox]:
    async with whole_box(office(), sounds) as running:
        await running.claim()
        await running.log_in()
        yield running


def bundle(text: str = RENAMED, key: SecretKey | None = OWNER, serial: int = 7) -> bytes:
    return make_bundle(text, {}, serial=serial, made_at=MADE_AT, key=key)


async def upload(box: WholeBox, data: bytes, **headers: str) -> httpx2.Response:
    files = {"file": ("office.tipring", data, "application/octet-stream")}
    return await box.client.post("/api/bundles", files=files, headers=headers)


async def listed(box: WholeBox) -> dict[str, Any]:
    answer: dict[str, Any] = (await box.client.get("/api/bundles")).json()
    return answer


def live(box: WholeBox) -> str:
    return (box.state / "tipring.toml").read_text("utf-8")


async def test_an_upload_waits_with_its_signer_and_is_live_when_accepted(box: WholeBox) -> None:
    uploaded = await upload(box, bundle())

    assert uploaded.status_code == 201, uploaded.text
    shown = uploaded.json()
    assert (shown["signed_by"], shown["serial"], shown["source"]) == ("Ana", 7, "page")
    assert [change["code"] for change in shown["changes"]] == ["change.changed"]
    assert live(box) == office()

    accepted = await box.client.post(f"/api/bundles/{shown['bundle_id']}/accept")
    assert accepted.json() == {"version": 2}
    assert "New office" in live(box)
    after = await listed(box)
    assert after["waiting"] == []
    assert (after["last"]["taken"], after["last"]["text"]["code"]) == (True, "bundle.imported")
    assert (await upload(box, bundle())).json()["code"] == "bundle.older"


async def test_a_key_that_may_at_once_still_waits_when_it_comes_through_the_page(
    box: WholeBox,
) -> None:
    await box.client.put("/api/bundle-keys/owner", json={"name": "Ana", "at_once": True})
    text = live(box).replace("Scripted office", "New office", 1)
    assert (await upload(box, bundle(text))).status_code == 201

    (waiting,) = (await listed(box))["waiting"]
    assert waiting["signed_by"] == "Ana"

    leave_bundle(box.state, bundle(text, serial=8))
    assert "New office" not in live(box)
    await listed(box)
    assert "New office" in live(box)


async def test_what_comes_along_is_told_in_words(box: WholeBox) -> None:
    prompts = f'\n[prompts.hello]\nen.sound = "{HASH}"\n[prompts.goodbye]\nen.text = "Bye."\n'
    contacts = "number,list,name\n+441632960021,,Ana Costa\n+441632960022,vip,Rui\n"
    contents = {
        "tipring.toml": (office() + prompts).encode(),
        f"prompts/{HASH}.wav": tone(),
        "contacts.csv": contacts.encode(),
    }
    shown = (await upload(box, bundle_of(contents))).json()

    told = [(one["code"], one["args"].get("count")) for one in shown["brings"]]
    assert told == [
        ("bundle.prompts-new", 2),
        ("bundle.brings-sounds", 1),
        ("bundle.brings-contacts", 2),
    ]
    assert (shown["signed_by"], shown["sounds"], shown["contacts"]) == (None, 1, 2)

    await box.client.post(f"/api/bundles/{shown['bundle_id']}/accept")
    assert (box.state / "prompts" / f"{HASH}.wav").exists()
    assert "+441632960022" in live(box)
    assert box.desk.archive.contacts()[0].name == "Ana Costa"
    (box.state / "prompts" / f"{HASH}.wav").unlink()


@pytest.mark.parametrize(
    ("data", "code", "advice"),
    [
        (b"junk", "bundle.not-a-bundle", "advice.bundle-make-again"),
        (
            bundle(office() + f'\n[prompts.goodbye]\nen.sound = "{"cd" * 32}"\n'),
            "bundle.no-sound",
            "advice.bundle-sound",
        ),
        (
            bundle(office().replace('prompt = "goodbye"', 'prompt = "nonsense"')),
            "config.no-such-prompt",
            "advice.bundle-correct",
        ),
        (
            bundle_of({"tipring.toml": office().encode(), f"prompts/{HASH}.wav": tone()[:60]}),
            "bundle.damaged",
            "advice.bundle-make-again",
        ),
    ],
)
async def test_a_bad_one_is_refused_with_what_to_do_and_leaves_nothing(
    box: WholeBox, data: bytes, code: str, advice: str
) -> None:
    answer = await upload(box, data, **{"Accept-Language": "pt-BR"})

    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == code
    assert problem["faults"][-1]["code"] == advice
    assert all("{" not in fault["sentence"] for fault in problem["faults"])
    assert await listed(box) == {"waiting": [], "last": None}
    assert not list(box.state.glob("uploaded/*"))


async def test_a_bad_stick_is_shown_with_what_to_do(box: WholeBox) -> None:
    leave_bundle(box.state, b"junk")

    last = (await listed(box))["last"]

    assert (last["taken"], last["text"]["code"]) == (False, "bundle.not-a-bundle")
    assert last["advice"]["code"] == "advice.bundle-make-again"


async def test_one_that_changes_nothing_is_said_to_be_the_same(box: WholeBox) -> None:
    answer = await upload(box, bundle(office(), None))

    assert answer.json()["code"] == "bundle.same"
    assert (await listed(box))["waiting"] == []


async def test_a_refused_one_is_gone(box: WholeBox) -> None:
    bundle_id = (await upload(box, bundle())).json()["bundle_id"]

    assert (await box.client.delete(f"/api/bundles/{bundle_id}")).status_code == 204

    assert (await listed(box))["waiting"] == []
    assert live(box) == office()
    gone = await box.client.post(f"/api/bundles/{bundle_id}/accept")
    assert (gone.status_code, gone.json()["code"]) == (404, "bundle.no-offer")


async def test_settings_on_trial_are_not_made_lasting_by_a_bundle(box: WholeBox) -> None:
    bundle_id = (await upload(box, bundle())).json()["bundle_id"]
    trial = {"toml": office().replace("Workshop", "Garage"), "confirm_within_s": 600}
    assert (await box.client.post("/api/config/apply", json=trial)).status_code == 200

    answer = await box.client.post(f"/api/bundles/{bundle_id}/accept")

    assert answer.json()["code"] == "web.settings-on-trial"
    assert "Garage" in live(box)


async def test_keys_are_added_changed_and_removed_by_who_typed_the_password(box: WholeBox) -> None:
    pub = f"untrusted comment: minisign public key\n{public_line(STRANGER)}\n"
    added = await box.client.post("/api/bundle-keys", json={"name": "Rui", "public_key": pub})
    assert added.status_code == 204, added.text
    first, second = (await box.client.get("/api/bundle-keys")).json()
    assert (second["name"], second["at_once"], second["id"]) == ("Rui", False, "key-1")
    assert first["id"] == "owner"

    again = await box.client.post("/api/bundle-keys", json={"name": "X", "public_key": pub})
    assert again.json()["code"] == "web.bundle-key-known"
    junk = await box.client.post("/api/bundle-keys", json={"name": "X", "public_key": "RWnope"})
    assert (junk.status_code, junk.json()["code"]) == (422, "web.bad-public-key")

    shown = (await upload(box, bundle(live(box) + '\n[codes]\nredial = "*67"\n', STRANGER))).json()
    assert shown["signed_by"] == "Rui"

    assert (await box.client.delete("/api/bundle-keys/key-1")).status_code == 204
    assert len((await box.client.get("/api/bundle-keys")).json()) == 1
    assert (await box.client.delete("/api/bundle-keys/key-1")).status_code == 404


async def test_without_the_password_typed_of_late_nothing_is_taken(box: WholeBox) -> None:
    bundle_id = (await upload(box, bundle())).json()["bundle_id"]
    await box.client.post("/api/logout")
    answer = await box.client.post(
        "/api/login", json={"name": "owner", "password": "seven wires in a duct"}
    )
    box.client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    for method, path in (
        ("POST", f"/api/bundles/{bundle_id}/accept"),
        ("DELETE", "/api/bundle-keys/owner"),
    ):
        refused = await box.client.request(method, path)
        assert refused.json()["code"] == "web.password-needed", path
    assert live(box) == office()


async def test_the_box_comes_out_as_a_bundle_without_its_secrets(box: WholeBox) -> None:
    text = live(box).replace('name = "Workshop"', 'name = "Workshop"\ndial_pin = "5831"')
    assert (await box.client.post("/api/config/apply", json={"toml": text})).status_code == 200

    answer = await box.client.get("/api/bundles/export")

    made = read_bundle(answer.content)
    assert made.configuration == live(box)
    assert "5831" not in made.configuration
    assert made.signature is None
    assert ".tipring" in answer.headers["content-disposition"]


async def test_an_export_signed_by_hand_afterwards_is_known(box: WholeBox) -> None:
    unsigned = (await box.client.get("/api/bundles/export")).content
    packed = io.BytesIO(unsigned)
    with zipfile.ZipFile(packed, "a") as archive:
        signature = sign(OWNER, archive.read("manifest.json"), "by hand")
        archive.writestr("manifest.json.minisig", signature)
    renamed = live(box).replace("Scripted office", "New office", 1)
    await box.client.post("/api/config/apply", json={"toml": renamed})

    assert (await upload(box, packed.getvalue())).json()["signed_by"] == "Ana"
