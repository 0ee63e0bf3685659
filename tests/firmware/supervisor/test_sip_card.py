"""What the supervisor does for SIP: the card's options, and passwords for the practice phones."""

import stat
import tomllib
from pathlib import Path

import pytest

from firmware.config.load import load, missing
from firmware.contract.line_state import Ability, Health, LineState
from firmware.supervisor.phone_passwords import make_phone_passwords
from firmware.supervisor.plan import Place, base_programs, card_program
from firmware.supervisor.run import may_register
from tests.firmware.config.office_text import PRACTICE


def test_the_sip_card_is_told_where_phones_register_and_no_other_card(tmp_path: Path) -> None:
    place = Place(tmp_path, 8080, "192.0.2.9", practice=True, sip_port=5070)

    assert card_program("sip", place).arguments[-4:] == (
        "--option", "listen=192.0.2.9", "--option", "sip-port=5070",
    )  # fmt: skip
    assert "--option" not in card_program("gsm", place).arguments
    (web,) = (one for one in base_programs(place) if one.name == "web")
    assert web.arguments[-2:] == ("--sip-port", "5070")


def test_each_practice_phone_has_a_password_of_its_own_that_lasts(tmp_path: Path) -> None:
    (tmp_path / "tipring.toml").write_text(PRACTICE, "utf-8")
    secrets = tmp_path / "secrets.toml"
    secrets.write_text('[lines.gsm-1]\nsim_pin = "4321"\n', "utf-8")

    make_phone_passwords(tmp_path)
    first = secrets.read_text("utf-8")
    make_phone_passwords(tmp_path)

    lines = tomllib.loads(first)["lines"]
    assert lines.keys() == {"gsm-1", "sip-1", "sip-2"}
    assert lines["sip-1"]["secret"] != lines["sip-2"]["secret"]
    assert secrets.read_text("utf-8") == first
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert missing(PRACTICE, first) == ()
    assert load(PRACTICE, first).line("sip-1")


@pytest.mark.parametrize("text", ["lines = 3 =", ""], ids=["broken", "none"])
def test_a_configuration_without_phones_gets_no_passwords(tmp_path: Path, text: str) -> None:
    (tmp_path / "tipring.toml").write_text(text, "utf-8")

    make_phone_passwords(tmp_path)

    assert not (tmp_path / "secrets.toml").exists()


@pytest.mark.parametrize(
    ("abilities", "health", "may"),
    [
        ({Ability.PHONE}, Health.NO_SERVICE, True),
        ({Ability.PHONE}, Health.STARTING, False),
        ({Ability.PLACE, Ability.RECEIVE}, Health.NO_SERVICE, False),
    ],
)
def test_a_phone_that_is_switched_off_holds_up_no_start(
    abilities: set[Ability], health: Health, may: bool
) -> None:
    state = LineState(line_id="a", driver="sip", health=health, abilities=frozenset(abilities))

    assert may_register(state) is may
