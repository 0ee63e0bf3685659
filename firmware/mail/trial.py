"""One letter to try an account with while somebody looks: sent at once, never repeated."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from firmware.config.fault import as_text
from firmware.config.mail import Mail, is_address
from firmware.config.model import Config
from firmware.config.model_faults import model_faults
from firmware.contract.errors import ConfigurationRefused, RequestRefused
from firmware.contract.mail import TrialView, TryMail
from firmware.contract.texts import Text, word
from firmware.mail.jobs import Job
from firmware.mail.letter import Letter
from firmware.mail.outbox import Send
from firmware.mail.worker_call import send_by_worker
from firmware.store.repositories import new_ulid

MOST_FAULTS: Final = 10
SAME_ACCOUNT: Final = ("server", "port", "user")


class Trial:
    """`config` gives what is live."""

    def __init__(self, state: Path, config: Callable[[], Config], send: Send = send_by_worker):
        self._state, self._config, self._send = state, config, send
        self._task: asyncio.Task[None] | None = None
        self.view: TrialView | None = None

    def begin(self, request: TryMail) -> None:
        """Start sending; `view` tells how it went. Raises ConfigurationRefused, RequestRefused."""
        if self._task is not None and not self._task.done():
            raise RequestRefused("mail.trial-running")
        if not is_address(request.to):
            args: dict[str, str | int | float] = {"key": "to", "value": request.to}
            raise ConfigurationRefused((Text(code="config.not-an-address", args=args),))
        live = self._config()
        account = with_kept_password(_account(request.account), live.mail)
        language = live.office.languages[0]
        letter = Letter(
            to=(request.to,),
            subject=word(
                Text(code="mail.trial-subject", args={"office": live.office.name}), language
            ),
            body=word(Text(code="mail.trial-body", args={"office": live.office.name}), language),
        )
        job = Job(
            letter_id=new_ulid(),
            letter=letter,
            account=account,
            office=live.office.name,
            state=self._state,
        )
        self.view = TrialView(to=request.to, running=True)
        self._task = asyncio.create_task(self._run(job, request.to))

    async def _run(self, job: Job, to: str) -> None:
        outcome = await self._send(job)
        self.view = TrialView(to=to, fault=outcome.fault)


def with_kept_password(wanted: Mail, kept: Mail) -> Mail:
    """Return the account with the password that is kept for it; no other server ever gets it."""
    same = all(getattr(wanted, key) == getattr(kept, key) for key in SAME_ACCOUNT)
    if wanted.password is not None or not same:
        return wanted
    return wanted.model_copy(update={"password": kept.password})


def _account(fields: dict[str, str | int | None]) -> Mail:
    """Raises ConfigurationRefused; an account to try has a server."""
    try:
        account = Mail.model_validate(fields)
    except ValidationError as error:
        faults = model_faults(error, Mail, MOST_FAULTS)
        texts = tuple(dict.fromkeys(as_text(fault, fields, {}) for fault in faults))
        raise ConfigurationRefused(texts) from None
    if not account.is_set_up:
        raise RequestRefused("mail.not-set-up")
    return account
