"""What the page asks about e-mail: how the outbox stands, and a test of an account."""

from firmware.calls.office import Office
from firmware.contract.mail import MailView, ReadMail, TryMail
from firmware.mail.outbox import Outbox
from firmware.mail.trial import Trial


class MailDesk:
    def __init__(self, office: Office, outbox: Outbox) -> None:
        self._outbox = outbox
        self._trial = Trial(office.state, lambda: office.config)

    def answer(self, request: ReadMail | TryMail) -> MailView:
        """Raises ConfigurationRefused, RequestRefused."""
        if isinstance(request, TryMail):
            self._trial.begin(request)
        return self._outbox.view().model_copy(update={"trial": self._trial.view})
