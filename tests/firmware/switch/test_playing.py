"""Prompts, tones and digits: what is heard, how far it came, what replaces what."""

import wave
from pathlib import Path

import numpy as np
import pytest

from firmware.contract.pcm import SAMPLE_RATE_HZ, Samples
from firmware.contract.switching import Play, Played, SendDtmf, Stop, Tone
from firmware.dsp.dtmf import DtmfDetector
from firmware.switch.feed import AHEAD_SAMPLES, Feed
from firmware.switch.sources import Player, PlayOrder
from tests.firmware.switch.board import Board, level


def write_wav(path: Path, sound: Samples, rate_hz: int = SAMPLE_RATE_HZ, channels: int = 1) -> str:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(sound.tobytes())
    return str(path)


def all_of(order: PlayOrder, most: int = 400_000) -> tuple[Samples, Feed]:
    """Return everything the order plays, up to `most` samples."""
    player = Player(order)
    heard = []
    while True:
        block = np.empty(160, np.int16)
        player.feed.take(block)
        heard.append(block)
        if player.feed.over or len(heard) * 160 >= most:
            return np.concatenate(heard)[: player.feed.taken_samples], player.feed
        player.fill()


def test_a_prompt_is_heard_instead_of_the_room_and_then_the_room_again() -> None:
    board = Board()
    board.connect("a", "room")
    board.connect("b", "room")
    board.play("a", "p-1", np.concatenate([level(7), level(8)[:80]]))

    heard = [board.step({"a": level(1), "b": level(2)}) for _ in range(3)]

    assert [int(h["a"][0]) for h in heard] == [7, 8, 2]
    assert heard[1]["a"][80:].tolist() == [0] * 80
    assert [int(h["b"][0]) for h in heard] == [1, 1, 1]
    assert board.notices(Played) == [Played(leg_id="a", play_id="p-1", played_ms=30, complete=True)]


def test_a_stopped_prompt_says_how_far_it_came_and_stopping_again_is_fine() -> None:
    board = Board()
    board.connect("a")
    feed = board.play("a", "p-1", np.zeros(8000, np.int16))
    for _ in range(10):
        board.step()
    for _ in range(2):
        board.switchboard.apply(Stop(play_id="p-1"))

    assert board.notices(Played) == [
        Played(leg_id="a", play_id="p-1", played_ms=200, complete=False)
    ]
    assert feed.closed


def test_a_new_prompt_replaces_the_old_one_and_a_repeated_order_changes_nothing() -> None:
    board = Board()
    board.connect("a")
    board.play("a", "p-1", level(1).repeat(10))
    board.step()
    board.play("a", "p-2", level(2).repeat(10))
    again = board.play("a", "p-2", level(3).repeat(10))

    assert board.step()["a"][0] == 2
    assert again.closed
    assert board.notices(Played) == [
        Played(leg_id="a", play_id="p-1", played_ms=20, complete=False)
    ]


def test_more_legs_than_there_was_room_for_hear_their_prompts_to_the_end() -> None:
    board = Board(timeslots=80)
    for number in range(70):
        board.connect(f"leg-{number}")
        board.play(f"leg-{number}", f"p-{number}", level(number + 1).repeat(30))
        board.step()
    heard = board.step()

    assert [int(heard[f"leg-{number}"][0]) for number in range(42, 70)] == list(range(43, 71))
    for _ in range(30):
        board.step()
    assert [played.played_ms for played in board.notices(Played)] == [600] * 70


def test_a_leg_that_goes_takes_its_prompt_along() -> None:
    board = Board()
    board.connect("a")
    board.play("a", "p-1", level(1).repeat(10))
    board.step()
    board.disconnect("a")
    feed = board.play("a", "p-2", level(1))

    assert [played.play_id for played in board.notices(Played)] == ["p-1"]
    assert feed.closed


def test_sound_that_is_not_there_in_time_is_silence_and_not_counted() -> None:
    feed = Feed()
    block = level(99)
    feed.fill(level(5)[:100])

    feed.take(block)

    assert not feed.over
    assert block.tolist() == [5] * 100 + [0] * 60
    assert feed.taken_samples == 100


