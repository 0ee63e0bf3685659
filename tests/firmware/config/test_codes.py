"""The codes of a configuration: told apart from each other and from every number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.calls.dialled import Meaning, is_complete, is_within_code, understand
from firmware.config.codes import Code, Codes
from firmware.config.load import check
from tests.firmware.calls.offices import OFFICE, office

OFFICE_CONFIG = office()


def faults(codes: str) -> list[tuple[str, str]]:
    return [
        (fault.code, str(fault.args["key"])) for fault in check(f"{OFFICE}\n[codes]\n{codes}\n")
    ]


def test_every_code_is_a_key_of_the_chapter() -> None:
    settings = set(Codes.model_fields) - {"parking_ring_back_s"}

    assert {code.value for code in Code} == settings


def test_the_codes_as_they_come_are_free_of_faults() -> None:
    assert faults("") == []


@pytest.mark.parametrize(
    ("codes", "code", "key"),
    [
        ('redial = "*97"', "config.codes-clash", "codes.redial"),
        ('redial = "*724"', "config.codes-clash", "codes.redial"),
        ('redial = "101"', "config.code-hides-number", "codes.redial"),
        ('redial = "10"', "config.code-hides-number", "codes.redial"),
        ('redial = "99"', "config.code-hides-number", "codes.redial"),
        ('redial = "1123"', "config.code-hides-number", "codes.redial"),
        ('pause_recording = "*1"', "config.codes-clash", "codes.pause_recording"),
    ],
)
def test_a_code_that_could_be_something_else_is_refused(codes: str, code: str, key: str) -> None:
    assert (code, key) in faults(codes)


def test_a_mailbox_asks_for_no_pin_it_does_not_have() -> None:
    text = OFFICE.replace("max_s = 30", "max_s = 30\npin_on_own_phone = true")

    assert [fault.code for fault in check(text)] == ["config.pin-missing"]
    assert check(text, '[mailboxes.office]\npin = "4711"\n') == ()


def test_a_code_that_is_switched_off_means_nothing() -> None:
    config = office('[codes]\nredial = ""\n')

    assert understand("*66", config).meaning is Meaning.UNKNOWN_CODE


@pytest.mark.parametrize(
    ("keys", "complete"),
    [
        ("*", False),
        ("*9", False),
        ("*97", True),
        ("*#", False),
        ("*#1", True),
        ("*72", False),
        ("*7210", False),
        ("*72101", True),
        ("*720", False),
        ("*52*97", True),
        ("*85", False),
        ("*851", True),
        ("**10", False),
        ("**101", True),
    ],
)
def test_dialling_ends_when_nothing_can_follow(keys: str, complete: bool) -> None:
    assert is_complete(keys, office()) is complete


def test_what_stands_behind_a_code_is_told_apart() -> None:
    dialled = understand("*72 01632 960077", office())

    assert (dialled.code, dialled.behind) == (Code.FORWARD_ALWAYS, "01632960077")


@given(st.text("0123456789*#+ABCD ", max_size=40))
def test_whatever_is_keyed_in_has_a_meaning(keys: str) -> None:
    config = OFFICE_CONFIG

    dialled = understand(keys, config)

    assert (dialled.code is not None) == (dialled.meaning is Meaning.CODE)
    assert isinstance(is_complete(keys, config), bool)
    assert isinstance(is_within_code(keys, config), bool)


@pytest.mark.parametrize("number", ["999", "112"])
def test_an_emergency_number_is_one_behind_whatever_codes_there_are(number: str) -> None:
    assert understand(number, office()).meaning is Meaning.EMERGENCY
    assert is_complete(number, office())
