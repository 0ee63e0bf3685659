"""Numbers as an analogue line dials them."""

import pytest

from drivers.fxo.dial_string import dial_string


@pytest.mark.parametrize(
    ("called", "country", "dialled"),
    [
        ("+441632960100", "GB", "01632960100"),
        ("+493023125014", "GB", "00493023125014"),
        ("+441632960100", "US", "011441632960100"),
        ("01632960100", "GB", "01632960100"),
        ("112", "GB", "112"),
        ("9w01632960100p1", "GB", "9W01632960100,1"),
        ("*21#", "GB", "*21#"),
        ("+999", "GB", "999"),
    ],
)
def test_a_number_is_dialled_without_a_plus(called: str, country: str, dialled: str) -> None:
    assert dial_string(called, country) == dialled
