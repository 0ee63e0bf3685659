"""The small parts the login stands on: codes, passwords, limits, sessions, languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware.contract.texts import LANGUAGES
from webui.accounts import Role, User
from webui.language import wanted
from webui.one_time_code import ALPHABET, LENGTH, as_typed, new_code
from webui.passwords import PasswordRefused, check_choice
from webui.rate_limit import Attempts, TooManyAttempts
from webui.sessions import ABSOLUTE_S, IDLE_S, Sessions
from webui.web_db import WebDatabase


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_thousand_codes_differ_and_hold_sixty_bits() -> None:
    codes = {new_code() for _ in range(1000)}

    assert len(codes) == 1000
    assert len(ALPHABET) ** LENGTH >= 2**60


def test_a_code_may_be_typed_carelessly() -> None:
    assert as_typed(" olo1-abcd 2345-6789 ") == as_typed("0101-ABCD-2345-6789")


@pytest.mark.parametrize(
    "password",
    ["elevenchars", "x" * 129, "Password1234", "111111111111", "owner1234567", "abababababab"],
)
def test_a_password_that_would_be_guessed_is_refused(password: str) -> None:
    with pytest.raises(PasswordRefused):
        check_choice(password, "owner")


@pytest.mark.parametrize(
    "password", ["seven wires in a duct", "ключ под ковриком", "x1" * 3 + "yzw789"]
)
def test_a_password_needs_no_rules_of_composition(password: str) -> None:
    check_choice(password, "owner")


def test_waiting_doubles_per_address_and_ends_with_success() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    waits = []
    for _ in range(12):
        attempts.failed("10.0.0.1", "owner")
        try:
            attempts.check("10.0.0.1", "owner")
        except TooManyAttempts as limit:
            waits.append(limit.wait_s)
    attempts.check("10.0.0.2", "owner")
    clock.now += 1000
    attempts.succeeded("10.0.0.1", "owner")
    attempts.failed("10.0.0.1", "owner")

    attempts.check("10.0.0.1", "owner")
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128]


def test_guessing_from_many_addresses_slows_the_account_but_not_for_long() -> None:
    attempts = Attempts(Clock())
    for guess in range(200):
        attempts.failed(f"10.0.{guess}.1", "owner")

    with pytest.raises(TooManyAttempts) as limit:
        attempts.check("10.1.0.1", "owner")
    assert limit.value.wait_s == 30


@pytest.fixture
def database(tmp_path: Path) -> Iterator[WebDatabase]:
    db = WebDatabase(tmp_path / "web.db")
    with db.transaction() as sql:
        sql.execute(
            "INSERT INTO users (name, role, password, created_s) VALUES ('owner', 'owner', 'x', 0)"
        )
    yield db
    db.close()


def test_a_session_ends_unused_and_in_any_case_after_half_a_day(database: WebDatabase) -> None:
    clock = Clock()
    sessions = Sessions(database, clock)
    owner = User("owner", Role.OWNER, None)
    idle, _ = sessions.begin(owner, "here")
    busy, _ = sessions.begin(owner, "here")
    for _ in range(int(ABSOLUTE_S / IDLE_S) + 1):
        assert sessions.find(busy) is not None
        clock.now += IDLE_S - 120

    assert sessions.find(idle) is None
    clock.now = 1_000_000.0 + ABSOLUTE_S + 1
    assert sessions.find(busy) is None


def test_watching_alone_does_not_keep_a_session_alive(database: WebDatabase) -> None:
    clock = Clock()
    sessions = Sessions(database, clock)
    cookie, _ = sessions.begin(User("owner", Role.OWNER, None), "here")
    for _ in range(4):
        clock.now += IDLE_S / 3
        found = sessions.find(cookie, in_use=False)

    assert found is None


def test_the_database_holds_no_usable_cookie(database: WebDatabase, tmp_path: Path) -> None:
    cookie, session = Sessions(database).begin(User("owner", Role.OWNER, None), "here")

    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert cookie.encode() not in stored
    assert session.id_hash.encode() in stored
    assert (tmp_path / "web.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("fr", "en"),
        ("pt", "pt-BR"),
        ("PT-pt;q=0.3, es-MX;q=0.9", "es"),
        ("xx;q=nonsense, ru", "ru"),
    ],
)
def test_the_readers_language_is_the_best_of_ours(header: str | None, language: str) -> None:
    assert wanted(header) == language
    assert language in LANGUAGES
