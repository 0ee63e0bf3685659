"""What a mail server said, in words of the office, and whether another try may help."""

import re
import smtplib
import socket
import ssl
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from firmware.config.mail import Mail
from firmware.contract.texts import Text

MAX_ANSWER: Final = 160
_OTHER_NAME: Final = 62  # X509_V_ERR_HOSTNAME_MISMATCH
_OTHER_ADDRESS: Final = 64
_CERTIFICATE: Final[Mapping[int, str]] = {
    _OTHER_NAME: "mail.certificate-other-name",
    _OTHER_ADDRESS: "mail.certificate-other-name",
    9: "mail.certificate-not-yet",
    10: "mail.certificate-expired",
}


class Blame(StrEnum):
    """What has to change before the letter can leave."""

    ACCOUNT = "account"  # the account or the way to the server: every letter waits
    LETTER = "letter"  # this letter: it will never be taken
    LATER = "later"  # nothing: the server wants to be asked again


class NotSent(Exception):
    """The letter has not left; `text` says why."""

    def __init__(self, text: Text, blame: Blame) -> None:
        super().__init__(text.code)
        self.text, self.blame = text, blame


def fault_of(error: Exception, account: Mail) -> NotSent:
    """Return what an error of smtplib, ssl or the socket means for this account."""
    if isinstance(error, smtplib.SMTPException):
        return _of_server(error, account)
    if isinstance(error, ssl.SSLCertVerificationError):
        code = _CERTIFICATE.get(error.verify_code, "mail.certificate-unknown")
        return _account(code, server=account.server or "")
    if isinstance(error, ssl.SSLError):
        return _account(f"mail.no-{account.security}", port=account.at_port())
    return _of_network(error, account)


def _of_server(error: smtplib.SMTPException, account: Mail) -> NotSent:
    match error:
        case smtplib.SMTPAuthenticationError():
            return _of_login(error, account)
        case smtplib.SMTPSenderRefused():
            args = {"sender": account.sender or "", "answer": _answer(error.smtp_error)}
            return _by_code("mail.sender-refused", error.smtp_code, Blame.ACCOUNT, args)
        case smtplib.SMTPRecipientsRefused():
            return refused_recipients(error.recipients)
        case smtplib.SMTPNotSupportedError():
            code = "mail.no-starttls" if "STARTTLS" in str(error) else "mail.no-login"
            return _account(code, port=account.at_port())
        case smtplib.SMTPServerDisconnected():
            return _account("mail.broke-off", server=account.server or "", port=account.at_port())
        case smtplib.SMTPResponseException():
            args = {"answer": _answer(error.smtp_error)}
            return _by_code("mail.refused", error.smtp_code, Blame.LETTER, args)
        case _:
            return _account("mail.refused", answer=_answer(str(error)))


def refused_recipients(refused: Mapping[str, tuple[int, bytes]]) -> NotSent:
    to, (code, answer) = next(iter(refused.items()))
    args = {"to": to, "answer": _answer(answer)}
    return _by_code("mail.recipient-refused", code, Blame.LETTER, args)


def _of_login(error: smtplib.SMTPAuthenticationError, account: Mail) -> NotSent:
    answer = _answer(error.smtp_error)
    if 400 <= error.smtp_code < 500:
        return NotSent(Text(code="mail.refused", args={"answer": answer}), Blame.LATER)
    # Large providers want a password made for the box alone and say so in their own words.
    wants_other = re.search(r"application.specific|app.password|basic auth", answer, re.IGNORECASE)
    code = "mail.app-password" if wants_other else "mail.wrong-password"
    return _account(code, user=account.user or "", answer=answer)


def _of_network(error: Exception, account: Mail) -> NotSent:
    where: dict[str, str | int | float] = {
        "server": account.server or "",
        "port": account.at_port(),
    }
    match error:
        case socket.gaierror():
            return _account("mail.no-such-server", server=where["server"])
        case ConnectionRefusedError():
            return _account("mail.port-closed", **where)
        case TimeoutError():
            return _account("mail.no-answer", **where)
        case ConnectionError():
            return _account("mail.broke-off", **where)
        case _:
            why = error.strerror if isinstance(error, OSError) else None
            return _account("mail.unreachable", server=where["server"], why=why or str(error))


def _by_code(code: str, reply: int, lasting: Blame, args: Mapping[str, str]) -> NotSent:
    """RFC 5321 4.2.1: 4xx may be tried again, 5xx will not change by itself."""
    return NotSent(Text(code=code, args=dict(args)), Blame.LATER if reply < 500 else lasting)


def _account(code: str, **args: str | int | float) -> NotSent:
    return NotSent(Text(code=code, args=args), Blame.ACCOUNT)


def _answer(said: bytes | str) -> str:
    """Return the server's words on one line."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    words = "".join(sign if sign.isprintable() else " " for sign in text).split()
    return " ".join(words)[:MAX_ANSWER]
