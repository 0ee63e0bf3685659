"""Whatever is done to a sealed stream is noticed before any of it is believed."""

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.backup.refusal import BackupRefused
from firmware.backup.sealing import CHUNK, HEADER, SealedReader, SealedWriter
from tests.firmware.backup.small_box import OTHER, SECRET

SIZES = [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 77]


def sealed(data: bytes, stretch: int = 1 << 20) -> bytes:
    file = io.BytesIO()
    writer = SealedWriter(file, SECRET.public())
    for at in range(0, len(data), stretch):
        writer.write(data[at : at + stretch])
    writer.close()
    return file.getvalue()


def opened(raw: bytes, size: int) -> bytes:
    reader = SealedReader(io.BytesIO(raw), SECRET)
    data = reader.read(size)
    reader.expect_end()
    return data


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_comes_out_again(size: int) -> None:
    data = os.urandom(size)

    assert opened(sealed(data, stretch=1_000), size) == data


@given(st.data())
def test_a_changed_bit_anywhere_is_noticed(data: st.DataObject) -> None:
    raw = bytearray(sealed(bytes(CHUNK + 300)))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(BackupRefused):
        opened(bytes(raw), CHUNK + 300)


@given(st.integers(0, 2 * CHUNK + HEADER.size + 100))
def test_a_stream_cut_off_anywhere_is_noticed(length: int) -> None:
    raw = sealed(bytes(2 * CHUNK + 100))
    assert len(raw) > length

    with pytest.raises(BackupRefused):
        opened(raw[:length], 2 * CHUNK + 100)


def test_chunks_left_out_swapped_repeated_or_added_are_noticed() -> None:
    size = CHUNK + 16
    raw = sealed(bytes(3 * CHUNK))
    head, chunks = raw[: HEADER.size], raw[HEADER.size :]
    one, two, three = (chunks[at : at + size] for at in (0, size, 2 * size))
    assert opened(head + one + two + three, 3 * CHUNK) == bytes(3 * CHUNK)

    for wrong in ((two, one, three), (one, three), (one, two), (one, one, two, three), ()):
        with pytest.raises(BackupRefused):
            opened(head + b"".join(wrong), len(wrong) * CHUNK)
    for more in (three, b"x", bytes(16)):
        with pytest.raises(BackupRefused):
            opened(raw + more, 3 * CHUNK)


def test_chunks_of_another_backup_for_the_same_sheet_do_not_fit() -> None:
    raw, other = sealed(bytes(2 * CHUNK)), sealed(bytes(2 * CHUNK))
    mixed = raw[: HEADER.size + CHUNK + 16] + other[HEADER.size + CHUNK + 16 :]

    with pytest.raises(BackupRefused):
        opened(mixed, 2 * CHUNK)


def test_each_kind_of_wrong_file_has_its_own_sentence() -> None:
    raw = sealed(b"data")
    newer = raw[:15] + b"\x02" + raw[16:]
    cases = {
        b"": "backup.not-a-backup",
        b"PK\x03\x04 a zip": "backup.not-a-backup",
        raw[:15]: "backup.damaged",
        newer: "backup.other-format",
        raw[:24] + bytes(32) + raw[56:]: "backup.damaged",
    }
    for wrong, code in cases.items():
        with pytest.raises(BackupRefused) as refused:
            opened(wrong, 4)
        assert refused.value.text.code == code


def test_the_key_of_another_sheet_is_told_from_a_damaged_file() -> None:
    with pytest.raises(BackupRefused) as refused:
        SealedReader(io.BytesIO(sealed(b"data")), OTHER)

    assert refused.value.text.code == "backup.wrong-key"
    assert refused.value.text.args == {"wanted": SECRET.sheet, "typed": OTHER.sheet}
