"""Caller ID by the book: GR-30 and EN 300 659 messages, byte for byte, as Bell 202 and V.23."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.contract.pcm import Samples
from firmware.dsp.caller_id import CallerId, caller_ids, messages, read_message
from tests.standards.signals import (
    MUSIC_FOLDER,
    SPEECH_FOLDER,
    amplitude,
    noise,
    recordings,
    through_alaw,
)

pytestmark = pytest.mark.standard

SDMF = bytes.fromhex("04 12 30393330313232343630393535353132 3132 51")
MDMF = bytes.fromhex(
    "80 20 01 08 3039333031323234 02 0a 36303935353531323132 07 08 4a4f484e20444f45 7c"
)
MARIA = bytes.fromhex(
    "80 21 01 08 3131323131383035 02 09 323133343536373839 07 0a 4d41524941204c494d41 1d"
)


@dataclass(frozen=True)
class Modem:
    """Marks and spaces, in Hz."""

    mark_hz: float
    space_hz: float


BELL_202 = Modem(1_200.0, 2_200.0)
V23 = Modem(1_300.0, 2_100.0)
MODEMS = pytest.mark.parametrize("modem", [BELL_202, V23], ids=["Bell 202", "V.23"])


def with_checksum(body: bytes) -> bytes:
    return body + bytes([-sum(body) % 256])


def bits_of(message: bytes, stuffing: int) -> list[int]:
    """Return channel seizure, marks, and each octet with its start and stop bits."""
    bits = [0, 1] * 150 + [1] * 180
    for octet in message:
        bits += [0, *((octet >> n) & 1 for n in range(8)), 1] + [1] * stuffing
    return bits + [1] * 10


def sent(
    message: bytes,
    modem: Modem,
    *,
    dbm0: float = -13.5,
    noise_dbm0: float = -60.0,
    mark_over_space_db: float = 0.0,
    bits_per_s: float = 1_200.0,
    stuffing: int = 0,
) -> Samples:
    bits = np.array(bits_of(message, stuffing))
    length = int(len(bits) / bits_per_s * 8_000)
    bit = bits[(np.arange(length) / 8_000 * bits_per_s).astype(int)]
    hz = np.where(bit == 1, modem.mark_hz, modem.space_hz)
    level = amplitude(dbm0) * np.where(bit == 1, 10 ** (mark_over_space_db / 20), 1.0)
    wave = np.pad(level * np.sin(2 * np.pi * np.cumsum(hz) / 8_000), (4_000, 4_000))
    rng = np.random.default_rng(9)
    return through_alaw(wave + noise(wave.shape, noise_dbm0, rng))


def told(found: list[CallerId]) -> list[tuple[str | None, str | None, str | None]]:
    return [(one.number, one.name, one.when) for one in found]


@MODEMS
@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (SDMF, ("6095551212", None, "09301224")),
        (MDMF, ("6095551212", "JOHN DOE", "09301224")),
        (MARIA, ("213456789", "MARIA LIMA", "11211805")),
    ],
    ids=["SDMF", "MDMF", "MDMF with another name"],
)
def test_the_messages_of_the_book_are_read(
    modem: Modem, message: bytes, expected: tuple[str, str | None, str]
) -> None:
    assert told(caller_ids(sent(message, modem))) == [expected]


@MODEMS
@pytest.mark.parametrize("dbm0", [-8.0, -32.0, -36.0])
@pytest.mark.parametrize("mark_over_space_db", [-6.0, 6.0])
@pytest.mark.parametrize("bits_per_s", [1_188.0, 1_212.0])
def test_level_twist_and_speed_may_be_anywhere_within_their_limits(
    modem: Modem, dbm0: float, mark_over_space_db: float, bits_per_s: float
) -> None:
    audio = sent(
        MDMF,
        modem,
        dbm0=dbm0,
        noise_dbm0=dbm0 - 25.0,
        mark_over_space_db=mark_over_space_db,
        bits_per_s=bits_per_s,
    )

    assert told(caller_ids(audio)) == [("6095551212", "JOHN DOE", "09301224")]


@MODEMS
@pytest.mark.parametrize("stuffing", [1, 10, 20])
def test_marks_between_octets_are_passed_over(modem: Modem, stuffing: int) -> None:
    assert told(caller_ids(sent(MDMF, modem, stuffing=stuffing))) == [
        ("6095551212", "JOHN DOE", "09301224")
    ]


@pytest.mark.parametrize("reason", ["P", "O"])
def test_a_withheld_or_unknown_number_says_why(reason: str) -> None:
    multiple = with_checksum(b"\x80\x10\x01\x0809301224\x04\x01" + reason.encode() + b"\x08\x01O")
    single = with_checksum(b"\x04\x0909301224" + reason.encode())

    for message in (multiple, single):
        (found,) = caller_ids(sent(message, BELL_202))
        assert (found.number, found.name, found.absent) == (None, None, reason)


def test_a_wrong_checksum_is_no_message() -> None:
    broken = MDMF[:-1] + bytes([MDMF[-1] ^ 1])

    assert caller_ids(sent(broken, BELL_202)) == []


def test_two_messages_in_one_recording_are_both_read() -> None:
    audio = np.concatenate([sent(SDMF, BELL_202), sent(MARIA, V23)])
    first, second = caller_ids(audio)

    assert (first.number, second.number) == ("6095551212", "213456789")
    assert first.end_ms < second.start_ms


@pytest.mark.parametrize("folder", [SPEECH_FOLDER, MUSIC_FOLDER], ids=["speech", "music"])
def test_speech_and_music_hold_no_caller_id(folder: Path) -> None:
    assert caller_ids(recordings(folder)[: 240 * 8_000]) == []


@given(st.binary(max_size=300))
def test_any_octets_are_searched_without_harm(received: bytes) -> None:
    for position, message in messages(received):
        assert received[position : position + len(message)] == message


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_a_message_is_found_among_other_octets(before: bytes, after: bytes) -> None:
    # Octets before it may only hide it by claiming to begin a message themselves.
    harmless = before.replace(b"\x80", b"U").replace(b"\x04", b"U")

    assert (len(harmless), MDMF[:-1]) in list(messages(harmless + MDMF + after))


@given(st.sampled_from([0x04, 0x80]), st.binary(max_size=255))
def test_a_message_of_any_content_is_read_without_harm(kind: int, body: bytes) -> None:
    found = read_message(bytes([kind, len(body)]) + body, 0, 80)

    assert found.end_ms == 10
