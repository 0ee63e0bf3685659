"""One party's half of a call, to be used like the party itself: answer, play, collect, clear."""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from firmware.calls.hangup import cause_of_tone, tone_to_learn
from firmware.calls.leg_sound import LegSound
from firmware.calls.leg_state import next_state
from firmware.calls.news import News
from firmware.calls.second import Second
from firmware.calls.wires import Terminal, Wires
from firmware.contract import messages as m
from firmware.contract.causes import Cause
from firmware.contract.errors import IllegalTransition, TipringError
from firmware.contract.leg_state import LegState
from firmware.contract.message import LegMessage
from firmware.contract.settings import LearnedTone
from firmware.contract.switching import DigitHeard, LegLevels, Played, ToneHeard, VoiceHeard

log = logging.getLogger(__name__)

T = TypeVar("T")
ANSWER_TIMEOUT_S: Final = 10.0
MAX_KEYS_AHEAD: Final = 64
MAX_LEVELS: Final = 60
OVER: Final = frozenset({LegState.NULL, LegState.DISCONNECT_INDICATION, LegState.RELEASE_REQUEST})


class LegEnded(TipringError):
    """The party is gone while something was asked of it."""

    def __init__(self, leg: "Leg") -> None:
        super().__init__("leg.ended", cause=int(leg.cause or Cause.NORMAL_UNSPECIFIED))
        self.leg = leg


