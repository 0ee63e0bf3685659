"""The simulated voice modem's pure parts: AT grammar, shielding, sample codings, its ear."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.simulators.sounds import dtmf
from drivers.simulators.v253 import laws
from drivers.simulators.v253.commands import AtCommand, split
from drivers.simulators.v253.ear import KeyReports
from drivers.simulators.v253.shield import Unshielder, shielded
from drivers.simulators.v253.stream import Kind, VoiceStream
from firmware.contract.pcm import BLOCK_SAMPLES
from firmware.dsp import g711


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("AT", []),
        ("ATE0V1", [AtCommand("E", "", "0"), AtCommand("V", "", "1")]),
        ("ATQ0H0", [AtCommand("Q", "", "0"), AtCommand("H", "", "0")]),
        ("at&f0", [AtCommand("&F", "", "0")]),
        ("ATS0=0S7?", [AtCommand("S0", "=", "0"), AtCommand("S7", "?", "")]),
        ("AT+FCLASS=8", [AtCommand("+FCLASS", "=", "8")]),
        ("AT+VSM=?", [AtCommand("+VSM", "=?", "")]),
        ("AT+VRA=70;+VRN=10", [AtCommand("+VRA", "=", "70"), AtCommand("+VRN", "=", "10")]),
        ("AT+VTS=[933,,150]", [AtCommand("+VTS", "=", "[933,,150]")]),
        ("AT-TRV", [AtCommand("-TRV", "", "")]),
        ("AT+VLS=1;A", [AtCommand("+VLS", "=", "1"), AtCommand("A", "", "")]),
        ("ATX4DT01632960100;", [AtCommand("X", "", "4"), AtCommand("D", "", "T01632960100;")]),
    ],
)
def test_a_command_line_is_taken_apart(line: str, commands: list[AtCommand]) -> None:
    assert split(line) == commands


@pytest.mark.parametrize("line", ["", "HELLO", "A", "AT???"])
def test_what_is_no_command_line_is_none(line: str) -> None:
    assert split(line) is None


@given(st.text(max_size=80))
def test_no_text_upsets_the_grammar(text: str) -> None:
    split("AT" + text)


@given(st.binary(max_size=200))
def test_shielded_sound_is_read_back(sound: bytes) -> None:
    unshielder = Unshielder()
    taken = [unshielder.take(byte) for byte in shielded(sound)]
    assert b"".join(audio for audio, _ in taken) == sound
    assert not any(code for _, code in taken)


@pytest.mark.parametrize("coding", ["ulaw", "alaw", "unsigned8", "signed8"])
def test_every_code_survives_decoding_and_encoding(coding: str) -> None:
    values = laws.decoded(coding, bytes(range(256)))
    assert (laws.decoded(coding, laws.encoded(coding, values)) == values).all()


def test_the_laws_agree_with_the_products_own_tables() -> None:
    codes = np.arange(256, dtype=np.uint8)
    assert (laws.decoded("alaw", codes.tobytes()) == g711.from_alaw(codes)).all()
    assert (laws.decoded("ulaw", codes.tobytes()) == g711.from_mulaw(codes)).all()


def test_a_play_stream_ends_when_its_buffer_has_been_played() -> None:
    stream = VoiceStream(Kind.PLAY, "ulaw", "^")
    rest = stream.receive(b"\x80" * 2 * BLOCK_SAMPLES + b"\x10\x03AT\r")
    assert rest == b"AT\r"
    assert stream.is_ending
    assert not stream.is_over
    stream.said()
    stream.said()
    assert stream.is_over


def test_cancel_empties_the_play_buffer_at_once() -> None:
    stream = VoiceStream(Kind.PLAY, "ulaw", "^")
    stream.receive(b"\x80" * 1000 + b"\x10\x18\x10\x03")
    assert stream.is_over


def test_an_empty_buffer_is_told_once_when_it_runs_dry() -> None:
    stream = VoiceStream(Kind.DUPLEX, "ulaw", "^")
    stream.receive(b"\x80" * BLOCK_SAMPLES)
    assert [stream.said()[1] for _ in range(4)] == [False, True, False, False]


@pytest.mark.parametrize(("framed", "told"), [(True, "/555~/999~"), (False, "59")])
def test_keys_are_told_as_the_maker_does(framed: bool, told: str) -> None:
    audio = np.concatenate([dtmf("5", 60, 60), dtmf("9", 60, 60)])
    keys = KeyReports(framed)
    assert "".join(keys.hear(block) for block in audio.reshape(-1, BLOCK_SAMPLES)) == told
