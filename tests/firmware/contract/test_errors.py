"""Exceptions as logs show them."""

from firmware.contract.errors import LineError


def test_an_exception_reads_as_a_sentence_with_its_code_behind() -> None:
    assert str(LineError("run.page", address="here")) == "Open the page: here (run.page)"
