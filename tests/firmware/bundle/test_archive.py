"""The reader of zip files: what common programs pack is read, whatever else is refused."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.bundle import archive
from firmware.bundle.archive import read_archive
from firmware.bundle.refusal import BundleRefused
from tests.firmware.bundle.bundle_maker import SOUND, Member, bundle_of, good_contents, zipped

GOOD = bundle_of(good_contents())


def packed(*, streamed: bool, method: int) -> bytes:
    """Return what Python's own zipfile makes; streamed, sizes come behind the data."""
    file = io.BytesIO()
    target = Pipe(file) if streamed else file
    with zipfile.ZipFile(target, "w", method) as zip_file:
        for name, data in good_contents().items():
            zip_file.writestr(name, data)
    return file.getvalue()


class Pipe(io.RawIOBase):
    """A file that cannot be sought in, as a pipe."""

    def __init__(self, file: io.BytesIO) -> None:
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        assert isinstance(data, bytes | bytearray | memoryview)
        return self._file.write(data)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_a_library_packs_is_read(streamed: bool, method: int) -> None:
    assert read_archive(packed(streamed=streamed, method=method)) == good_contents()


def test_our_reader_and_pythons_see_the_same() -> None:
    ours = read_archive(GOOD)

    with zipfile.ZipFile(io.BytesIO(GOOD)) as theirs:
        assert ours == {name: theirs.read(name) for name in theirs.namelist()}


def test_an_archive_of_nothing_holds_nothing() -> None:
    assert read_archive(zipped(Member(b"contacts.csv", b""))) == {"contacts.csv": b""}


def test_too_large_a_file_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_ARCHIVE_BYTES", len(GOOD) - 1)

    with pytest.raises(BundleRefused) as refused:
        read_archive(GOOD)

    assert refused.value.text.code == "bundle.too-big"


@settings(max_examples=500, deadline=None, derandomize=True)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6
    ),
    cut=st.integers(0, 40),
)
def test_whatever_is_changed_it_is_refused_or_the_same(
    changes: list[tuple[int, int]], cut: int
) -> None:
    """A changed byte is noticed, or stands where nothing is told by it (a date, a version)."""
    data = bytearray(GOOD)
    for at, value in changes:
        data[at] = value
    try:
        read = read_archive(bytes(data[: len(data) - cut]))
    except BundleRefused:
        return
    assert {name: read[name] for name in good_contents()} == good_contents()


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.binary(max_size=300), st.binary(max_size=100))
def test_junk_is_refused_and_never_breaks_the_reader(body: bytes, name: bytes) -> None:
    for data in (body, b"PK" + body, b"PK\3\4" + body + GOOD[-22:], zipped(Member(name, body))):
        try:
            read_archive(data)
        except BundleRefused:
            continue


def test_members_are_found_wherever_the_directory_lists_them() -> None:
    """The order in the directory is not that of the data."""
    first, second = Member(b"tipring.toml", b"a = 1"), Member(SOUND.encode(), b"sound")
    at_second = len(zipped(first)) - 22 - 46 - len(first.name)
    swapped = zipped(first, second)
    directory_at = at_second + 30 + len(second.name) + len(second.wire())
    one = swapped[directory_at : directory_at + 46 + len(first.name)]
    two = swapped[directory_at + len(one) : -22]

    read = read_archive(swapped[:directory_at] + two + one + swapped[-22:])

    assert read == {"tipring.toml": b"a = 1", SOUND: b"sound"}
