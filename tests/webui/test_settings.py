"""Settings: checked as one types, applied on trial, confirmed, compared, brought back."""

import pytest

from tests.webui.served import OWNER, Served


@pytest.mark.usefixtures("recorded")
async def test_faults_of_the_settings_are_sentences_in_the_readers_language(box: Served) -> None:
    toml = (
        (await box.client.get("/api/config")).json()["toml"].replace('country = "GB"', "contry = 1")
    )

    english = await box.client.post("/api/config/check", json={"toml": toml})
    spanish = await box.client.post(
        "/api/config/check", json={"toml": toml}, headers={"Accept-Language": "es"}
    )

    faults = english.json()["faults"]
    line = toml.splitlines().index("contry = 1") + 1
    assert ("office.contry", line) in [(f["args"]["key"], f["args"].get("line")) for f in faults]
    assert spanish.json()["faults"][0]["sentence"] != faults[0]["sentence"]


@pytest.mark.parametrize("verb", ["check", "apply"])
async def test_settings_that_are_far_too_long_are_refused_in_the_readers_language(
    box: Served, verb: str
) -> None:
    answer = await box.client.post(
        f"/api/config/{verb}",
        json={"toml": "#" * 500_001},
        headers={"Accept-Language": "pt-BR"},
    )

    assert [fault["sentence"] for fault in answer.json()["faults"]] == [
        "tipring.toml pode ter no máximo 500000 caracteres."
    ]


@pytest.mark.usefixtures("recorded")
async def test_settings_are_applied_on_trial_and_confirmed(box: Served) -> None:
    config = (await box.client.get("/api/config")).json()
    wish = {
        "toml": config["toml"].replace('"Workshop"', '"Garage"'),
        "comment": "the workshop is a garage now",
        "based_on": 2,
        "confirm_within_s": 60,
    }

    applied = (await box.client.post("/api/config/apply", json=wish)).json()
    confirmed = (await box.client.post("/api/config/confirm", json={"version": 3})).json()
    newest = (await box.client.get("/api/config/versions")).json()[0]
    difference = (await box.client.get("/api/config/versions/3/difference")).json()["text"]

    assert applied["version"] == 3
    assert applied["unconfirmed_until"] is not None
    assert confirmed == {"version": 3, "unconfirmed_until": None}
    assert (newest["who"], newest["comment"]) == (OWNER, "the workshop is a garage now")
    assert '+name = "Garage"' in difference


@pytest.mark.usefixtures("recorded")
async def test_settings_built_on_an_older_version_are_refused(box: Served) -> None:
    toml = (await box.client.get("/api/config")).json()["toml"]

    answer = await box.client.post("/api/config/apply", json={"toml": toml, "based_on": 1})

    assert (answer.status_code, answer.json()["code"]) == (409, "config.version-came-between")


@pytest.mark.usefixtures("recorded")
async def test_faulty_settings_cannot_be_applied(box: Served) -> None:
    answer = await box.client.post("/api/config/apply", json={"toml": "office ="})

    assert answer.status_code == 422
    assert answer.json()["faults"][0]["sentence"]


@pytest.mark.usefixtures("recorded")
async def test_an_earlier_version_comes_back_as_a_new_one(box: Served) -> None:
    before = (await box.client.get("/api/config/versions/1")).json()["toml"]

    restored = (await box.client.post("/api/config/versions/1/restore")).json()

    assert restored["version"] == 3
    assert (await box.client.get("/api/config")).json()["toml"] == before
    assert (await box.client.get("/api/config/versions/99")).status_code == 404
