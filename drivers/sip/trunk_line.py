"""An account with a provider as a line: calls out in its number format, calls in, fail-over."""

import asyncio
import logging
from typing import Final

from drivers.sip.account import BACKUP
from drivers.sip.condition import (
    NOBODY_ANSWERED,
    READY,
    STARTING,
    Condition,
    of_registration,
    of_trunk,
)
from drivers.sip.leg import SipLeg
from drivers.sip.line import Shared, SipLine
from drivers.sip.numbers import called_user, incoming_number
from drivers.sip.signalling_messages import Ended, Invite, Invited, Registration
from drivers.sip.workers import Worker
from firmware.contract.errors import LineError
from firmware.contract.leg_state import LegState
from firmware.contract.line import CardServices
from firmware.contract.line_state import Ability
from firmware.contract.messages import PlaceCall, Setup
from firmware.contract.settings import SipTrunkSettings

log = logging.getLogger(__name__)

FIRST_ANSWER_S: Final = 5.0
"""The library itself waits half a minute before it says that nobody answered."""
NOBODY_YET: Final = 408


class SipTrunkLine(SipLine):
    abilities = frozenset({Ability.PLACE, Ability.RECEIVE})

    def __init__(self, settings: SipTrunkSettings, card: CardServices, shared: Shared) -> None:
        super().__init__(settings, card, shared)
        self._trunk = settings
        registers = settings.registers and settings.user is not None
        servers = [settings.id, *([settings.id + BACKUP] if settings.backup_server else [])]
        self._servers: dict[str, Condition] = dict.fromkeys(
            servers, STARTING if registers else READY
        )
        self._placed: dict[str, Invite] = {}
        """Calls that the other server may still be asked to carry."""

    def condition(self) -> Condition:
        return of_trunk(self._servers)

    def identity(self) -> dict[str, str]:
        facts = {"user": self._trunk.user or "", "port": self._trunk.server}
        return {name: value for name, value in facts.items() if value}

    def registration(self, news: Registration) -> None:
        backup = self._trunk.backup_server or ""
        server = backup if news.account_id.endswith(BACKUP) else self._trunk.server
        if news.account_id in self._servers:
            condition = of_registration(news, server, self._trunk.user or "")
            self._servers[news.account_id] = condition
            self.changed()

    async def open(self) -> None:
        await super().open()
        asyncio.get_running_loop().call_later(FIRST_ANSWER_S, self._give_up_waiting)

    def _give_up_waiting(self) -> None:
        """A provider that has not answered by now is told of as if it never would."""
        waited = [one for one, how in self._servers.items() if how == STARTING]
        for account_id in waited:
            self.registration(
                Registration(account_id=account_id, registered=False, status=NOBODY_YET)
            )

    async def place_call(self, command: PlaceCall) -> None:
        form, country = self._trunk.number_format, self.card.country
        # Nothing to show is no wish to be hidden: the provider then shows the account.
        shown = command.calling or self.settings.number or self._trunk.user
        order = Invite(
            leg_id=command.leg_id,
            account_id=self._best_server(),
            user=called_user(command.called, form, country),
            shown_number=called_user(shown, form, country) if shown else None,
        )
        self._placed[order.leg_id] = order
        try:
            self._begin_out(order, command.calling, command.called)
        except LineError:
            del self._placed[order.leg_id]
            raise

    def came_in(self, worker: Worker, news: Invited) -> None:
        leg = self._begin_in(worker, news, self._trunk.calls_at_once)
        if leg is None:
            return
        form = self._trunk.number_format
        leg.calling, leg.called = (
            incoming_number(news.calling, form),
            incoming_number(news.called, form),
        )
        leg.ring()
        self.card.report(
            Setup(
                leg_id=leg.leg_id,
                line_id=self.line_id,
                timeslot=leg.timeslot,
                calling=leg.calling,
                calling_name=news.calling_name,
                called=leg.called,
            )
        )

    def ended(self, leg: SipLeg, ended: Ended) -> bool:
        """A server that nobody answers for is passed over, once, before anything was heard."""
        order = self._placed.pop(leg.leg_id, None)
        unheard = leg.state is LegState.CALL_PROCEEDING and ended.status in NOBODY_ANSWERED
        others = [one for one in self._servers if order is not None and one != order.account_id]
        if order is None or not unheard or not others:
            return super().ended(leg, ended)
        log.warning("%s: no answer from %s, trying %s", self.line_id, order.account_id, others[0])
        try:
            worker = self._shared.freest_worker()
        except LineError:
            return super().ended(leg, ended)
        leg.invite(order.model_copy(update={"account_id": others[0]}), worker)
        return True

    def over(self, leg: SipLeg) -> None:
        self._placed.pop(leg.leg_id, None)
        super().over(leg)

    def _best_server(self) -> str:
        return next((one for one, how in self._servers.items() if how == READY), self.line_id)
