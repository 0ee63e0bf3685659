"""A switchboard with a card on it, driven frame by frame without time, sockets or files."""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from firmware.contract.message import Message
from firmware.contract.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from firmware.contract.switching import ConnectLeg, DisconnectLeg, Play, Record
from firmware.highway.card_side import CardTimeslot, TimeslotPool
from firmware.highway.span import Span
from firmware.highway.switch_side import SwitchSide
from firmware.switch.feed import Feed
from firmware.switch.recorders import Sink
from firmware.switch.switchboard import SpanUp, StartPlaying, StartRecording, Switchboard

N = TypeVar("N", bound=Message)


def level(value: int) -> Samples:
    return np.full(BLOCK_SAMPLES, value, np.int16)


def sine(frequency_hz: float, samples: int, amplitude: float = 8000) -> Samples:
    wave = np.sin(2 * np.pi * frequency_hz * np.arange(samples) / SAMPLE_RATE_HZ)
    return (amplitude * wave).astype(np.int16)


class Board:
    def __init__(self, timeslots: int = 64) -> None:
        self.switchboard = Switchboard()
        self.span = Span.create("virtual", timeslots)
        self.pool = TimeslotPool(self.span)
        self.switchboard.apply(SpanUp(SwitchSide(self.span)))
        self.timeslots: dict[str, CardTimeslot] = {}
        self.frame = 0

    def connect(self, leg_id: str, room: str | None = None) -> CardTimeslot:
        """Seat a leg, or move it if it has a timeslot already."""
        if leg_id not in self.timeslots:
            self.timeslots[leg_id] = self.pool.seize()
        timeslot = self.timeslots[leg_id]
        self.switchboard.apply(
            ConnectLeg(leg_id=leg_id, span="virtual", timeslot=timeslot.index, room=room)
        )
        return timeslot

    def disconnect(self, leg_id: str) -> None:
        self.switchboard.apply(DisconnectLeg(leg_id=leg_id))
        self.timeslots.pop(leg_id).free()

    def step(self, said: Mapping[str, Samples] | None = None) -> dict[str, Samples]:
        """Run one frame in which the legs say those blocks; return what each hears."""
        for leg_id, timeslot in self.timeslots.items():
            timeslot.write((said or {}).get(leg_id, level(0)))
        self.switchboard.tick(self.frame)
        self.frame += 1
        return {leg_id: timeslot.read() for leg_id, timeslot in self.timeslots.items()}

    def speak(self, leg_id: str, audio: Samples) -> list[Samples]:
        """Let a leg say `audio`, whole frames of it; return what it hears meanwhile."""
        blocks = audio[: len(audio) // BLOCK_SAMPLES * BLOCK_SAMPLES].reshape(-1, BLOCK_SAMPLES)
        return [self.step({leg_id: block})[leg_id] for block in blocks]

    def play(self, leg_id: str, play_id: str, sound: Samples) -> Feed:
        feed = Feed()
        feed.fill(sound)
        feed.end()
        order = Play(leg_id=leg_id, play_id=play_id, files=("/prompt.wav",))
        self.switchboard.apply(StartPlaying(order, feed))
        return feed

    def record(self, order: Record, sink: Sink | None = None) -> Sink:
        sink = sink or Sink()
        self.switchboard.apply(StartRecording(order, sink))
        return sink

    def notices(self, kind: type[N]) -> list[N]:
        """Return and forget the notices of that kind."""
        found = [notice for notice in self.switchboard.notices if isinstance(notice, kind)]
        self.switchboard.notices.clear()
        return found
