"""What an endpoint hears: packet lengths, codecs, keys, silence, directions, nonsense."""

import random

import numpy as np
import pytest

from drivers.sip.media_messages import Codec, MediaDirection
from drivers.sip.rtp.streams import SILENT_TICKS
from firmware.contract.pcm import BLOCK_SAMPLES
from firmware.dsp.tones import dtmf
from tests.drivers.sip.rtp.ear import ROW, Ear, agreed
from tests.drivers.sip.rtp.scores import digits_in
from tests.drivers.sip.rtp.wire import Datagram, FarEnd, numbers_of, rtp
from tests.sound import marker, seconds_of, speech

SILENCE = np.zeros(BLOCK_SAMPLES, np.int16)


@pytest.mark.parametrize("ptime_ms", [10, 20, 30, 40, 60])
def test_packets_of_any_length_sound_the_same(ptime_ms: int) -> None:
    far_end, ear = FarEnd(ptime_ms=ptime_ms), Ear()
    heard = ear.listen(far_end.says(marker(700, 3.0)), 145)

    assert seconds_of(700, heard / 32768.0) >= 2.7
    assert ear.receiver.reception.loss(ROW).lost == 0
    assert ear.receiver.concealed[ROW] <= 3


@pytest.mark.parametrize("agreed_codec", list(Codec))
@pytest.mark.parametrize("payload_type", [0, 8])
def test_both_laws_are_understood_whichever_was_agreed(
    agreed_codec: Codec, payload_type: int
) -> None:
    order = agreed(codec=agreed_codec, payload_type=0 if agreed_codec is Codec.PCMU else 8)
    sound = marker(700, 1.0)
    heard = Ear(order).listen(FarEnd(payload_type=payload_type).says(sound), 52)

    assert np.abs(heard[190 : 190 + 7000] - sound[:7000].astype(int)).max() < 600


def test_a_dynamic_payload_type_is_the_agreed_codec() -> None:
    sound = marker(700, 1.0)
    sent = [
        (at, rtp(96, *numbers_of(data), data[12:]))
        for at, data in FarEnd(payload_type=8).says(sound)
    ]
    heard = Ear(agreed(codec=Codec.PCMA, payload_type=96)).listen(sent, 52)

    assert np.abs(heard[190 : 190 + 7000] - sound[:7000].astype(int)).max() < 600


def test_the_gain_the_owner_set_is_applied() -> None:
    sound = marker(700, 1.0)
    plain = Ear().listen(FarEnd().says(sound), 50)
    softer = Ear(agreed(receive_db=-6.0)).listen(FarEnd().says(sound), 50)

    assert np.abs(softer).max() == pytest.approx(np.abs(plain).max() / 2, rel=0.02)


def test_the_sound_under_a_key_is_not_heard() -> None:
    far_end, ear = FarEnd(), Ear()
    sent = far_end.says(speech(1.0))
    for key, digit in ((5, "5"), (11, "#")):
        # A gateway that sends the tone as well as the event.
        events = far_end.presses(key, off_ms=0)
        start = far_end.timestamp - 800
        tone = FarEnd(
            sequence=far_end.sequence, timestamp=start, ssrc=far_end.ssrc, now_ms=events[0][0] - 20
        ).says(dtmf(digit, 100, 0))
        far_end.sequence += len(tone)
        sent += events + tone
        sent += far_end.says(np.zeros(1600, np.int16))
    heard = ear.listen(sorted(sent, key=lambda one: one[0]), 90)

    assert ear.keys == [5, 11]
    assert digits_in(heard) == ""


def test_keys_in_the_sound_pass_where_no_event_comes() -> None:
    heard = Ear().listen(FarEnd().says(dtmf("159#", 80, 80)), 40)

    assert digits_in(heard) == "159#"


def test_a_hook_flash_is_told_and_mutes_nothing() -> None:
    far_end, ear = FarEnd(), Ear()
    sent = far_end.presses(16) + far_end.presses(200)
    ear.listen(sent, 40)

    assert ear.keys == [16]


