"""What every call may use: the configuration, the lines, the wires, the voices, other calls."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from firmware.bundle.asking import WaitingBundles
from firmware.calls.call import Call
from firmware.calls.call_backs import CallBacks
from firmware.calls.conversation import Script
from firmware.calls.dialled import Dialled
from firmware.calls.features import Features
from firmware.calls.leg import Leg
from firmware.calls.line_book import LineBook
from firmware.calls.phone_book import PhoneBook
from firmware.calls.tolls import Tolls
from firmware.calls.wires import Wires
from firmware.config.model import Config
from firmware.contract.causes import Cause
from firmware.contract.message import LineId, new_leg_id
from firmware.contract.messages import LearnTone
from firmware.contract.switching import Recorded
from firmware.contract.texts import Text
from firmware.dsp.hang_up import is_learned
from firmware.mail.letter import Mail, NoMail
from firmware.store.flow_rows import FormAnswerRow
from firmware.store.records import Records
from firmware.store.repositories import new_ulid
from firmware.store.rows import CallRow, LearnedToneRow, RecordingRow, VoicemailRow

log = logging.getLogger(__name__)


class Voices(Protocol):
    """Where prompts come from; rendering happens elsewhere and may take a moment."""

    async def files(self, prompt: str, language: str) -> Sequence[Path]:
        """Return what to play for a prompt, in the language or the office's first.

        Empty when there is nothing to play; an alarm has said so.
        """

    def number(self, number: int, language: str) -> Sequence[Path]:
        """Return what to play to say a number."""

    def digits(self, digits: str, language: str) -> Sequence[Path]:
        """Return what to play to say digits one by one; what is no digit is left out."""

    async def spoken(self, text: str, language: str) -> Path | None:
        """Return any text as a file to play and then to delete; None when it cannot be spoken."""

    async def message(self, row: VoicemailRow) -> Path | None:
        """Return a message as a file to play and then to delete; None when it is lost."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """How a call begins."""

    incoming: bool
    line_id: LineId | None = None
    calling: str | None = None
    calling_name: str | None = None
    called: str | None = None


@dataclass
class Hooks:
    """What the office tells the exchange."""

    call_changed: Callable[[Call], None]
    alarm: Callable[[Text], None]
    recording_begins: Callable[[RecordingRow], None]
    message_left: Callable[[VoicemailRow], None]
    """A message whose sound stands in STATE/voicemail, to be packed and stored."""
    answer_given: Callable[[FormAnswerRow], None]
    """A spoken answer to a form, whose sound stands in STATE/voicemail, to be packed."""
    messages_changed: Callable[[], None]
    """A message was heard or deleted."""
    call_ended: Callable[[CallRow], None]


class Office:
    """The exchange owns the one office; scripts get it handed in.

    `bundles` is set before anything can happen in it.
    """

    bundles: WaitingBundles

    def __init__(
        self,
        state: Path,
        config: Config,
        wires: Wires,
        records: Records,
        voices: Voices,
        hooks: Hooks,
    ) -> None:
        self.state = state
        self.config = config
        self.wires = wires
        self.records = records
        self.voices = voices
        self.hooks = hooks
        self.lines = LineBook(self._legs_on)
        self.lines.configure(config)
        self.tolls = Tolls(lambda: self.config, records)
        self.features = Features(records)
        self.claim_code = ""
        """What makes an owner, while there is none: phones speak it. Never written down."""
        self.call_backs = CallBacks(records)
        self.mail: Mail = NoMail()
        """What writes e-mail; the exchange puts its outbox here."""
        self.phone_book = PhoneBook(records)
        self.legs: dict[str, Leg] = {}
        self.calls: dict[str, Call] = {}
        self.parked: dict[int, Call] = {}
        """Parking place -> who waits there."""
        self.menu_for: Callable[[Call, Leg, Dialled], Script | None] = _no_menu
        """What serves a party who is handed on to a number nobody answers, such as a menu's."""
        self._recordings: dict[str, asyncio.Future[Recorded]] = {}

    # ---- calls

    def begin_call(self, arrived: Arrived) -> Call:
        """Return a call that is in the store before anything is done for it."""
        row = CallRow(
            call_id=new_ulid(),
            incoming=arrived.incoming,
            line_id=arrived.line_id,
            calling=arrived.calling,
            calling_name=arrived.calling_name,
            called=arrived.called,
            language=self.config.office.languages[0],
            began_at=datetime.now(UTC),
            zone=self.config.office.timezone,
        )
        self.records.calls.begin(row)
        call = Call(row, self.records, self.hooks.call_changed)
        self.calls[call.call_id] = call
        return call

    def end_call(self, call: Call, cause: Cause) -> None:
        """Clear the call and write its record with what it cost."""
        row = call.end(cause)
        self.calls.pop(call.call_id, None)
        spent = self.tolls.settle(call)
        row = row.model_copy(update={"cost_micros": call.cost_micros})
        self.records.write(self.records.calls.finish(row, spent[0] if spent else None))
        for more in spent[1:]:
            self.records.write(self.records.spending.add(more))
        self.hooks.call_ended(row)

    def call_of(self, leg: Leg) -> Call | None:
        return next((call for call in self.calls.values() if leg in call.legs), None)

    def preempt(self, line_id: LineId, for_call: Call) -> None:
        """Clear one call that holds the line, but never an emergency call."""
        for leg in tuple(self.legs.values()):
            call = self.call_of(leg)
            if leg.line_id != line_id or leg.is_over or call is None or call.emergency:
                continue
            for_call.step("call.preempts", leg, line=line_id)
            call.step("call.preempted", leg, line=line_id)
            call.cause = Cause.PREEMPTION
            for member in call.legs:
                member.clear(Cause.PREEMPTION)
            return

    # ---- legs

    def new_leg(self, line_id: LineId, call: Call, leg_id: str | None = None) -> Leg:
        """Return a leg on a line, known to the exchange but not yet part of the call's record.

        Raises NotFound for a line nobody knows.
        """
        leg = Leg(leg_id or new_leg_id(), self.lines.terminal(line_id), self.wires, call.news)
        self.legs[leg.leg_id] = leg
        return leg

    def forget(self, leg: Leg) -> None:
        """The leg is released and its line free: somebody may be waiting for exactly that."""
        self.legs.pop(leg.leg_id, None)
        self.tolls.left(self.call_of(leg), leg.leg_id, answered=leg.supervision is not None)
        self.learn_tone(leg)
        for call in self.calls.values():
            call.news.wake()

    def learn_tone(self, leg: Leg) -> None:
        """Remember the tone that ended the leg: the line's next hang-up is told sooner."""
        tone, known = leg.hangup_tone, self.lines.learned.get(leg.line_id)
        if tone is None or is_learned(tone.frequency_hz, tone.on_ms, tone.off_ms, known):
            return
        self.lines.learned[leg.line_id] = tone
        self.records.tones.put(
            LearnedToneRow(
                line_id=leg.line_id,
                frequency_hz=tone.frequency_hz,
                on_ms=tone.on_ms,
                off_ms=tone.off_ms,
                learned_at=datetime.now(UTC),
            )
        )
        self.wires.tell_card(
            leg.line_id,
            LearnTone(
                line_id=leg.line_id,
                frequency_hz=tone.frequency_hz,
                on_ms=tone.on_ms,
                off_ms=tone.off_ms,
            ),
        )

    def _legs_on(self, line_id: LineId) -> int:
        return sum(1 for leg in self.legs.values() if leg.line_id == line_id)

    # ---- recordings

    def expect_recorded(self, record_id: str) -> "asyncio.Future[Recorded]":
        """Return what will be done when the switch tells that the recorder has ended."""
        future = asyncio.get_running_loop().create_future()
        self._recordings[record_id] = future
        return future

    def tell_recorded(self, notice: Recorded) -> bool:
        """Hand the notice to who expects it; False when nobody does."""
        future = self._recordings.pop(notice.record_id, None)
        if future is not None and not future.done():
            future.set_result(notice)
        return future is not None


def _no_menu(_call: Call, _party: Leg, _dialled: Dialled) -> Script | None:
    """Nobody serves yet."""
    return None
