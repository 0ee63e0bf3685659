"""The key of the emergency sheet: what is mistyped is found, what is only untidy is forgiven."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.backup.key import ALPHABET, BackupSecret, as_typed, new_secret
from firmware.backup.refusal import BackupRefused

SEEDS = st.binary(min_size=20, max_size=20)


@given(SEEDS)
def test_what_the_sheet_shows_is_the_secret_again(seed: bytes) -> None:
    secret = BackupSecret(seed)

    assert as_typed(secret.shown()) == secret
    assert as_typed(secret.shown().replace(" ", "").lower()) == secret
    assert as_typed(secret.shown().replace("0", "O").replace("1", "l").replace(" ", "-")) == secret


@given(SEEDS, st.integers(0, 39), st.integers(1, 31))
def test_every_single_wrong_character_names_its_group(seed: bytes, place: int, step: int) -> None:
    typed = list(BackupSecret(seed).shown().replace(" ", ""))
    typed[place] = ALPHABET[(ALPHABET.index(typed[place]) + step) % 32]

    with pytest.raises(BackupRefused) as refused:
        as_typed("".join(typed))

    assert refused.value.text.code == "backup.key-group"
    assert refused.value.text.args["group"] == place // 5 + 1


@given(SEEDS, st.integers(0, 6))
def test_groups_that_changed_places_are_found(seed: bytes, first: int) -> None:
    groups = BackupSecret(seed).shown().split(" ")
    groups[first], groups[first + 1] = groups[first + 1], groups[first]

    with pytest.raises(BackupRefused):
        as_typed(" ".join(groups))


@pytest.mark.parametrize("typed", ["", "ABCD", "U" * 40, "ключ", "0" * 41])
def test_what_is_no_key_is_refused_in_words(typed: str) -> None:
    with pytest.raises(BackupRefused) as refused:
        as_typed(typed)

    assert refused.value.text.code in {"backup.key-length", "backup.key-group"}


def test_no_two_keys_are_the_same() -> None:
    keys = {new_secret().shown() for _ in range(500)}

    assert len(keys) == 500
    assert all(as_typed(key).sheet for key in random.Random(1).sample(sorted(keys), 5))
