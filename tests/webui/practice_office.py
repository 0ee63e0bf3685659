"""What the practice office has in its state folder: calls, a recording, messages, lines."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

import firmware.config
from firmware.config.entries import put_entry
from firmware.config.history import History
from firmware.contract.causes import Cause
from firmware.contract.leg_state import LegState
from firmware.contract.line_state import Ability, Audio, Health, LineState
from firmware.contract.pcm import SAMPLE_RATE_HZ, Samples
from firmware.contract.texts import Text
from firmware.contract.views import (
    CallPhase,
    CallView,
    LegView,
    LineView,
    Side,
    StoryStep,
)
from firmware.store.records import Records
from firmware.store.repositories import new_ulid
from firmware.store.rows import (
    CallRow,
    Disposition,
    LegRow,
    NoteRow,
    RecordingRow,
    RecordingState,
    VoicemailRow,
)
from tests.firmware.store.rows_of import opened

PRACTICE_TOML: Final = Path(firmware.config.__file__).parent / "practice.toml"
ZONE: Final = "Europe/London"
RECORDED_S: Final = 21
SIP_PHONES: Final = (
    ("sip-101", "101", "Desk phone"),
    ("sip-203", "203", "On the left"),
    ("sip-203-2", "203-2", "On the right"),
)
STEPS: Final[tuple[tuple[int, str, dict[str, str | int | float]], ...]] = (
    (0, "call.came-in", {"line": "gsm-1", "ring": 1}),
    (3100, "call.answered", {"seconds": 0.4, "ring": 2}),
    (3200, "ivr.node", {"flow": "main", "node": "welcome"}),
    (9300, "ivr.keys", {"keys": "1"}),
    (9500, "call.rings-phone", {"line": "phone-1"}),
    (14200, "call.connected", {}),
    (24000, "call.ended", {"seconds": 24, "cause": 16}),
)


def furnish(state: Path, now: datetime) -> None:
    """Lay the practice configuration down as version 1, and a second one over it."""
    shutil.copy(PRACTICE_TOML, state / "tipring.toml")
    history = History(state)
    history.start(now - timedelta(days=2))
    text = history.live_text().replace('name = "Front desk"', 'name = "Reception"')
    history.apply(text, "owner", now - timedelta(hours=3), comment="the front desk has a new name")


def add_sip(state: Path, now: datetime) -> None:
    """Give the front desk a SIP phone, a sales room two, and the office a trunk: version 3."""
    history = History(state)
    text = put_entry(history.live_text(), "extensions", "101", {"devices": ["sip-101", "phone-1"]})
    for line_id, user, label in SIP_PHONES:
        settings = {"driver": "sip", "account": "phone", "label": label, "user": user}
        text = put_entry(text, "lines", line_id, {**settings, "secret": "never shown again 24"})
    sales = {"name": "Sales", "devices": ["sip-203", "sip-203-2"], "mobile": "+447700900133"}
    text = put_entry(text, "extensions", "203", {**sales, "strategy": "in-order", "ring_s": 12})
    trunk = {"driver": "sip", "account": "trunk", "label": "Sea Telecom", "user": "441632960055"}
    text = put_entry(
        text, "lines", "trunk-1", {**trunk, "server": "sip.example.net", "secret": "of a letter"}
    )
    history.apply(text, "owner", now - timedelta(hours=1), comment="phones over SIP")


async def write_calls(state: Path, now: datetime) -> str:
    """Write a morning's calls to tipring.db; return the recorded one's id."""
    async with opened(state) as records:
        recorded = await _recorded_call(records, state, now - timedelta(minutes=12))
        await _remember(records, recorded, now - timedelta(minutes=5))
        for minutes, disposition in ((38, Disposition.ABANDONED), (95, Disposition.ANSWERED)):
            await _short_call(records, now - timedelta(minutes=minutes), disposition)
        await _message(records, state, now - timedelta(hours=20))
        logged_in = Text(code="web.audit-logged-in")
        await records.audit.note("owner", logged_in, now - timedelta(hours=3))
    return recorded


async def _remember(records: Records, call_id: str, at: datetime) -> None:
    """Give the call a star and a note."""
    note = NoteRow(
        note_id=new_ulid(at), call_id=call_id, at=at, who="Ana", text="Wants an offer by Friday."
    )
    await records.marks.add_note(note)
    await records.marks.star(call_id, True)


async def _recorded_call(records: Records, state: Path, at: datetime) -> str:
    call_id = new_ulid(at)
    call = CallRow(
        call_id=call_id,
        incoming=True,
        line_id="gsm-1",
        calling="+447700900123",
        called="+447700900001",
        extension="101",
        began_at=at,
        answered_at=at + timedelta(seconds=3.1),
        ended_at=at + timedelta(seconds=24),
        zone=ZONE,
        disposition=Disposition.ANSWERED,
        cause=Cause.NORMAL_CALL_CLEARING,
    )
    records.calls.begin(call)
    records.calls.put_leg(_leg(call_id, "leg-a", "gsm-1", Side.OUTSIDE, "+447700900123", 0))
    desk = _leg(call_id, "leg-b", "phone-1", Side.OFFICE, "101", 9500)
    heard = {"mos": 3.42, "lost_percent": 2.6, "jitter_ms": 31.7, "round_trip_ms": 48.2}
    records.calls.put_leg(desk.model_copy(update={**heard, "extension": "101"}))
    for at_ms, code, args in STEPS:
        step = StoryStep(at_ms=at_ms, what=Text(code=code, args=args))
        records.calls.add_step(call_id, step)
    await records.calls.finish(call)
    records.recordings.begin(
        RecordingRow(
            call_id=call_id,
            file=f"{call_id}.flac",
            state=RecordingState.PACKED,
            began_ms=3100,
            duration_ms=RECORDED_S * 1000,
            announcement="announcement",
            announcement_played_ms=1900,
            announcement_complete=True,
        )
    )
    write_sound(state / "recordings" / f"{call_id}.flac", RECORDED_S, channels=2)
    return call_id


def _leg(call_id: str, leg_id: str, line_id: str, side: Side, number: str, ms: int) -> LegRow:
    return LegRow(
        call_id=call_id,
        leg_id=leg_id,
        line_id=line_id,
        side=side,
        number=number,
        began_ms=ms,
        answered_ms=ms + 3100,
        ended_ms=24000,
        cause=Cause.NORMAL_CALL_CLEARING,
    )


async def _short_call(records: Records, at: datetime, disposition: Disposition) -> None:
    answered = disposition is Disposition.ANSWERED
    call = CallRow(
        call_id=new_ulid(at),
        incoming=not answered,
        line_id="fxo-1",
        calling="102" if answered else "+441632960456",
        called="+441632960789" if answered else "+441632960011",
        began_at=at,
        answered_at=at + timedelta(seconds=8) if answered else None,
        ended_at=at + timedelta(seconds=61 if answered else 12),
        zone=ZONE,
        disposition=disposition,
        cause=Cause.NORMAL_CALL_CLEARING,
    )
    records.calls.begin(call)
    await records.calls.finish(call)


async def _message(records: Records, state: Path, at: datetime) -> None:
    call = CallRow(
        call_id=new_ulid(at),
        incoming=True,
        line_id="gsm-3",
        calling="+447700900456",
        called="+447700900003",
        began_at=at,
        answered_at=at,
        ended_at=at + timedelta(seconds=30),
        zone=ZONE,
        disposition=Disposition.VOICEMAIL,
        cause=Cause.NORMAL_CALL_CLEARING,
    )
    records.calls.begin(call)
    await records.calls.finish(call)
    message_id = new_ulid(at)
    await records.voicemails.add(
        VoicemailRow(
            voicemail_id=message_id,
            call_id=call.call_id,
            mailbox="office",
            calling="+447700900456",
            file=f"{message_id}.flac",
            duration_ms=7000,
            left_at=at,
            zone=ZONE,
        )
    )
    write_sound(state / "voicemail" / f"{message_id}.flac", 7, channels=1)


def write_sound(path: Path, seconds: int, channels: int) -> None:
    """Write something shaped like talk: the channels take turns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    turns = [_talk(seconds, seed=channel) for channel in range(channels)]
    if channels == 2:
        outside_talks = np.sin(np.arange(seconds * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ * 0.9) > 0
        turns = [np.where(outside_talks, turns[0], 0), np.where(outside_talks, 0, turns[1])]
    soundfile.write(path, np.stack(turns, axis=1).astype(np.int16), SAMPLE_RATE_HZ)


def _talk(seconds: int, seed: int) -> Samples:
    chance = np.random.default_rng(seed)
    envelope = np.repeat(chance.uniform(0.02, 1.0, seconds * 8) ** 2, SAMPLE_RATE_HZ // 8)
    noise = chance.normal(0.0, 1.0, seconds * SAMPLE_RATE_HZ)
    return np.asarray(np.clip(noise * envelope * 6000, -30000, 30000), dtype=np.int16)


# ---- what the exchange would tell of it

_BOTH: Final = frozenset({Ability.PLACE, Ability.RECEIVE, Ability.SMS})


def _gsm(number: int, model: str, dbm: int | None, **other: object) -> LineView:
    state = LineState(
        line_id=f"gsm-{number}",
        driver="gsm",
        health=Health.READY,
        abilities=_BOTH,
        identity={
            "model": model,
            "imei": f"86000000000{number}{number:03}{number}",
            "iccid": f"8944000000000000{number}{number}{number}",
            "operator": "Practice Mobile",
        },
        signal_dbm=dbm,
    )
    state = LineState.model_validate({**state.model_dump(), **other})
    return LineView(line=state, label=model, number=f"+44770090000{number}")


def lines() -> tuple[LineView, ...]:
    pin = {"health": Health.NEEDS_ATTENTION, "why": Text(code="gsm.pin-needed")}
    half = LineState(
        line_id="fxo-2", driver="fxo", health=Health.READY, audio=Audio.HALF,
        identity={"model": "CX93010", "serial": "conexant-e1"},
    )  # fmt: skip
    phone = LineState(
        line_id="phone-1",
        driver="virtual",
        health=Health.READY,
        abilities=frozenset({Ability.PHONE}),
        identity={"serial": "phone-f1"},
    )
    return (
        _gsm(1, "SIM7600, first", -71),
        _gsm(3, "Huawei stick", -97),
        _gsm(4, "EC25", None, **pin),
        LineView(line=half, label="Analogue line, half duplex", number="+441632960012"),
        LineView(line=phone, label="Phone on the front desk", number="101"),
    )


def sip_lines() -> tuple[LineView, ...]:
    """The lines of `add_sip`: one phone talks, one is off, and the trunk's password is wrong."""
    phone = frozenset({Ability.PHONE})
    desk = {"user": "101", "port": "192.0.2.31:5060", "model": "Yealink SIP-T33G 124.86.0.40"}
    left = {"user": "203", "port": "192.0.2.32:5060", "model": "Grandstream HT802 1.0.49.2"}
    refused = Text(
        code="sip.trunk-password-refused",
        args={"server": "sip.example.net", "user": "441632960055"},
    )
    absent = Text(code="sip.not-registered", args={"user": "203-2"})
    states = (
        LineState(
            line_id="sip-101", driver="sip", health=Health.READY, abilities=phone, identity=desk
        ),
        LineState(
            line_id="sip-203", driver="sip", health=Health.READY, abilities=phone, identity=left
        ),
        LineState(
            line_id="sip-203-2",
            driver="sip",
            health=Health.NO_SERVICE,
            why=absent,
            abilities=phone,
        ),
        LineState(
            line_id="trunk-1",
            driver="sip",
            health=Health.NEEDS_ATTENTION,
            why=refused,
            abilities=frozenset({Ability.PLACE, Ability.RECEIVE}),
            identity={"user": "441632960055", "port": "sip.example.net"},
        ),
    )
    labels = {line_id: label for line_id, _, label in SIP_PHONES} | {"trunk-1": "Sea Telecom"}
    return tuple(
        LineView(
            line=state, label=labels[state.line_id], calls=1 if state.line_id == "sip-203" else 0
        )
        for state in states
    )


def live_call(began_at: datetime, phase: CallPhase = CallPhase.TALKING) -> CallView:
    legs = [
        LegView(
            leg_id="leg-1",
            line_id="gsm-1",
            side=Side.OUTSIDE,
            state=LegState.ACTIVE,
            number="+447700900123",
        )
    ]
    if phase is CallPhase.TALKING:
        legs.append(
            LegView(
                leg_id="leg-2",
                line_id="phone-1",
                side=Side.OFFICE,
                state=LegState.ACTIVE,
                name="Front desk",
            )
        )
    return CallView(
        call_id="01JD0000000000000000000001",
        began_at=began_at,
        incoming=True,
        line_id="gsm-1",
        calling="+447700900123",
        called="+447700900001",
        phase=phase,
        where=Text(code="where.node", args={"flow": "main", "node": "welcome"}),
        legs=tuple(legs),
        recording=phase is CallPhase.TALKING,
        story=(
            StoryStep(at_ms=0, what=Text(code="call.came-in", args={"line": "gsm-1", "ring": 1})),
        ),
    )


def now() -> datetime:
    return datetime.now(UTC)
