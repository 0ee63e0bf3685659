"""What would happen at the newer kinds of step, told without a call."""

from dataclasses import replace
from datetime import UTC, datetime

from firmware.apps.ivr.trial import Passed, Trial, try_out
from firmware.config.load import load
from tests.firmware.apps import test_call_back, test_flow_email, test_flow_values, test_form
from tests.firmware.scripted_office import SCRIPTED_OFFICE

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
CALL = Trial("gsm-1", "+447700900123", None, NOW)
VALUES = load(SCRIPTED_OFFICE + test_flow_values.NODES.replace("LISTED", "crm.example.com"))
FORM = load(SCRIPTED_OFFICE + test_form.NODES)
BACK = load(test_call_back.OFFICE)
LETTER = load(test_flow_email.OFFICE)


def way(steps: tuple[Passed, ...]) -> list[str]:
    return [str(step.node) for step in steps]


def test_what_the_web_address_answers_is_kept_and_tested() -> None:
    asked = replace(CALL, flow="extra", keys=("1",))

    assert way(try_out(replace(asked, web="silver"), VALUES))[2:] == ["remember", "check", "silver"]
    assert way(try_out(replace(asked, web="gold"), VALUES))[2:] == ["gold"]
    assert way(try_out(replace(asked, web="lead"), VALUES))[2:] == ["remember", "check", "bye"]
    assert way(try_out(asked, VALUES))[2:] == ["bye"]


def test_any_key_proves_a_human_and_silence_does_not() -> None:
    asked = replace(CALL, flow="extra")

    assert way(try_out(replace(asked, keys=("3", "5")), VALUES))[2:] == ["silver"]
    assert way(try_out(replace(asked, keys=("3",)), VALUES))[2:] == ["gold"]


def test_the_questions_of_a_form_are_heard_and_answered() -> None:
    answered = try_out(replace(CALL, flow="form", keys=("4711",)), FORM)
    silent = try_out(replace(CALL, flow="form"), FORM)

    assert way(answered) == ["ask", "done"]
    assert len(answered[0].heard) == 2
    assert way(silent) == ["ask", "sorry"]


def test_a_call_back_is_promised_to_who_has_a_number() -> None:
    asked = replace(CALL, flow="back", keys=("1",))

    assert way(try_out(asked, BACK)) == ["which", "call-back", "bye"]
    assert way(try_out(replace(asked, calling=None), BACK)) == ["which", "call-back", "sorry"]


def test_a_letter_is_told() -> None:
    steps = try_out(replace(CALL, flow="letter"), LETTER)

    assert (way(steps), steps[0].what.code) == (["write", "bye"], "ivr.email-sent")
