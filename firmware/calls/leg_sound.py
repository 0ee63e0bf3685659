"""What the switch shall do for one leg: its room, gains, detectors and player.

All of it is remembered, so that a switch that comes back is told again.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import uuid4

from firmware.calls.wires import Terminal, Wires
from firmware.contract.line_state import Audio
from firmware.contract.messages import Direction, SetDirection
from firmware.contract.switching import (
    ConnectLeg,
    Detect,
    Detector,
    DisconnectLeg,
    Meter,
    Order,
    Play,
    Played,
    SetLegGain,
    Stop,
    Tone,
)

ALWAYS: Final = frozenset({Detector.DTMF})
SILENCE_DB: Final = -96.0


class LegSound:
    def __init__(self, leg_id: str, terminal: Terminal, wires: Wires) -> None:
        self.room: str | None = None
        self.timeslot: int | None = None
        self.is_aside = False
        """On hold: what the party says now is meant for nobody, so nobody records it."""
        self._echo = self._muted = self._metered = False
        self._leg_id = leg_id
        self._terminal = terminal
        self._wires = wires
        self._detect: Detect | None = None
        self._player: Play | Tone | None = None
        self._began_at = 0.0
        self._last: Played | None = None

    @property
    def is_seated(self) -> bool:
        return self.timeslot is not None and self._terminal.span is not None

    @property
    def is_idle(self) -> bool:
        """Nothing plays to the party."""
        return self._player is None

    def seat(self, timeslot: int | None) -> None:
        """The card has named the leg's timeslot; None changes nothing."""
        if timeslot is None or timeslot == self.timeslot:
            return
        self.timeslot = timeslot
        self._connect()
        self.listen(connected=False)

    def unseat(self) -> None:
        """The timeslot belongs to nobody any more."""
        if self.is_seated:
            self._wires.tell_switch(DisconnectLeg(leg_id=self._leg_id))
        self.timeslot = self._player = self._detect = None

    def enter(self, room: str | None, *, aside: bool = False, echo: bool = False) -> None:
        """Hear and be heard in a room; None leaves the leg alone, `aside` puts it on hold.

        With `echo` the party hears itself.
        """
        self.room, self.is_aside, self._echo = room, aside, echo
        self._connect()

    def mute(self) -> None:
        """From now on the party hears its room, and nobody hears the party."""
        self._muted = True
        self._tell(SetLegGain(leg_id=self._leg_id, said_db=SILENCE_DB))

    def meter(self, *, on: bool) -> None:
        """Have the levels told, or no more; said again changes nothing."""
        if on != self._metered:
            self._metered = on
            self._tell(Meter(leg_id=self._leg_id, on=on))

    def listen(self, *, connected: bool, voice: bool = False) -> None:
        """Ask for keys always, for tones where the network tells by tones, for voice on request."""
        wanted = set(ALWAYS)
        if self._terminal.listens_for_tones:
            wanted.add(Detector.PROGRESS)
        if voice:
            wanted.add(Detector.VOICE)
        self._detect = Detect(
            leg_id=self._leg_id,
            what=frozenset(wanted),
            country=self._terminal.country,
            learned=self._terminal.hangup_tone,
            connected=connected,
        )
        self._tell(self._detect)

    def listen_for_network(self) -> None:
        """Ask, until the answer, for whatever the network lets be heard."""
        everything = frozenset({Detector.DTMF, Detector.PROGRESS, Detector.VOICE})
        if self._detect is not None:
            self._detect = self._detect.model_copy(update={"what": everything})
            self._tell(self._detect)

    def play(self, files: Sequence[Path], *, loop: bool = False) -> str:
        """Start playing and return the player's id; what played before ends."""
        paths = tuple(str(file.absolute()) for file in files)
        play = Play(leg_id=self._leg_id, play_id=uuid4().hex, files=paths, loop=loop)
        return self._start(play)

    def tone(self, name: str, duration_ms: int | None = None) -> str:
        """Start a tone of the country (None: until `stop`) and return the player's id."""
        tone = Tone(
            leg_id=self._leg_id,
            play_id=uuid4().hex,
            country=self._terminal.country,
            name=name,
            duration_ms=duration_ms,
        )
        return self._start(tone)

    def stop(self) -> None:
        """End the player; ended already is fine."""
        player, self._player = self._player, None
        if player is not None and self.ended(player.play_id) is None:
            self._tell(Stop(play_id=player.play_id))
        self._turn(Direction.RECEIVE)

    def silence(self) -> None:
        """The party is gone: nothing plays to it, nothing is wanted from it, nobody hears it."""
        self._player = None
        if self.room is not None:
            self.enter(None)

    def ended(self, play_id: str) -> Played | None:
        """Return how the player ended, None while it plays."""
        return self._last if self._last is not None and self._last.play_id == play_id else None

    def played(self, notice: Played) -> None:
        self._last = notice
        if self._player is not None and self._player.play_id == notice.play_id:
            self._player = None

    def repeat(self) -> None:
        """Tell a switch that knows nothing all of it; a prompt goes on where it should be now."""
        self._connect()
        if self._muted:
            self.mute()
        if self._metered:
            self._tell(Meter(leg_id=self._leg_id))
        if self._detect is not None:
            self._tell(self._detect)
        if isinstance(self._player, Play):
            elapsed_ms = int((time.monotonic() - self._began_at) * 1_000)
            start_ms = 0 if self._player.loop else elapsed_ms
            self._tell(self._player.model_copy(update={"start_ms": start_ms}))
        elif self._player is not None:
            self._tell(self._player)

    def _start(self, player: Play | Tone) -> str:
        self._player, self._began_at = player, time.monotonic()
        self._turn(Direction.SEND)
        self._tell(player)
        return player.play_id

    def _turn(self, direction: Direction) -> None:
        if self._terminal.audio is Audio.HALF:
            command = SetDirection(leg_id=self._leg_id, direction=direction)
            self._wires.tell_card(self._terminal.line_id, command)

    def _connect(self) -> None:
        if self.timeslot is not None and self._terminal.span is not None:
            order = ConnectLeg(
                leg_id=self._leg_id,
                span=self._terminal.span,
                timeslot=self.timeslot,
                room=self.room,
                echo=self._echo,
            )
            self._wires.tell_switch(order)

    def _tell(self, order: Order) -> None:
        if self.is_seated:
            self._wires.tell_switch(order)
