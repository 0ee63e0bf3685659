"""A line's settings as the accounts its calls go out with."""

from collections.abc import Iterator
from typing import Final

from drivers.sip.signalling_messages import Account
from firmware.contract.settings import AnySipSettings, SipTrunkSettings

BACKUP: Final = ".backup"


def accounts_of(settings: AnySipSettings, box: str) -> Iterator[Account]:
    """Yield the line's account and, for a trunk with a second server, another there.

    `box` is the host part of a phone's URIs.
    """
    if not isinstance(settings, SipTrunkSettings):
        yield Account(account_id=settings.id, domain=settings.address or box, user=settings.user)
        return
    yield _trunk(settings, settings.id, settings.server)
    if settings.backup_server is not None:
        yield _trunk(settings, settings.id + BACKUP, settings.backup_server)


def hosts_of(settings: AnySipSettings) -> Iterator[str]:
    """Yield the hosts where the line's far end always is."""
    where = (
        (settings.server, settings.backup_server, settings.address)
        if isinstance(settings, SipTrunkSettings)
        else (settings.address,)
    )
    yield from (one.partition(":")[0] for one in where if one is not None)


def line_of(account_id: str) -> str:
    return account_id.removesuffix(BACKUP)


def _trunk(settings: SipTrunkSettings, account_id: str, server: str) -> Account:
    return Account(
        account_id=account_id,
        domain=server,
        user=settings.user,
        secret=settings.secret,
        registers=settings.registers and settings.user is not None,
        transport=settings.transport,
    )