def test_files_are_played_one_after_another_without_a_gap(tmp_path: Path) -> None:
    one = write_wav(tmp_path / "1.wav", np.arange(10_000, dtype=np.int16))
    two = write_wav(tmp_path / "2.wav", np.arange(10_000, 10_333, dtype=np.int16))

    heard, feed = all_of(Play(leg_id="a", play_id="p", files=(one, two)))

    assert heard.tolist() == list(range(10_333))
    assert feed.fault is None
    assert feed.taken_samples == 10_333


def test_a_prompt_may_start_in_the_middle_even_of_the_second_file(tmp_path: Path) -> None:
    one = write_wav(tmp_path / "1.wav", np.zeros(8000, np.int16))
    two = write_wav(tmp_path / "2.wav", np.arange(8000, dtype=np.int16))

    heard, _ = all_of(Play(leg_id="a", play_id="p", files=(one, two), start_ms=1500))

    assert heard.tolist() == list(range(4000, 8000))


def test_music_goes_round_and_is_never_read_far_ahead(tmp_path: Path) -> None:
    sound = write_wav(tmp_path / "1.wav", np.arange(1, 1001, dtype=np.int16))
    player = Player(Play(leg_id="a", play_id="p", files=(sound,), loop=True))

    heard, _ = all_of(player.order, most=5_000)

    assert heard[999:1001].tolist() == [1000, 1]
    assert not player.over
    assert AHEAD_SAMPLES <= sum(map(len, player.feed._pieces)) < 2 * AHEAD_SAMPLES  # noqa: SLF001


def test_a_loop_of_nothing_ends(tmp_path: Path) -> None:
    empty = write_wav(tmp_path / "1.wav", np.zeros(0, np.int16))

    heard, feed = all_of(Play(leg_id="a", play_id="p", files=(empty,), loop=True))

    assert not len(heard)
    assert feed.fault is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("missing.wav", "sound.no-file"),
        ("wideband.wav", "sound.odd-format"),
        ("stereo.wav", "sound.odd-format"),
        ("text.wav", "sound.odd-format"),
        ("empty.wav", "sound.odd-format"),
        ("folder.wav", "sound.no-file"),
    ],
)
def test_a_file_that_cannot_be_played_is_a_clear_fault(
    tmp_path: Path, name: str, code: str
) -> None:
    write_wav(tmp_path / "wideband.wav", level(1), rate_hz=16_000)
    write_wav(tmp_path / "stereo.wav", level(1), channels=2)
    (tmp_path / "text.wav").write_text("this is no sound at all, and never will be")
    (tmp_path / "empty.wav").touch()
    (tmp_path / "folder.wav").mkdir()

    board = Board()
    board.connect("a")
    player = Player(Play(leg_id="a", play_id="p", files=(str(tmp_path / name),)))
    assert player.feed.fault is not None
    assert player.feed.fault.code == code
    assert player.feed.ended


def test_a_fault_reaches_the_exchange_in_played() -> None:
    board = Board()
    board.connect("a")
    feed = board.play("a", "p-1", level(1))
    player = Player(Tone(leg_id="a", play_id="t", country="GB", name="no_such_tone"))
    feed.fault = player.feed.fault
    board.step()

    (played,) = board.notices(Played)
    assert not played.complete
    assert played.fault is not None
    assert played.fault.code == "sound.no-tone"


def test_a_tone_with_a_duration_ends_and_one_without_does_not() -> None:
    beep, feed = all_of(Tone(leg_id="a", play_id="t", country="GB", name="busy", duration_ms=1234))
    _, endless = all_of(Tone(leg_id="a", play_id="t", country="GB", name="busy"), most=100_000)

    assert len(beep) == 1234 * 8
    assert feed.ended
    assert beep.any()
    assert not endless.ended


def test_digits_sent_are_digits_a_receiver_hears() -> None:
    sound, _ = all_of(SendDtmf(leg_id="a", play_id="d", country="DE", digits="159#AD"))
    detector = DtmfDetector(1)
    blocks = np.concatenate([sound, np.zeros(800, np.int16)])
    blocks = blocks[: len(blocks) // 160 * 160].reshape(-1, 1, 160)
    events = [e for block in blocks for e in detector.hear(block, np.array([True]))]

    assert "".join(event.digit for event in events if not event.ended) == "159#AD"
