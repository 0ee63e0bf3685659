"""The emergency numbers that always get a line."""

import json
from pathlib import Path

import phonenumbers.shortnumberinfo as short_numbers
import pytest

import firmware.dsp
from firmware.config.emergency import TABLE, emergency_numbers
from firmware.config.load import load
from tests.firmware.config.office_text import MINIMAL, PRACTICE, changed

COUNTRIES = {
    "GB": {"999", "112"},
    "US": {"911"},
    "BR": {"190", "192", "193"},
    "PT": {"112"},
    "RO": {"112"},
    "PL": {"112", "997", "998", "999"},
    "RU": {"112", "101", "102", "103"},
    "ES": {"112"},
}


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_country_has_its_numbers(country: str) -> None:
    assert COUNTRIES[country] <= emergency_numbers(country)


@pytest.mark.parametrize("country", [one for one in json.loads(TABLE.read_text()) if one])
def test_the_number_plan_agrees_on_each_country(country: str) -> None:
    ours = emergency_numbers(country)

    assert any(short_numbers.is_emergency_number(number, country) for number in ours)
    assert not any(
        short_numbers.is_emergency_number(number, country) and number not in ours
        for number in ("112", "911", "999", "110", "118", "119", "190", "100")
    )


def test_every_country_with_tones_has_emergency_numbers() -> None:
    tones = Path(firmware.dsp.__file__).parent / "tones.json"
    countries = {key.upper() for key in json.loads(tones.read_text("utf-8"))["countries"]}
    iso = {"UK": "GB"}

    assert {iso.get(one, one) for one in countries} <= set(json.loads(TABLE.read_text()))


def test_a_country_we_do_not_know_has_what_every_mobile_phone_knows() -> None:
    assert emergency_numbers("ZZ") == {"112", "911"}


def test_the_office_may_add_its_own() -> None:
    config = load(MINIMAL + 'emergency_numbers = ["5555"]\n')

    assert config.emergency_numbers() == {"999", "112", "5555"}


def test_practice_extensions_are_free_in_its_country_but_not_in_russia() -> None:
    from firmware.config.load import check  # noqa: PLC0415

    faults = check(changed('country = "GB"', 'country = "RU"', PRACTICE))

    assert [(fault.code, fault.args["number"]) for fault in faults] == [
        ("config.extension-hides-emergency", "101"),
        ("config.extension-hides-emergency", "102"),
        ("config.extension-hides-emergency", "103"),
        ("config.extension-hides-emergency", "104"),
    ]
