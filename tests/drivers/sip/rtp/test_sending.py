"""What an endpoint sends: one unbroken stream, keys as events or as tones."""

import itertools

import numpy as np
import pytest

from drivers.sip.media_messages import Codec
from drivers.sip.rtp.sending import Sender
from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from firmware.dsp import g711
from tests.drivers.sip.rtp.ear import ROW, agreed
from tests.drivers.sip.rtp.scores import digits_in
from tests.drivers.sip.rtp.wire import numbers_of
from tests.sound import marker

ROWS, ALWAYS = np.array([ROW]), np.array([True])


def sender(**changes: object) -> Sender:
    one = Sender(4)
    one.start(ROW)
    one.agree(ROW, agreed(**changes))
    return one


def sent(one: Sender, sound: Samples) -> list[bytes]:
    blocks = sound.reshape(-1, 1, BLOCK_SAMPLES)
    return [bytes(data) for block in blocks for _, data in one.packets(ROWS, block, ALWAYS)]


@pytest.mark.parametrize("codec", list(Codec))
def test_sound_goes_out_in_the_agreed_law_and_the_owners_level(codec: Codec) -> None:
    kind = 0 if codec is Codec.PCMU else 8
    decode = g711.from_mulaw if codec is Codec.PCMU else g711.from_alaw
    sound = marker(700, 1.0)
    packets = sent(sender(codec=codec, payload_type=kind, send_db=-6.0), sound)

    codes = np.frombuffer(b"".join(data[12:] for data in packets), np.uint8)
    assert np.abs(decode(codes) - sound * 0.501).max() < 300
    assert [data[1] for data in packets] == [0x80 | kind] + [kind] * 49


def test_numbers_run_on_without_a_hole_and_differ_from_call_to_call() -> None:
    one = sender()
    numbers = [numbers_of(data) for data in sent(one, marker(700, 1.0))]

    steps = {
        ((b[0] - a[0]) % 2**16, (b[1] - a[1]) % 2**32, b[2] - a[2])
        for a, b in itertools.pairwise(numbers)
    }
    assert steps == {(1, 160, 0)}
    one.start(ROW)
    again = numbers_of(sent(one, np.zeros(160, np.int16))[0])
    assert again[2] != numbers[0][2]


def test_time_goes_on_while_the_call_may_not_be_sent_to() -> None:
    one, silence = sender(), np.zeros((1, BLOCK_SAMPLES), np.int16)
    before = numbers_of(bytes(one.packets(ROWS, silence, ALWAYS)[0][1]))
    for _ in range(9):
        assert one.packets(ROWS, silence, ~ALWAYS) == []
    one.skip(ROWS, 5)
    after = numbers_of(bytes(one.packets(ROWS, silence, ALWAYS)[0][1]))

    assert (after[0] - before[0]) % 2**16 == 1
    assert (after[1] - before[1]) % 2**32 == 15 * 160


def test_keys_replace_the_sound_as_events() -> None:
    one = sender()
    one.press(ROW, "1#")
    packets = sent(one, marker(700, 1.0))
    numbers = [numbers_of(data) for data in packets]

    kinds = [data[1] & 0x7F for data in packets]
    assert kinds[:20] == ([101] * 7 + [0] * 3) * 2
    assert set(kinds[20:]) == {0}
    assert [data[12] for data in packets if data[1] == 0x80 | 101] == [1, 11]
    assert {(b[0] - a[0]) % 2**16 for a, b in itertools.pairwise(numbers)} == {1}
    assert {number[1] for number in numbers[:7]} == {numbers[0][1]}
    assert (numbers[10][1] - numbers[0][1]) % 2**32 == 1600


def test_keys_are_tones_where_events_were_not_agreed() -> None:
    one = sender(event_payload_type=None)
    one.press(ROW, "1")
    one.press(ROW, "5#")
    packets = sent(one, marker(1100, 1.0))

    codes = np.frombuffer(b"".join(data[12:] for data in packets), np.uint8)
    assert digits_in(g711.from_mulaw(codes)) == "15#"
