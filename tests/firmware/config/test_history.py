"""Every version is kept, any can come back, and an unconfirmed one goes back by itself."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.config.history import History
from firmware.contract.errors import (
    ConfigurationRefused,
    NotFound,
    RequestRefused,
    StorageFault,
)
from tests.firmware.config.office_text import MINIMAL, PRACTICE, changed

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECOND = changed("My office", "Second office", MINIMAL)
THIRD = changed("My office", "Third office", MINIMAL)


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = History(tmp_path)
    history.start(NOW, MINIMAL)
    return history


def test_the_first_start_makes_version_one_of_the_template(tmp_path: Path) -> None:
    started = History(tmp_path).start(NOW, MINIMAL)

    assert (started.version, started.config.office.name) == (1, "My office")
    assert (tmp_path / "tipring.toml").read_text("utf-8") == MINIMAL
    assert History(tmp_path).start(NOW).version == 1


def test_a_version_knows_who_when_why_and_what(history: History) -> None:
    version, config = history.apply(SECOND, "ana", NOW, comment="new name")

    assert config.office.name == "Second office"
    assert (version.number, version.who, version.at, version.comment) == (2, "ana", NOW, "new name")
    difference = history.difference(2)
    assert '-name = "My office"' in difference
    assert '+name = "Second office"' in difference
    assert [one.number for one in history.versions()] == [2, 1]


def test_any_version_can_come_back(history: History) -> None:
    history.apply(SECOND, "ana", NOW)
    history.apply(THIRD, "ana", NOW)

    version, config = history.restore(1, "sam", NOW)

    assert (version.number, version.restored, config.office.name) == (4, 1, "My office")
    assert history.live_text() == MINIMAL
    assert history.difference(4, to=1) == ""


def test_a_faulty_text_changes_nothing(history: History) -> None:
    with pytest.raises(ConfigurationRefused):
        history.apply(changed("GB", "gb", MINIMAL), "ana", NOW)

    assert history.current() == 1
    assert history.live_text() == MINIMAL


def test_an_editor_that_started_from_an_older_version_is_refused(history: History) -> None:
    history.apply(SECOND, "ana", NOW, based_on=1)

    with pytest.raises(RequestRefused):
        history.apply(THIRD, "sam", NOW, based_on=1)


def test_an_unconfirmed_version_goes_back_even_after_a_restart(
    history: History, tmp_path: Path
) -> None:
    history.apply(SECOND, "ana", NOW, confirm_until=NOW + timedelta(seconds=60))
    reborn = History(tmp_path)
    assert reborn.roll_back_if_due(NOW + timedelta(seconds=59)) is None

    started = reborn.start(NOW + timedelta(seconds=61))

    assert (started.version, started.config.office.name) == (3, "My office")
    assert reborn.pending() is None


def test_a_power_cut_while_going_live_on_trial_still_goes_back(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise StorageFault("config.cannot-write", file="versions/2.json", why="power cut")

    until = NOW + timedelta(seconds=60)
    with monkeypatch.context() as patched:
        patched.setattr("firmware.config.history.Version.model_dump_json", cut)
        with pytest.raises(StorageFault):
            history.apply(SECOND, "ana", NOW, confirm_until=until)
    assert history.live_text() == SECOND

    assert History(tmp_path).start(until).config.office.name == "My office"


def test_two_unconfirmed_versions_go_back_to_the_last_one_that_was_sure(history: History) -> None:
    until = NOW + timedelta(seconds=60)
    history.apply(SECOND, "ana", NOW, confirm_until=until)
    history.apply(THIRD, "ana", NOW, confirm_until=until)

    rolled_back = history.roll_back_if_due(until)

    assert rolled_back is not None
    assert rolled_back[1].office.name == "My office"


def test_a_confirmed_version_stays(history: History) -> None:
    history.apply(SECOND, "ana", NOW, confirm_until=NOW + timedelta(seconds=60))
    history.confirm(2)

    assert history.roll_back_if_due(NOW + timedelta(days=1)) is None
    with pytest.raises(RequestRefused):
        history.confirm(2)


def test_a_pin_typed_into_the_configuration_moves_to_the_secrets(
    history: History, tmp_path: Path
) -> None:
    pin = '# my SIM\nimei = "860000000000011"\nsim_pin = "4321" # secret'
    _, config = history.apply(changed('imei = "860000000000011"', pin, PRACTICE), "ana", NOW)

    secrets = tmp_path / "secrets.toml"
    assert "4321" not in history.live_text() + history.text_of(2)
    assert "# my SIM" in history.live_text()
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert "4321" in secrets.read_text("utf-8")
    line = History(tmp_path).start(NOW).config.line("gsm-1")
    assert line == config.line("gsm-1")
    assert getattr(line, "sim_pin", None) == "4321"


def test_a_secret_typed_anew_takes_the_place_of_the_kept_one(
    history: History, tmp_path: Path
) -> None:
    phone = '\n[[lines]]\nid = "sip-9"\ndriver = "sip"\naccount = "phone"\nuser = "1"\n'
    history.apply(PRACTICE + phone + 'secret = "first of two"\n', "ana", NOW)

    typed = history.live_text() + 'secret = "second of two"\n'
    _, config = history.apply(typed, "ana", NOW)

    assert getattr(config.line("sip-9"), "secret", None) == "second of two"
    assert History(tmp_path).start(NOW).config == config
    assert "of two" not in history.live_text()


def test_a_pin_in_a_list_written_on_one_line_moves_too(history: History) -> None:
    line = 'lines = [{ id = "a", driver = "gsm", imei = "860000000000011", sim_pin = "4321" }]\n'

    _, config = history.apply(line + MINIMAL, "ana", NOW)

    assert "4321" not in history.live_text()
    assert getattr(history.check(history.live_text()).line("a"), "sim_pin", None) == "4321"
    assert getattr(config.line("a"), "sim_pin", None) == "4321"


def test_a_secret_of_a_line_that_is_gone_waits(history: History, tmp_path: Path) -> None:
    (tmp_path / "secrets.toml").write_text('[lines.gsm-1]\nsim_pin = "4321"\n', "utf-8")

    assert history.apply(SECOND, "ana", NOW)[1].lines == ()
    restored = history.apply(PRACTICE, "ana", NOW)[1].line("gsm-1")
    assert getattr(restored, "sim_pin", None) == "4321"


def test_an_edit_by_hand_becomes_a_version(history: History, tmp_path: Path) -> None:
    (tmp_path / "tipring.toml").write_text(SECOND, "utf-8")

    assert history.start(NOW).version == 2
    assert history.version(2).comment == "edited by hand"


def test_a_faulty_edit_by_hand_is_passed_over_and_told(history: History, tmp_path: Path) -> None:
    (tmp_path / "tipring.toml").write_text("[office", "utf-8")

    started = history.start(NOW)

    assert (started.version, started.config.office.name) == (1, "My office")
    assert [fault.code for fault in started.faults] == ["config.broken-toml"]
    assert (tmp_path / "tipring.toml").read_text("utf-8") == "[office"


def test_a_lost_live_file_comes_back_from_its_version(history: History, tmp_path: Path) -> None:
    (tmp_path / "tipring.toml").unlink()

    assert history.start(NOW).config.office.name == "My office"


def test_a_version_torn_by_a_power_cut_does_not_count(history: History, tmp_path: Path) -> None:
    (tmp_path / "versions" / "2.toml").write_text("[half", "utf-8")  # its .json never came

    assert history.current() == 1
    assert history.apply(SECOND, "ana", NOW)[0].number == 2
    with pytest.raises(NotFound):
        history.text_of(7)


def test_a_folder_that_cannot_be_written_is_a_storage_fault(tmp_path: Path) -> None:
    (tmp_path / "versions").write_text("in the way", "utf-8")

    with pytest.raises(StorageFault):
        History(tmp_path).start(NOW, MINIMAL)
