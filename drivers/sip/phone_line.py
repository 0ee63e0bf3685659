"""A SIP phone, softphone or adapter port as a line: all devices that registered ring together."""

import asyncio
from typing import Final

from drivers.sip.condition import READY, Condition
from drivers.sip.edge.registrations import Contact
from drivers.sip.leg import SipLeg
from drivers.sip.line import Shared, SipLine, dialled
from drivers.sip.signalling_messages import Clear, Invite, Invited
from drivers.sip.workers import Worker
from firmware.contract.causes import Cause
from firmware.contract.line import CardServices
from firmware.contract.line_state import Ability, Health
from firmware.contract.messages import AlertCall, Setup
from firmware.contract.settings import SipPhoneSettings
from firmware.contract.texts import Text

ONE_MORE: Final = 1
"""Beyond its calls at once a phone may still begin a call: it could be for help."""
TRY_CODEC_AGAIN_S: Final = 60.0
MOST_NAMED: Final = 3
"""Addresses in one sentence."""


class SipPhoneLine(SipLine):
    abilities = frozenset({Ability.PHONE})

    def __init__(self, settings: SipPhoneSettings, card: CardServices, shared: Shared) -> None:
        super().__init__(settings, card, shared)
        self._phone = settings
        self.user = settings.user
        self._contacts: tuple[Contact, ...] = ()
        self._no_registrar: Text | None = None
        self._refused_at: tuple[str, ...] = ()
        self._no_codec = False
        self._codec_again: asyncio.TimerHandle | None = None

    def condition(self) -> Condition:
        user: dict[str, str | int | float] = {"user": self._phone.user}
        if self._phone.address is None and self._phone.secret is None:
            return Condition(Health.NEEDS_ATTENTION, Text(code="sip.no-secret", args=user))
        if self._no_codec:
            return Condition(Health.NEEDS_ATTENTION, Text(code="sip.no-common-codec", args=user))
        if self._phone.address is not None or self._contacts:
            return READY
        return Condition(Health.NO_SERVICE, self._no_registrar or self._nobody_yet())

    def _nobody_yet(self) -> Text:
        if not self._refused_at:
            return Text(code="sip.not-registered", args={"user": self.user})
        addresses = ", ".join(self._refused_at[:MOST_NAMED])
        return Text(code="sip.wrong-password", args={"user": self.user, "address": addresses})

    def identity(self) -> dict[str, str]:
        addresses = [contact.address for contact in self._contacts] or [self._phone.address or ""]
        agents = {contact.user_agent: None for contact in self._contacts if contact.user_agent}
        facts = {
            "user": self._phone.user,
            "port": ", ".join(addresses),
            "model": ", ".join(agents),
        }
        return {name: value for name, value in facts.items() if value}

    def registered(self, contacts: tuple[Contact, ...], no_registrar: Text | None) -> None:
        """These devices are registered now; `no_registrar` says why none can be."""
        before = self.state()
        self._no_codec = self._no_codec and _devices(contacts) == _devices(self._contacts)
        self._contacts, self._no_registrar = contacts, no_registrar
        if self.state() != before:
            self.changed()

    def refused(self, addresses: tuple[str, ...]) -> None:
        """From these addresses somebody wants to be this phone and has not its password."""
        before = self.state()
        self._refused_at = addresses
        if self.state() != before:
            self.changed()

    async def alert_call(self, command: AlertCall) -> None:
        order = Invite(
            leg_id=command.leg_id,
            account_id=self.line_id,
            user=self._phone.user,
            shown_number=command.calling,
            shown_name=command.calling_name,
            answer_by_itself=command.answer_by_itself,
        )
        self._begin_out(order, command.calling, None)

    def came_in(self, worker: Worker, news: Invited) -> None:
        called = dialled(news.called)
        if called is None:
            worker.refuse(Clear(leg_id=news.leg_id, cause=Cause.UNALLOCATED_NUMBER))
            return
        leg = self._begin_in(worker, news, self._phone.calls_at_once + ONE_MORE)
        if leg is None:
            return
        leg.called = called
        self.card.report(
            Setup(
                leg_id=leg.leg_id,
                line_id=self.line_id,
                timeslot=leg.timeslot,
                called=called,
                phone_lifted=True,
            )
        )

    def talks(self, leg: SipLeg) -> None:
        self._codec_is(missing=False)

    def no_common_codec(self) -> None:
        self._codec_is(missing=True)

    def _codec_is(self, *, missing: bool) -> None:
        """Say so; a phone may have been set right meanwhile, so it is tried again by and by."""
        if self._codec_again is not None:
            self._codec_again.cancel()
            self._codec_again = None
        if missing:
            loop = asyncio.get_running_loop()
            self._codec_again = loop.call_later(TRY_CODEC_AGAIN_S, self._try_codec_again)
        if missing is not self._no_codec:
            self._no_codec = missing
            self.changed()

    def _try_codec_again(self) -> None:
        self._codec_is(missing=False)


def _devices(contacts: tuple[Contact, ...]) -> list[tuple[str, str]]:
    return [(contact.address, contact.user_agent) for contact in contacts]
