"""One conversation with a mail server: connect, keep it private, log in, hand the message over."""

import smtplib
import ssl
from contextlib import closing
from email.message import EmailMessage
from typing import Final

from firmware.config.mail import Mail, Security
from firmware.mail.faults import fault_of, refused_recipients

TIMEOUT_S: Final = 30.0
OWN_NAME: Final = "[127.0.0.1]"
"""Asking for the box's own name could take seconds, and servers want none."""


def deliver(account: Mail, message: EmailMessage, to: tuple[str, ...]) -> None:
    """Blocks, at most some minutes. Raises NotSent; some of the recipients may have it then."""
    try:
        with closing(_connected(account)) as server:
            if account.user is not None:
                server.login(account.user, account.password or "")
            refused = server.send_message(message, account.sender, list(to))
            server.quit()
    except (OSError, smtplib.SMTPException) as error:
        raise fault_of(error, account) from error
    if refused:
        raise refused_recipients(refused)


def _connected(account: Mail) -> smtplib.SMTP:
    host, port = account.server or "", account.at_port()
    checked = ssl.create_default_context()
    if account.security is Security.TLS:
        return smtplib.SMTP_SSL(host, port, OWN_NAME, timeout=TIMEOUT_S, context=checked)
    server = smtplib.SMTP(host, port, OWN_NAME, timeout=TIMEOUT_S)
    if account.security is Security.STARTTLS:
        try:
            server.starttls(context=checked)
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
    return server
