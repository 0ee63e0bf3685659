"""What holds for every test: no deadline for generated cases, and one lender of prompts."""

import os
import shutil
import tempfile

import pytest
from hypothesis import settings

from tests.practice_prompts import LENDER

settings.register_profile("unhurried", deadline=None)  # no test measures speed
settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # xdist's workers inherit it
        os.environ[LENDER] = tempfile.mkdtemp(prefix="tr-prompts-", dir="/tmp")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(LENDER), ignore_errors=True)
