"""Where sound to be played comes from: WAV files, the country's tones, DTMF digits.

Runs in the switch's second thread: opening and reading files is nothing for the tick.
"""

import wave
from collections.abc import Iterator
from itertools import cycle
from typing import Final, TypeAlias

import numpy as np

from firmware.contract.pcm import SAMPLE_RATE_HZ, Samples
from firmware.contract.switching import Play, SendDtmf, Tone
from firmware.contract.texts import Text
from firmware.dsp.tones import ToneSource, dtmf, tone_plan
from firmware.switch.feed import Feed

PIECE_SAMPLES: Final = SAMPLE_RATE_HZ // 2
_SAMPLES_PER_MS: Final = SAMPLE_RATE_HZ // 1000
_FORMAT: Final = (1, 2, SAMPLE_RATE_HZ)  # channels, bytes of a sample, rate

PlayOrder: TypeAlias = Play | Tone | SendDtmf


class SoundFault(Exception):
    """A sound that cannot be played; `text` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.code)
        self.text = text


class Player:
    """Keeps one order's feed filled."""

    def __init__(self, order: PlayOrder) -> None:
        self.order = order
        self.feed = Feed()
        self._pieces = _pieces(order)
        self.fill()

    def fill(self) -> None:
        """Read ahead until the feed has enough or there is no more."""
        while self.feed.wants_more:
            try:
                piece = next(self._pieces, None)
            except SoundFault as fault:
                self.feed.end(fault.text)
                return
            if piece is None:
                self.feed.end()
            else:
                self.feed.fill(piece)

    @property
    def over(self) -> bool:
        return self.feed.ended or self.feed.closed


def _pieces(order: PlayOrder) -> Iterator[Samples]:
    match order:
        case Play():
            return _files(order)
        case Tone():
            return _tone(order)
        case SendDtmf():
            return _digits(order)


def _files(order: Play) -> Iterator[Samples]:
    skip = order.start_ms * _SAMPLES_PER_MS
    heard = 0
    for number, file in enumerate(cycle(order.files), start=1):
        for piece in _file(file):
            rest = piece[skip:]
            skip -= len(piece) - len(rest)
            heard += len(rest)
            if len(rest):
                yield rest
        last = number % len(order.files) == 0
        if last and (not order.loop or not heard):  # a loop of empty files would never end
            return


def _file(path: str) -> Iterator[Samples]:
    """Yield the file's sound in pieces. Raises SoundFault for a file we cannot play."""
    try:
        with wave.open(path, "rb") as sound:
            form = sound.getnchannels(), sound.getsampwidth(), sound.getframerate()
            if form != _FORMAT:
                raise SoundFault(Text(code="sound.odd-format", args={"file": path}))
            while data := sound.readframes(PIECE_SAMPLES):
                yield np.frombuffer(data[: len(data) & ~1], "<i2")
    except OSError as error:
        raise SoundFault(Text(code="sound.no-file", args={"file": path})) from error
    except (wave.Error, EOFError) as error:
        raise SoundFault(Text(code="sound.odd-format", args={"file": path})) from error


def _tone(order: Tone) -> Iterator[Samples]:
    try:
        source = ToneSource(order.country, order.name, order.duration_ms)
    except KeyError as error:
        args: dict[str, str | int | float] = {"name": order.name, "country": order.country}
        raise SoundFault(Text(code="sound.no-tone", args=args)) from error
    left = None if order.duration_ms is None else order.duration_ms * _SAMPLES_PER_MS
    while left is None or left > 0:
        piece = source.next_samples(PIECE_SAMPLES if left is None else min(left, PIECE_SAMPLES))
        left = None if left is None else left - len(piece)
        yield piece


def _digits(order: SendDtmf) -> Iterator[Samples]:
    plan = tone_plan(order.country)
    yield dtmf(order.digits, order.on_ms, order.off_ms, plan.dtmf_high_dbm0, plan.dtmf_low_dbm0)
