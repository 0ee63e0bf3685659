"""Every key of a file is found where it stands."""

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.config.toml_places import Path, places
from tests.firmware.config.office_text import EXAMPLE, PRACTICE

TRICKY = '''
plain = 1
"quoted key" = "a # no comment = [x]"
dotted.inner."deep" = """
[not.a.header]
key = 1
"""
literal = \'\'\'
[[also not]]
\'\'\'
list = [ # comment with ]
  1, { a = "}", b = [2, 3] }, # comment
  "x",
]
empty = {}
none = []
date = 2026-12-24T08:00:00Z

[table . sub] # spaced
key = 'C:\\\\'
[[array]]
id = "one"
[[array]]
id = "two"
[array.part]
x = 1
[[array.list]]
y = 1
[[array.list]]
y = 2
'''


def paths_of(data: object, here: Path = ()) -> Iterator[Path]:
    if here:
        yield here
    if isinstance(data, dict):
        for key, value in data.items():
            yield from paths_of(value, (*here, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from paths_of(value, (*here, index))


@pytest.mark.parametrize("text", [TRICKY, PRACTICE, EXAMPLE], ids=["tricky", "practice", "example"])
def test_every_key_has_a_place_with_its_name_on_that_line(text: str) -> None:
    found = places(text)
    lines = text.split("\n")

    for path in paths_of(tomllib.loads(text)):
        if path not in found:
            # a table that only its children's headers name
            assert any(longer[: len(path)] == path for longer in found), path
            continue
        line, column = found[path]
        name = path[-1]
        if isinstance(name, str):
            assert name in lines[line - 1][column - 1 :], path


def test_the_second_of_two_tables_has_its_own_place() -> None:
    found = places(TRICKY)

    assert found[("array", 0, "id")][0] < found[("array", 1, "id")][0]
    assert found[("array", 1, "list", 1, "y")][0] > found[("array", 1, "list", 0, "y")][0]


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="ab.=\"'[]{},# \n\\1", max_size=40))
def test_any_text_the_parser_accepts_is_walked_to_its_end(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = places(text)
    assert all(path in found for path in paths_of(data) if len(path) == 1) or not data