class Leg:
    """Reports and notices come in through `report` and `notice`; the state follows the table."""

    def __init__(self, leg_id: str, terminal: Terminal, wires: Wires, news: News) -> None:
        self.leg_id = leg_id
        self.terminal = terminal
        self.news = news
        self.state = LegState.NULL
        self.sound = LegSound(leg_id, terminal, wires)
        self.number: str | None = None
        self.name: str | None = None
        self.dialled: str | None = None
        """What a lifted phone of ours had dialled already when it called (en bloc)."""
        self.cause: Cause | None = None
        self.far_end_cleared = False
        self.cleared_at: float | None = None
        """When we asked for its end, on the monotonic clock; a card may never answer."""
        self.supervision: m.AnswerSupervision | None = None
        self.early_sound = False
        """The card has promised sound of the network before the answer."""
        self.network_heard = False
        """The switch has heard that sound."""
        self.keys: deque[str] = deque(maxlen=MAX_KEYS_AHEAD)
        self.flashed = False
        self.holds = False
        """The phone has put its party on hold with its own key."""
        self.wish: m.TransferRequested | None = None
        """The phone has asked to hand its party on and waits for AnswerTransfer."""
        self.quality: m.MediaQuality | None = None
        self.must_confirm = False
        """Who answers is still asked whether they take the call: a network's mailbox may have."""
        self.second: Second | None = None
        """A phone with one line has, or is offered, a second call."""
        self.hangup_tone: LearnedTone | None = None
        """The tone that told us the far end is gone, for the line to learn."""
        self.speaking = False
        self.words = 0
        """How often the party began to speak, while somebody asked for that."""
        self.levels: deque[LegLevels] = deque(maxlen=MAX_LEVELS)
        """The last half minute of levels, while somebody looks at them."""
        self._voice_changed_at = time.monotonic()
        self.on_change: Callable[[Leg, LegMessage], None] = _nobody
        self._wires = wires
        self._keys_from: type[LegMessage] | None = None

    # ---- what it is now

    @property
    def line_id(self) -> str:
        return self.terminal.line_id

    @property
    def is_active(self) -> bool:
        return self.state is LegState.ACTIVE

    @property
    def is_over(self) -> bool:
        """Ended by either side; the card may still have to release the line."""
        return self.state in OVER and self.cause is not None

    @property
    def is_released(self) -> bool:
        return self.state is LegState.NULL and self.cause is not None

    def quiet_for_s(self, since: float) -> float:
        """Return how long the party has said nothing, at most since that monotonic time."""
        if self.speaking:
            return 0.0
        return time.monotonic() - max(self._voice_changed_at, since)

    # ---- what we ask of it

    def place(self, called: str, calling: str | None) -> None:
        """Dial on this leg's line."""
        self.number = called
        command = m.PlaceCall(
            leg_id=self.leg_id, line_id=self.line_id, called=called, calling=calling
        )
        self._command(command)

    def alert(
        self, calling: str | None, calling_name: str | None, *, answer_by_itself: bool = False
    ) -> None:
        """Ring the phone on this leg's line; or ask it to answer at once, where it can."""
        command = m.AlertCall(
            leg_id=self.leg_id,
            line_id=self.line_id,
            calling=calling,
            calling_name=calling_name,
            answer_by_itself=answer_by_itself,
        )
        self._command(command)

    async def answer(self) -> bool:
        """Answer the call that came in; False when the line does not connect in time.

        Raises LegEnded when the caller gave up first.
        """
        if self.state is LegState.CALL_RECEIVED:
            self._command(m.AnswerCall(leg_id=self.leg_id))
        return bool(await self.until(lambda: self.is_active, ANSWER_TIMEOUT_S))

    def clear(self, cause: Cause = Cause.NORMAL_CALL_CLEARING) -> None:
        """End it, whatever its state; ended already is fine."""
        if self.state in {LegState.NULL, LegState.RELEASE_REQUEST}:
            return
        self.cause = self.cause if self.cause is not None else cause
        self.cleared_at = time.monotonic()
        self.sound.silence()
        self._command(m.ClearCall(leg_id=self.leg_id, cause=cause))

    def send_digits(self, digits: str) -> None:
        if self.is_active:
            self._command(m.SendDigits(leg_id=self.leg_id, digits=digits))

    def answer_transfer(self, *, accepted: bool, cause: Cause = Cause.FACILITY_REJECTED) -> None:
        """Tell the phone what came of its wish, once; `cause` says why it was refused."""
        wished, self.wish = self.wish is not None, None
        if wished and self.is_active:
            cause = Cause.NORMAL_CALL_CLEARING if accepted else cause
            self._command(m.AnswerTransfer(leg_id=self.leg_id, accepted=accepted, cause=cause))

    async def play(self, files: Sequence[Path], *, until_key: bool = False) -> Played | None:
        """Play to the end and return how far it came; with `until_key` a key stops it (None).

        Raises LegEnded when the party hangs up meanwhile.
        """
        if not files or (until_key and self.keys):
            return None
        play_id = self.sound.play(files)
        try:
            await self.until(
                lambda: self.sound.ended(play_id) is not None or (until_key and bool(self.keys)),
                None,
            )
        finally:
            self.sound.stop()
        return self.sound.ended(play_id)

    async def collect(
        self, most: int, first_s: float, between_s: float, last_key: str | None = "#"
    ) -> str:
        """Return the keys pressed: up to `most`, or up to `last_key` (left out), or up to a pause.

        Empty when none came within `first_s`. Raises LegEnded.
        """
        collected = ""
        while len(collected) < most:
            key = await self.next_key(first_s if not collected else between_s)
            if key is None or key == last_key:
                break
            collected += key
        return collected

    async def next_key(self, timeout_s: float) -> str | None:
        """Return the next key, pressed already or to come; None when time is up."""
        pressed = await self.until(lambda: bool(self.keys), timeout_s)
        return self.keys.popleft() if pressed else None

    async def until(self, found: Callable[[], T | None], timeout_s: float | None) -> T | None:
        """As News.until, but raises LegEnded when the party is gone."""

        def found_here() -> T | None:
            if self.is_over:
                raise LegEnded(self)
            return found()

        return await self.news.until(found_here, timeout_s)

    # ---- what happens to it

    def report(self, message: LegMessage) -> None:
        """Take a report of the card. One that fits no state is logged and changes nothing."""
        try:
            self.state = next_state(self.state, message)
        except IllegalTransition as wrong:
            log.warning("%s: leg %s: %s", self.line_id, self.leg_id, wrong)
            return
        self._note(message)
        self.on_change(self, message)
        self.news.wake()

    def notice(self, message: LegMessage) -> None:
        """Take a notice of the switch about this leg's sound."""
        match message:
            case DigitHeard():
                self._press(message.digit, DigitHeard)
            case Played():
                self.sound.played(message)
            case VoiceHeard():
                self.network_heard = True
                self.speaking = not message.ended
                self.words += not message.ended
                self._voice_changed_at = time.monotonic()
            case ToneHeard():
                self._hear_tone(message)
            case LegLevels():
                self.levels.append(message)
            case _:
                log.debug("%s: notice %s", self.line_id, type(message).__name__)
        self.news.wake()

    def take_up(self, state: LegState, timeslot: int | None) -> None:
        """Go on with a leg that outlived the exchange."""
        self.state = state
        self.sound.seat(timeslot)

    def _note(self, message: LegMessage) -> None:
        """Take what the message says, besides the state it leads to."""
        match message:
            case m.Setup():
                self.number, self.name = message.calling, message.calling_name
                self.dialled = message.called if message.phone_lifted else None
                self.sound.seat(message.timeslot)
            case m.Proceeding():
                self.sound.seat(message.timeslot)
            case m.Connect():
                self.supervision = message.supervision
                self.sound.listen(connected=True)
            case m.Digit():
                self._press(message.digit, m.Digit)
            case m.Disconnect():
                self._far_end_gone(message.cause)
            case m.Release():
                self._released(message.cause)
            case m.Progress():
                self.early_sound = True
            case _:
                self._note_wish(message)

    def _note_wish(self, message: LegMessage) -> None:
        """Take what somebody does on their phone during a call, and how its sound fared."""
        match message:
            case m.HookFlash():
                self.flashed = True
            case m.Held() | m.Retrieved():
                self.holds = isinstance(message, m.Held)
            case m.TransferRequested():
                self.wish = message
            case m.MediaQuality():
                self.quality = message
            case _:
                pass

    def _press(self, key: str, source: type[LegMessage]) -> None:
        """A key may be told by the line and by the switch; who spoke first is believed."""
        self._keys_from = self._keys_from or source
        if source is self._keys_from:
            self.keys.append(key)

    def _hear_tone(self, heard: ToneHeard) -> None:
        self.network_heard = True
        connected = self.is_active or self.supervision is not None
        learned = self.terminal.hangup_tone
        cause = cause_of_tone(heard, connected=connected, learned=learned)
        if cause is None or not self.terminal.listens_for_tones:
            return
        if connected:
            # Also when the card, which hears it a moment sooner, has told us of the end.
            self.hangup_tone = tone_to_learn(heard)
        if self.state not in OVER:
            log.info("%s: hang-up tone %s", self.line_id, heard.tone)
            self.report(m.Disconnect(leg_id=self.leg_id, cause=cause))

    def _far_end_gone(self, cause: Cause) -> None:
        if self.cause is None:
            self.cause, self.far_end_cleared = cause, True
        if self.state is LegState.DISCONNECT_INDICATION:
            self.clear(self.cause)

    def _released(self, cause: Cause) -> None:
        if self.cause is None:
            self.cause, self.far_end_cleared = cause, True
        self.sound.unseat()

    def _command(self, command: m.Command) -> None:
        if not isinstance(command, LegMessage):
            raise TypeError(command)
        self.state = next_state(self.state, command)
        self._wires.tell_card(self.line_id, command)
        self.on_change(self, command)


def _nobody(_leg: Leg, _message: LegMessage) -> None:
    """Nobody listens yet."""
