"""The border between the library's callbacks and us."""

import logging

import pytest

from drivers.sip.signalling.shield import shielded


def test_what_a_callback_raises_is_logged_and_answered(caplog: pytest.LogCaptureFixture) -> None:
    ended: list[str] = []

    @shielded(ended.append)
    def on_call(call: str) -> None:
        raise KeyError(call)

    with caplog.at_level(logging.ERROR):
        on_call("leg-1")

    assert ended == ["leg-1"]
    assert "on_call" in caplog.text
    assert "KeyError: 'leg-1'" in caplog.text


def test_what_goes_well_is_left_alone() -> None:
    @shielded(lambda *_: 0)
    def on_call(first: int, second: int) -> int:
        return first + second

    assert on_call(1, 2) == 3
