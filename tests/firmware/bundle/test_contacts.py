"""contacts.csv as spreadsheets write it, into the lists of callers."""

import tomllib

import pytest

from firmware.bundle.contacts import Contact, read_contacts, with_contacts
from firmware.bundle.refusal import BundleRefused

CONTACTS = (
    Contact("+441632960001", "vip", 'Sam "the bike", Ltd'),
    Contact("+4416329601*", "blocked", ""),
)
OFFICE = """# ours
[callers]
vip = ["+447700900033"]  # an old friend
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_what_a_spreadsheet_writes_is_read(end: str, mark: str) -> None:
    rows = [
        "number,list,name",
        '+441632960001,vip,"Sam ""the bike"", Ltd"',
        "+4416329601*,blocked,",
        "",
    ]

    assert read_contacts((mark + end.join(rows)).encode()) == CONTACTS


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("01632960001,vip,Sam", 2),
        ("+441632960001,friends,Sam", 2),
        ("+441632960001,vip", 2),
        ("+441632960001,vip,Sam,more", 2),
        ("+441632960001,vip," + "x" * 81, 2),
        ("+441632960001,vip,a\x07", 2),
        ("=cmd(),vip,x", 2),
        ('+441632960001,vip,"never ended', 2),
        ("+441632960001,vip,Sam\n+44٣٣٣٣,vip,Sam", 3),
    ],
)
def test_a_row_that_is_not_so_is_refused_by_its_line(row: str, line: int) -> None:
    with pytest.raises(BundleRefused) as refused:
        read_contacts(f"number,list,name\n{row}\n".encode())

    assert refused.value.text.code == "bundle.bad-contacts"
    assert refused.value.text.args == {"line": line}


def test_too_many_rows_are_refused() -> None:
    rows = "+441632960001,vip,\n" * 10_001

    with pytest.raises(BundleRefused):
        read_contacts(b"number,list,name\n" + rows.encode())


def test_contacts_join_the_lists_and_comments_stay() -> None:
    text = with_contacts(OFFICE, (*CONTACTS, CONTACTS[0]))

    assert tomllib.loads(text)["callers"] == {
        "vip": ["+447700900033", "+441632960001"],
        "blocked": ["+4416329601*"],
    }
    assert "# ours" in text
    assert "# an old friend" in text


def test_contacts_that_are_there_change_nothing() -> None:
    once = with_contacts(OFFICE, CONTACTS)

    assert with_contacts(once, CONTACTS) == once
    assert with_contacts(OFFICE, ()) == OFFICE


def test_an_office_without_lists_gets_them() -> None:
    assert tomllib.loads(with_contacts("[office]\n", CONTACTS[:1]))["callers"] == {
        "vip": ["+441632960001"]
    }
