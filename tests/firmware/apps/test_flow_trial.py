"""What would happen: the same rules and nodes as on a call, and nobody is disturbed."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import firmware.config
from firmware.apps.ivr.trial import Heard, Passed, People, Trial, try_out
from firmware.config.load import load
from firmware.config.model import Config

PRACTICE = (Path(firmware.config.__file__).parent / "practice.toml").read_text("utf-8")
CALL = Trial("gsm-1", "+447700900123", None, datetime(2026, 11, 18, 10, 0, tzinfo=UTC))


@pytest.fixture(scope="module")
def office() -> Config:
    return load(PRACTICE)


def nodes(steps: tuple[Passed, ...]) -> list[tuple[str | None, str | None]]:
    return [(step.node, step.exit) for step in steps if step.node is not None]


def codes(steps: tuple[Passed, ...]) -> list[str]:
    return [step.what.code for step in steps]


def test_a_key_leads_to_the_phone_that_answers(office: Config) -> None:
    steps = try_out(replace(CALL, keys=("1",)), office)

    assert nodes(steps) == [("hours", "open"), ("welcome", "keys.1"), ("front-desk", None)]
    assert codes(steps) == ["route.in", "trial.open", "trial.pressed", "trial.answers"]
    assert steps[2].heard == (Heard("welcome", "en"),)


def test_nobody_answers_and_the_caller_may_leave_a_message(office: Config) -> None:
    steps = try_out(replace(CALL, keys=("0",), people=People.NO_ANSWER), office)

    assert nodes(steps)[2:] == [("workshop", "no_answer"), ("message", None)]


def test_wrong_keys_are_asked_again_and_silence_leaves(office: Config) -> None:
    wrong = try_out(replace(CALL, keys=("7", "7", "7")), office)
    silent = try_out(CALL, office)

    assert nodes(wrong)[1:] == [("welcome", "invalid"), ("goodbye", None)]
    assert wrong[2].heard == (Heard("welcome", "en"), Heard("invalid", "en")) * 3
    assert nodes(silent)[1:] == [("welcome", "timeout"), ("message", None)]
    assert silent[2].what.args["tries"] == 3


def test_after_choosing_a_language_the_menu_speaks_it(office: Config) -> None:
    steps = try_out(replace(CALL, keys=("9", "2")), office)

    assert [one.heard for one in steps if one.node == "welcome"] == [
        (Heard("welcome", "en"),),
        (Heard("welcome", "pt-BR"),),
    ]


def test_an_extension_the_caller_knows_rings(office: Config) -> None:
    steps = try_out(replace(CALL, keys=("102",)), office)

    assert codes(steps)[-1] == "trial.rings"
    assert steps[-1].what.args["whom"] == "102"


@pytest.mark.parametrize(
    ("at", "way"),
    [("2026-11-18T18:30", "closed"), ("2026-12-25T10:00", "closed"), ("2026-11-18T10:00", "open")],
)
def test_hours_and_holidays_decide_as_they_do_for_callers(at: str, way: str) -> None:
    weekdays = 'opens = "09:00", closes = "17:00" }]'
    text = PRACTICE.replace('opens = "00:00", closes = "24:00" }]', weekdays)
    office = load(text.replace("public_holidays = false", "public_holidays = true"))
    trial = replace(CALL, at=datetime.fromisoformat(at).replace(tzinfo=UTC))

    assert nodes(try_out(trial, office))[0] == ("hours", way)


def test_a_blocked_caller_gets_nowhere() -> None:
    office = load(PRACTICE + '\n[callers]\nblocked = ["+447700900*"]\n')

    assert codes(try_out(CALL, office)) == ["route.blocked"]
    assert codes(try_out(replace(CALL, flow="main"), office))[0] == "trial.open"


def test_a_flow_that_turns_in_circles_comes_to_an_end(office: Config) -> None:
    steps = try_out(replace(CALL, keys=("9",) * 1000), office)

    assert codes(steps)[-1] == "ivr.went-in-circles"


def test_secret_digits_are_not_shown() -> None:
    ask = """
[flows.main.nodes.pin]
type = "collect"
prompt = "one-moment"
variable = "pin"
secret = true
next = "goodbye"
timeout = "goodbye"
invalid = "goodbye"
"""
    office = load(
        PRACTICE.replace('open = "welcome"', 'open = "pin"')
        .replace("[flows.main.nodes.goodbye]", ask + "\n[flows.main.nodes.goodbye]")
        .replace('closed = "message"', 'closed = "welcome"')
    )

    steps = try_out(replace(CALL, keys=("2580#",)), office)

    assert steps[2].what.args == {"keys": "••••"}
    assert steps[2].exit == "next"