def test_silence_is_noticed_once_and_its_end_too() -> None:
    ear, far_end, rows = Ear(), FarEnd(), np.array([ROW])
    ear.listen(far_end.says(speech(1.0)), 50)
    noticed = []
    for tick in range(2 * SILENT_TICKS):
        ear.tick([])
        noticed += [tick] * len(ear.receiver.silent(rows))
    assert len(noticed) == 1
    assert abs(noticed[0] - SILENT_TICKS) <= 2
    assert ear.receiver.returned == []

    ear.receiver.agree(ROW, agreed())  # said again by a re-INVITE, which changes nothing
    ear.tick([far_end.says(SILENCE)[0][1]])
    assert ear.receiver.returned == [ROW]


@pytest.mark.parametrize("direction", [MediaDirection.SENDONLY, MediaDirection.INACTIVE])
def test_a_call_on_hold_hears_nothing_and_misses_nothing(direction: MediaDirection) -> None:
    ear, far_end = Ear(agreed(direction=direction)), FarEnd()
    heard = ear.listen(far_end.says(speech(2.0)), 100)
    for _ in range(SILENT_TICKS):
        ear.tick([])
    assert not heard.any()
    assert not len(ear.receiver.silent(np.array([ROW])))

    ear.receiver.agree(ROW, agreed())
    back = [data for _, data in FarEnd(timestamp=77).says(marker(700, 1.0))]
    sound = np.concatenate([ear.tick([data]) for data in back])
    assert seconds_of(700, sound / 32768.0) >= 0.8


def test_the_stream_before_a_new_ssrc_is_not_believed_again_at_once() -> None:
    ear = Ear()
    old, new = FarEnd(), FarEnd(ssrc=2, sequence=5, timestamp=9_000_000)
    stragglers = [data for _, data in old.says(speech(1.0))]
    for data in stragglers[:40]:
        ear.tick([data])
    for packet, straggler in zip(new.says(speech(0.1)), stragglers[40:], strict=False):
        ear.tick([packet[1], straggler])

    assert ear.receiver.ssrc(ROW) == 2
    assert ear.receiver.reception.loss(ROW).lost == 0


def test_loss_counts_packets_that_never_came_and_doubles_do_not_hide_it() -> None:
    ear, sent = Ear(), FarEnd().says(speech(2.0))
    kept = [data for number, (_, data) in enumerate(sent) if number % 10 != 5]
    for data in kept:
        ear.tick([data, data])

    loss = ear.receiver.reception.loss(ROW)
    assert (loss.expected, loss.lost) == (100, 10)
    assert loss.percent == 10.0


@pytest.mark.parametrize("seed", range(10))
def test_mutated_packets_never_crash_nor_delay(seed: int) -> None:
    rng, ear, far_end = random.Random(seed), Ear(), FarEnd()
    sent = far_end.says(speech(4.0)[: 300 * BLOCK_SAMPLES // 2]) + far_end.presses(3)
    sent += [(0.0, rtp(13, n, n * 160, 1, bytes([n]))) for n in range(20)]
    for _ in range(400):
        ear.tick(mutated(rng, data) for _, data in rng.choices(sent, k=rng.randrange(4)))
        assert ear.receiver.buffer.depth(ROW) <= 2400

    ear.receiver.start(ROW)
    ear.receiver.agree(ROW, agreed())
    clean = ear.listen(FarEnd().says(marker(700, 2.0)), 100)
    assert seconds_of(700, clean / 32768.0) >= 1.8


def mutated(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randrange(5)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    cut = len(changed) if rng.random() < 0.7 else rng.randrange(1100)
    return bytes(changed[:cut]) + bytes(max(0, cut - len(changed)))


def test_noise_alone_never_crashes() -> None:
    rng, ear = random.Random(5), Ear()
    for _ in range(500):
        datagrams: list[Datagram] = [(0.0, rng.randbytes(rng.randrange(1100))) for _ in range(3)]
        block = ear.tick(data for _, data in datagrams)
        assert block.shape == (BLOCK_SAMPLES,)
