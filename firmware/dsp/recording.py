"""Everything the detectors hear in a whole recording, as one list in order of time.

    hear_recording(audio)               # int16, shape (n,), 8 kHz
    hear_recording(audio, "GB")         # a line in that country

Without a country the tones of all countries are listened for side by side.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from firmware.contract.pcm import BLOCK_SAMPLES, FRAME_MS, SAMPLE_RATE_HZ, Samples
from firmware.contract.switching import HeardTone
from firmware.dsp.beep import BeepDetector
from firmware.dsp.call_progress import ProgressDetector, ToneEvent
from firmware.dsp.caller_id import CallerId, caller_ids
from firmware.dsp.dtmf import DtmfDetector
from firmware.dsp.hang_up import far_end_gone
from firmware.dsp.tones import countries, tone_plan
from firmware.dsp.voice import VoiceDetector


class Kind(StrEnum):
    DTMF = "dtmf"
    TONE = "tone"
    CALLER_ID = "caller-id"
    VOICE = "voice"
    BEEP = "beep"
    VERDICT = "verdict"


class Verdict(StrEnum):
    """What a call would have concluded; see hang_up.py for the first."""

    FAR_END_GONE = "far-end-gone"
    ANSWERED = "answered"
    MACHINE = "answering-machine"


ANSWER_WITHIN_S: Final = 6.0
"""Voice so soon after the last ringback is an answer."""

_BUSY_LIKE: Final = frozenset({HeardTone.BUSY, HeardTone.CONGESTION, HeardTone.BUSY_OR_CONGESTION})
_ONE: Final = np.ones(1, bool)


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """One thing heard; `value` is the digit, tone, number and name, pitch or verdict."""

    start_s: float
    end_s: float
    kind: Kind
    value: str

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


def hear_recording(audio: Samples, country: str | None = None) -> list[Found]:
    """Return all that is heard, sorted by its beginning."""
    duration_s = len(audio) / SAMPLE_RATE_HZ
    everywhere = _countries(country)
    told = _tone_events(audio, everywhere)
    tones = _tones(told, duration_s)
    callers = [_caller(found) for found in caller_ids(audio)]
    voices = [v for v in _voices(audio, duration_s) if not _covered(v, callers)]
    beeps = [beep for beep in _beeps(audio) if not _covered(beep, tones)]
    found = [*_digits(audio), *tones, *callers, *voices, *beeps]
    return sorted(found + _verdicts(told, tones, voices, beeps))


def _countries(country: str | None) -> tuple[str, ...]:
    if country is not None:
        return (country,)
    return tuple(sorted({tone_plan(code).code for code in countries()}))


def _blocks(audio: Samples) -> Iterator[Samples]:
    filled = np.pad(audio, (0, -len(audio) % BLOCK_SAMPLES))
    yield from filled.reshape(-1, 1, BLOCK_SAMPLES)


def _seconds(ms: float) -> float:
    return round(ms / 1_000, 3)


def _digits(audio: Samples) -> list[Found]:
    detector = DtmfDetector(1)
    # Silence at the end lets the last digit end.
    heard = [
        event
        for block in _blocks(np.pad(audio, (0, 4 * BLOCK_SAMPLES)))
        for event in detector.hear(block, _ONE)
    ]
    return [
        Found(_seconds(event.start_ms), _seconds(event.end_ms), Kind.DTMF, event.digit)
        for event in heard
        if event.ended
    ]


def _voices(audio: Samples, duration_s: float) -> list[Found]:
    detector = VoiceDetector(1)
    found: list[Found] = []
    for block in _blocks(audio):
        for event in detector.hear(block, _ONE):
            at_s = _seconds(event.at_ms)
            if event.ended:
                found[-1] = replace(found[-1], end_s=at_s)
            else:
                found.append(Found(at_s, round(duration_s, 3), Kind.VOICE, "voice"))
    return found


def _beeps(audio: Samples) -> list[Found]:
    detector = BeepDetector(1)
    heard = [event for block in _blocks(audio) for event in detector.hear(block, _ONE)]
    return [
        Found(_seconds(e.start_ms), _seconds(e.end_ms), Kind.BEEP, f"{e.frequency_hz:.0f} Hz")
        for e in heard
    ]


def _caller(found: CallerId) -> Found:
    who = [found.number or found.absent or "", found.name or ""]
    return Found(
        _seconds(found.start_ms),
        _seconds(found.end_ms),
        Kind.CALLER_ID,
        " ".join(filter(None, who)),
    )


# ---- tones: one row per country, one answer for all


def _tone_events(audio: Samples, codes: Sequence[str]) -> list[ToneEvent]:
    detector = ProgressDetector(len(codes))
    for row, code in enumerate(codes):
        detector.listen_for(row, code)
    active = np.ones(len(codes), bool)
    return [
        event
        for block in _blocks(audio)
        for event in detector.hear(np.repeat(block, len(codes), axis=0), active)
    ]


def _stretches(events: Sequence[ToneEvent], duration_s: float) -> list[tuple[Found, HeardTone]]:
    """Return each tone of each row from its first burst to its last."""
    open_tones: dict[int, ToneEvent] = {}
    whole: list[ToneEvent] = []
    for event in events:
        earlier = open_tones.pop(event.timeslot, None)
        start_ms = min(event.start_ms, earlier.start_ms if earlier else event.start_ms)
        grown = replace(event, start_ms=start_ms)
        if event.ended:
            whole.append(grown)
        else:
            open_tones[event.timeslot] = grown
    whole += open_tones.values()
    return [
        (
            Found(
                _seconds(event.start_ms),
                min(_seconds(event.end_ms), round(duration_s, 3)),
                Kind.TONE,
                event.tone.value,
            ),
            event.tone,
        )
        for event in whole
    ]


def _tones(events: Sequence[ToneEvent], duration_s: float) -> list[Found]:
    groups: list[list[tuple[Found, HeardTone]]] = []
    for one in sorted(_stretches(events, duration_s), key=lambda pair: pair[0]):
        if groups and one[0].start_s < max(found.end_s for found, _ in groups[-1]):
            groups[-1].append(one)
        else:
            groups.append([one])
    return [_agreed(group) for group in groups]


def _agreed(group: Sequence[tuple[Found, HeardTone]]) -> Found:
    """Return what the countries make of one stretch together."""
    seconds: dict[HeardTone, float] = {}
    for found, tone in group:
        seconds[tone] = seconds.get(tone, 0.0) + found.length_s
    longest = max(seconds, key=lambda tone: seconds[tone])
    if longest in _BUSY_LIKE:
        sure = {HeardTone.BUSY, HeardTone.CONGESTION} & seconds.keys()
        longest = sure.pop() if len(sure) == 1 else HeardTone.BUSY_OR_CONGESTION
    kept = [found for found, tone in group if tone is longest or tone in _BUSY_LIKE]
    return Found(
        min(found.start_s for found in kept),
        max(found.end_s for found in kept),
        Kind.TONE,
        longest.value,
    )


# ---- verdicts


def _covered(one: Found, others: Sequence[Found]) -> bool:
    """Return whether most of a thing is explained by another."""
    shared = sum(max(0.0, min(one.end_s, o.end_s) - max(one.start_s, o.start_s)) for o in others)
    return shared > 0.5 * max(one.length_s, 0.001)


def _verdicts(
    events: Sequence[ToneEvent],
    tones: Sequence[Found],
    voices: Sequence[Found],
    beeps: Sequence[Found],
) -> list[Found]:
    verdicts = []
    gone = [
        _seconds((event.frame + 1) * FRAME_MS)
        for event in events
        if not event.ended
        and far_end_gone(event.tone, event.periods, event.on_ms, connected=True, learned=False)
    ]
    if gone:
        verdicts.append(_verdict(gone[0], Verdict.FAR_END_GONE))
    rings = [tone for tone in tones if tone.value == HeardTone.RINGBACK.value]
    if rings:
        answers = [v for v in voices if 0 < v.start_s - rings[-1].end_s <= ANSWER_WITHIN_S]
        verdicts += [_verdict(voice.start_s, Verdict.ANSWERED) for voice in answers[:1]]
    machines = [beep for beep in beeps if any(v.start_s < beep.start_s for v in voices)]
    verdicts += [_verdict(beep.end_s, Verdict.MACHINE) for beep in machines[:1]]
    return verdicts


def _verdict(at_s: float, verdict: Verdict) -> Found:
    return Found(at_s, at_s, Kind.VERDICT, verdict.value)
