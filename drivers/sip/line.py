"""What SIP phones and trunks share as lines: their legs, each on whichever worker has room."""

import logging
from abc import abstractmethod
from typing import Final, Protocol

from drivers.sip.condition import Condition
from drivers.sip.leg import SipLeg
from drivers.sip.media import Media
from drivers.sip.signalling_messages import (
    AnswerRefer,
    Clear,
    Ended,
    Invite,
    Invited,
    ReferAsked,
    Registration,
)
from drivers.sip.workers import Worker
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError
from firmware.contract.leg_state import LegState
from firmware.contract.line import CardServices, Line
from firmware.contract.line_state import Ability, Audio, Health, LineState
from firmware.contract.messages import (
    AnswerCall,
    AnswerTransfer,
    ClearCall,
    LineStateChanged,
    LiveLeg,
    RunSelfTest,
    SelfTestDone,
    SendDigits,
    SetGains,
    TransferRequested,
)
from firmware.contract.settings import AnySipSettings
from firmware.contract.texts import Text, word

log = logging.getLogger(__name__)

RETRY_AFTER_S: Final = 10
NO_COMMON_CODEC: Final = 488
DIALLABLE: Final = frozenset("0123456789*#ABCD")
MAX_DIALLED: Final = 32


class Shared(Protocol):
    """What all lines of the card have in common."""

    media: Media

    def freest_worker(self) -> Worker:
        """Raises LineError when no worker has room."""

    def leg_of_dialog(self, replaces: str) -> str | None:
        """Return the leg a Replaces value names, on whatever line."""

    async def ready(self) -> None:
        """Return when calls are possible."""

    async def trouble(self) -> LineError:
        """Return when calls are possible no more, and why."""


