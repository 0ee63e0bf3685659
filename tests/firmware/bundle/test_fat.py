"""Sticks as mkfs.fat and mtools make them, and sticks made to harm."""

import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware.bundle.fat import Reader, StickRefused, read_bundle_file

MOST = 1 << 20
KINDS = {"12": 4_096, "16": 32_768, "32": 300_000}
"""Bits of the table -> size of the stick in KiB; sparse, so that it costs nothing."""
CONTENT = random.Random(1).randbytes(100_000)


def reader(data: bytes) -> Reader:
    return lambda at, length: data[at : at + length]


def file_reader(file: Path) -> Reader:
    def read(at: int, length: int) -> bytes:
        with file.open("rb") as stick:
            stick.seek(at)
            return stick.read(length)

    return read


def make_stick(file: Path, bits: str, *names: str, content: bytes = CONTENT) -> Path:
    with file.open("wb") as stick:
        stick.truncate(KINDS[bits] * 1_024)
    run("mkfs.fat", "-F", bits, "-n", "TIPRING", str(file))
    source = file.with_suffix(".source")
    source.write_bytes(content)
    for name in names:
        run("mcopy", "-i", str(file), str(source), f"::{name}")
    return file


def run(*arguments: str) -> None:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MTOOLS_SKIP_CHECK": "1"}
    subprocess.run(arguments, check=True, capture_output=True, env=environment)


def code_of(read: Reader) -> str:
    with pytest.raises(StickRefused) as refused:
        read_bundle_file(read, MOST)
    return refused.value.text.code


@pytest.mark.parametrize("bits", KINDS)
def test_the_bundle_is_read_from_every_kind_of_fat(bits: str, tmp_path: Path) -> None:
    stick = make_stick(tmp_path / "stick", bits, "read me.txt", "The office in May.tipring")

    name, data = read_bundle_file(file_reader(stick), MOST)

    assert name == "The office in May.tipring"
    assert data == CONTENT


def test_a_file_in_pieces_is_put_together(tmp_path: Path) -> None:
    names = [f"filler {number}.bin" for number in range(20)]
    stick = make_stick(tmp_path / "stick", "12", *names)
    for name in names[::2]:
        run("mdel", "-i", str(stick), f"::{name}")
    large = random.Random(2).randbytes(700_000)
    source = tmp_path / "large"
    source.write_bytes(large)
    run("mcopy", "-i", str(stick), str(source), "::office.tipring")

    assert read_bundle_file(file_reader(stick), MOST)[1] == large


def test_a_bundle_of_nothing_is_nothing(tmp_path: Path) -> None:
    stick = make_stick(tmp_path / "stick", "16", "empty.tipring", content=b"")

    assert read_bundle_file(file_reader(stick), MOST) == ("empty.tipring", b"")


def test_a_stick_with_a_partition_is_read(tmp_path: Path) -> None:
    volume = make_stick(tmp_path / "stick", "12", "office.tipring").read_bytes()
    table = bytearray(512)
    table[446 + 4] = 0x0C
    table[446 + 8 : 446 + 12] = (8).to_bytes(4, "little")
    table[510:] = b"\x55\xaa"

    assert read_bundle_file(reader(bytes(table) + bytes(7 * 512) + volume), MOST)[1] == CONTENT


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ((), "stick.no-bundle"),
        (("office.zip", "tipring"), "stick.no-bundle"),
        (("._office.tipring",), "stick.no-bundle"),
        (("a.tipring", "b.TIPRING"), "stick.several"),
    ],
)
def test_there_must_be_exactly_one(names: tuple[str, ...], code: str, tmp_path: Path) -> None:
    assert code_of(file_reader(make_stick(tmp_path / "stick", "12", *names))) == code


def test_a_deleted_bundle_is_not_there(tmp_path: Path) -> None:
    stick = make_stick(tmp_path / "stick", "12", "a.tipring")
    run("mdel", "-i", str(stick), "::a.tipring")

    assert code_of(file_reader(stick)) == "stick.no-bundle"


def test_a_folder_is_no_bundle(tmp_path: Path) -> None:
    stick = make_stick(tmp_path / "stick", "12")
    run("mmd", "-i", str(stick), "::folder.tipring")

    assert code_of(file_reader(stick)) == "stick.no-bundle"


def test_more_than_allowed_is_not_even_read(tmp_path: Path) -> None:
    stick = make_stick(tmp_path / "stick", "16", "a.tipring", content=bytes(MOST + 1))

    assert code_of(file_reader(stick)) == "stick.too-big"


@pytest.mark.parametrize(
    "other",
    [
        b"",
        bytes(1 << 16),
        b"\xff" * 4_096,
        b"\xeb\x76\x90EXFAT   " + bytes(499) + b"\x55\xaa",
        b"\xebR\x90NTFS    " + bytes(499) + b"\x55\xaa",
    ],
    ids=["nothing", "zeros", "ones", "exFAT", "NTFS"],
)
def test_what_is_not_fat_is_said_to_be_so(other: bytes) -> None:
    assert code_of(reader(other)) in {"stick.not-fat", "stick.damaged"}


@pytest.fixture(scope="module")
def small_stick(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("stick")
    names = ("read me.txt", "The office in May.tipring")
    return make_stick(folder / "stick", "12", *names, content=CONTENT[:9_000]).read_bytes()[
        : 1 << 18
    ]


def test_a_chain_that_bites_its_tail_is_refused(small_stick: bytes) -> None:
    """All of the table points back: the file would never end."""
    looped = bytearray(small_stick)
    fat_at = int.from_bytes(small_stick[14:16], "little") * 512
    looped[fat_at + 3 : fat_at + 512] = (b"\x02\x20\x00" * 170)[:509]

    try:
        _name, data = read_bundle_file(reader(bytes(looped)), MOST)
    except StickRefused:
        return
    assert len(data) == 9_000


@pytest.mark.parametrize("length", [0, 511, 512, 2_048, 16_384, 40_000])
def test_a_stick_pulled_out_is_refused(small_stick: bytes, length: int) -> None:
    assert code_of(reader(small_stick[:length])) in {"stick.damaged", "stick.not-fat"}


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, 20_000), st.binary(min_size=1, max_size=8)), max_size=12
    ),
    in_boot=st.lists(st.tuples(st.integers(0, 90), st.integers(0, 255)), max_size=4),
)
def test_whatever_is_on_it_a_stick_is_read_or_refused(
    small_stick: bytes, changes: list[tuple[int, bytes]], in_boot: list[tuple[int, int]]
) -> None:
    stick = bytearray(small_stick)
    for at, data in changes:
        stick[at : at + len(data)] = data
    for at, value in in_boot:
        stick[at] = value

    reads, read = counting(reader(bytes(stick)))

    try:
        _name, data = read_bundle_file(read, MOST)
    except StickRefused:
        pass
    else:
        assert len(data) <= MOST
    assert reads[0] <= 2 * MOST // 512 + 2 * (2 << 20) // 512 + 10


def counting(read: Reader) -> tuple[list[int], Callable[[int, int], bytes]]:
    """Return how often was read so far, and a reader that counts; never more than asked."""
    reads = [0]

    def counted(at: int, length: int) -> bytes:
        assert at >= 0
        assert 0 <= length <= 2 << 20
        reads[0] += 1
        return read(at, length)

    return reads, counted
