"""The library's accounts: one for the box, one for each identity that has a password.

The packaged library aborts when asked for a ninth account, so those that only
dial out give way to each other; those that register stay.
"""

# ruff: noqa: N802  the library dictates the names of its callbacks
import time
from typing import Any, Final, Protocol

import pjsua2 as pj  # type: ignore[import-untyped]

from drivers.sip.signalling.library import ACCOUNT_HEADER, LibraryFault
from drivers.sip.signalling.manners import MIN_SESSION_S
from drivers.sip.signalling.shield import shielded
from drivers.sip.signalling_messages import Account

MOST: Final = 8
"""PJSUA_MAX_ACC of the packaged library; it cannot be asked."""
REGISTER_EVERY_S: Final = 300
TRY_AGAIN_S: Final = 30
ASK_REFUSED_AGAIN_S: Final = 600
"""The library itself never asks again once a password was refused."""
SESSION_S: Final = 1800


class AccountHome(Protocol):
    """The library whose accounts these are."""

    def on_incoming(self, account: "PjsuaAccount", number: int, arrived: Any) -> None: ...

    def on_registration(
        self, account: Account, registered: bool, status: int, why: str
    ) -> None: ...

    def accounts_in_calls(self) -> set[int]:
        """The library's numbers of accounts that calls use."""


class PjsuaAccount(pj.Account):  # type: ignore[misc]
    """One account in the library; calls come in on any of them."""

    def __init__(self, home: AccountHome, account: Account | None) -> None:
        super().__init__()
        self.account = account
        self.retiring = False
        self.registered = False
        self.refused_at: float | None = None
        self._home = home

    @shielded(lambda *_: None)
    def onIncomingCall(self, prm: Any) -> None:
        self._home.on_incoming(self, prm.callId, prm.rdata)

    @shielded(lambda *_: None)
    def onRegState(self, prm: Any) -> None:
        self.registered = prm.code // 100 == 2 and prm.expiration > 0
        self.refused_at = time.monotonic() if prm.code // 100 == 4 and prm.code != 408 else None
        if self.account and not self.retiring:
            self._home.on_registration(self.account, self.registered, prm.code, prm.reason)


class AccountBook:
    def __init__(self, home: AccountHome, own_domain: str, edge: str | None) -> None:
        self._home = home
        self._edge = edge
        self._box = PjsuaAccount(home, None)
        self._box.create(self._config(f"sip:tipring@{own_domain}"), True)
        self._made: dict[str, PjsuaAccount] = {}
        """By account id, least recently used first."""
        self._retiring: list[PjsuaAccount] = []

    def use(self, accounts: tuple[Account, ...]) -> None:
        """Register, register anew and unregister as the accounts known from now on ask."""
        known = {account.account_id: account for account in accounts}
        for account_id, made in list(self._made.items()):
            if known.get(account_id) != made.account:
                self._retire(account_id)
        for account in accounts:
            if account.registers and account.account_id not in self._made:
                self._register(account)

    def for_call(self, account: Account) -> PjsuaAccount:
        """Return what a call of `account` is made on. Raises LibraryFault when all are taken."""
        if account.secret is None:
            return self._box
        made = self._made.pop(account.account_id, None) or self._make(account)
        self._made[account.account_id] = made
        return made

    def sweep(self) -> None:
        """Do what is due: ask again where we were refused, delete what is retired and idle."""
        for made in self._made.values():
            if made.refused_at and time.monotonic() - made.refused_at > ASK_REFUSED_AGAIN_S:
                made.refused_at = None
                made.setRegistration(True)
        in_calls = self._home.accounts_in_calls() if self._retiring else set()
        for made in self._retiring[:]:
            if not made.registered and made.getId() not in in_calls:
                self._retiring.remove(made)
                made.shutdown()

    def retire_all(self) -> None:
        for account_id in list(self._made):
            self._retire(account_id)

    def registered(self) -> int:
        """Return how many registrations still stand."""
        return sum(made.registered for made in [*self._made.values(), *self._retiring])

    def _register(self, account: Account) -> None:
        try:
            self._made[account.account_id] = self._make(account)
        except LibraryFault as fault:
            self._home.on_registration(account, False, 503, str(fault))

    def _make(self, account: Account) -> PjsuaAccount:
        self._make_room()
        config = self._config(f"sip:{account.user or 'tipring'}@{account.domain}")
        config.sipConfig.authCreds.append(
            pj.AuthCredInfo("digest", "*", account.user or "", 0, account.secret or "")
        )
        if account.registers:
            _add_registration(config, account)
        made = PjsuaAccount(self._home, account)
        try:
            made.create(config)
        except pj.Error as error:
            raise LibraryFault(error.reason) from None
        return made

    def _make_room(self) -> None:
        if not self._full():
            return
        idle = [key for key, made in self._made.items() if made.account and not _registers(made)]
        if idle:
            self._retire(idle[0])
            self.sweep()
        if self._full():
            raise LibraryFault(f"the library holds {MOST - 1} accounts with a password")

    def _full(self) -> bool:
        return 1 + len(self._made) + len(self._retiring) >= MOST

    def _retire(self, account_id: str) -> None:
        made = self._made.pop(account_id)
        made.retiring = True
        self._retiring.append(made)
        if made.registered:
            made.setRegistration(False)

    def _config(self, identity: str) -> Any:
        config = pj.AccountConfig()
        config.idUri = identity
        if self._edge:
            config.sipConfig.proxies.append(f"sip:{self._edge};lr")
        config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_ALWAYS
        config.callConfig.timerSessExpiresSec = SESSION_S
        config.callConfig.timerMinSESec = MIN_SESSION_S
        config.callConfig.prackUse = pj.PJSUA_100REL_OPTIONAL
        config.natConfig.contactRewriteUse = 0
        config.natConfig.viaRewriteUse = 0
        config.natConfig.sdpNatRewriteUse = 0
        config.mediaConfig.useLoopMedTp = True  # no sockets: the sound is not the library's
        config.mediaConfig.lockCodecEnabled = False  # no re-INVITE to take the other codec away
        config.mediaConfig.streamKaEnabled = False
        config.mediaConfig.srtpUse = pj.PJMEDIA_SRTP_DISABLED
        return config


def _registers(made: PjsuaAccount) -> bool:
    return made.account is not None and made.account.registers


def _add_registration(config: Any, account: Account) -> None:
    transport = "" if account.transport == "udp" else f";transport={account.transport}"
    registration = config.regConfig
    registration.registrarUri = f"sip:{account.domain}{transport}"
    registration.timeoutSec = REGISTER_EVERY_S
    registration.retryIntervalSec = TRY_AGAIN_S
    registration.firstRetryIntervalSec = TRY_AGAIN_S
    header = pj.SipHeader()
    header.hName, header.hValue = ACCOUNT_HEADER, account.account_id
    registration.headers.append(header)