class SipLine(Line):
    abilities: frozenset[Ability]

    def __init__(self, settings: AnySipSettings, card: CardServices, shared: Shared) -> None:
        super().__init__(settings, card)
        self.line_id = settings.id
        self.media = shared.media
        self._sip = settings
        self._shared = shared
        self._legs: dict[str, SipLeg] = {}
        self._told: Condition | None = None
        self._is_open = False
        self._gains = settings.receive_db, settings.send_db

    # ---- what phones and trunks do differently

    @abstractmethod
    def condition(self) -> Condition:
        """How the line fares while the card's processes do."""

    @abstractmethod
    def identity(self) -> dict[str, str]: ...

    @abstractmethod
    def came_in(self, worker: Worker, news: Invited) -> None:
        """An INVITE of this line's account has come."""

    def registration(self, news: Registration) -> None:
        """How the line's own registration stands."""

    def no_common_codec(self) -> None:
        """The far end offered or answered that there is no sound both understand."""
        log.warning("%s: the far end offers no G.711", self.line_id)

    # ---- Line

    def state(self) -> LineState:
        condition = self.condition() if self._is_open else Condition(Health.STARTING)
        return LineState(
            line_id=self.line_id,
            driver="sip",
            health=condition.health,
            why=condition.why,
            capacity=self._sip.calls_at_once,
            audio=Audio.FULL,
            abilities=self.abilities,
            identity=self.identity(),
        )

    def legs(self) -> tuple[LiveLeg, ...]:
        return tuple(leg.live() for leg in self._legs.values())

    async def open(self) -> None:
        await self._shared.ready()
        self._is_open = True
        self.changed()

    async def serve(self) -> None:
        raise await self._shared.trouble()

    async def close(self) -> None:
        self._is_open = False
        for leg in tuple(self._legs.values()):
            leg.end_now(Cause.TEMPORARY_FAILURE)

    async def answer_call(self, command: AnswerCall) -> None:
        self._own(command.leg_id).answer()

    async def clear_call(self, command: ClearCall) -> None:
        self._own(command.leg_id).clear(command.cause)

    async def send_digits(self, command: SendDigits) -> None:
        self._own(command.leg_id).send_digits(command)

    async def answer_transfer(self, command: AnswerTransfer) -> None:
        self._own(command.leg_id).answer_transfer(command)

    async def set_gains(self, command: SetGains) -> None:
        self._gains = command.receive_db, command.send_db
        for leg in self._legs.values():
            leg.set_gains()

    async def run_self_test(self, command: RunSelfTest) -> None:
        condition = self.condition()
        finding = condition.why or Text(code="sip.self-test-fine", args={"line": self.line_id})
        passed = condition.health is Health.READY
        self.card.report(SelfTestDone(line_id=self.line_id, findings=(finding,), passed=passed))

    # ---- LegOwner

    def gains(self) -> tuple[float, float]:
        return self._gains

    def transfer_asked(self, leg: SipLeg, asked: ReferAsked) -> None:
        """Hand it to the exchange, or refuse what it could not understand."""
        refuse = AnswerRefer(leg_id=leg.leg_id, accepted=False, cause=Cause.INVALID_NUMBER_FORMAT)
        if asked.replaces is not None:
            other = self._shared.leg_of_dialog(asked.replaces)
            if other is None or other == leg.leg_id:
                leg.worker.send(refuse.model_copy(update={"cause": Cause.INVALID_CALL_REFERENCE}))
            else:
                self.card.report(TransferRequested(leg_id=leg.leg_id, with_leg_id=other))
            return
        to = dialled(asked.user)
        if to is None:
            leg.worker.send(refuse)
        else:
            self.card.report(TransferRequested(leg_id=leg.leg_id, to=to))

    def ended(self, leg: SipLeg, ended: Ended) -> bool:
        if ended.status:
            log.info("%s: ended with %d %s", self.line_id, ended.status, ended.reason)
        if ended.status == NO_COMMON_CODEC:
            self.no_common_codec()
        return False

    def talks(self, leg: SipLeg) -> None: ...

    def over(self, leg: SipLeg) -> None:
        self._legs.pop(leg.leg_id, None)

    # ---- for the kinds of line

    def leg_of_dialog(self, replaces: str) -> str | None:
        legs = (leg for leg in self._legs.values() if not leg.is_ending)
        return next((leg.leg_id for leg in legs if leg.dialog.is_meant_by(replaces)), None)

    def changed(self) -> None:
        """Report the state; what has got worse is in the log, too."""
        if not self._is_open:
            return
        condition = self.condition()
        never_came = self._told is None and condition.health is Health.NO_SERVICE
        if condition.why is not None and condition != self._told:
            log.log(
                logging.DEBUG if never_came else logging.WARNING,
                "%s: %s",
                self.line_id,
                word(condition.why),
            )
        self._told = condition
        self.card.report(LineStateChanged(line=self.state()))

    def _is_full(self, most: int) -> bool:
        return sum(not leg.is_ending for leg in self._legs.values()) >= most

    def _begin_out(self, order: Invite, calling: str | None, called: str | None) -> None:
        """Place or alert. Raises LineError, and nothing has begun."""
        if order.leg_id in self._legs or self._is_full(self._sip.calls_at_once):
            raise LineError("line-busy")
        worker = self._shared.freest_worker()
        slot = self.card.seize_timeslot()
        leg = SipLeg(order.leg_id, self, worker, slot, LegState.CALL_PROCEEDING)
        leg.calling, leg.called = calling, called
        self._legs[leg.leg_id] = leg
        leg.proceeding()
        leg.invite(order, worker)

    def _begin_in(self, worker: Worker, news: Invited, most: int) -> SipLeg | None:
        """Take the call that came; one there is no room for is refused."""
        cause = Cause.USER_BUSY
        if self._is_open and not self._is_full(most):
            try:
                slot = self.card.seize_timeslot()
            except LineError:
                cause = Cause.NO_CIRCUIT_AVAILABLE
            else:
                leg = SipLeg(news.leg_id, self, worker, slot, LegState.CALL_RECEIVED)
                leg.take(news)
                self._legs[leg.leg_id] = leg
                return leg
        worker.refuse(Clear(leg_id=news.leg_id, cause=cause, retry_after_s=RETRY_AFTER_S))
        return None

    def _own(self, leg_id: str) -> SipLeg:
        try:
            return self._legs[leg_id]
        except KeyError:
            raise LineError("no-such-leg") from None


def dialled(user: str) -> str | None:
    """Return the user part of a URI as what somebody dialled; None for what nobody can dial."""
    number = user.partition(";")[0].upper()
    digits = number.removeprefix("+")
    if not digits or len(number) > MAX_DIALLED or not set(digits) <= DIALLABLE:
        return None
    return number
