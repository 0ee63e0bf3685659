"""From a letter to the message on the wire; what stands in its head cannot begin a line of its own.

Pure: no port, no clock but what it is given.
"""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from firmware.mail.letter import Letter


def message_of(
    letter: Letter, sender: str, office: str, letter_id: str, at: datetime, sound: bytes | None
) -> EmailMessage:
    """Return the message, with `sound` as its MP3 attachment. The address book is never shown:
    several recipients see each other, they are of one office."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name=_plain(office), addr_spec=sender)
    message["To"] = ", ".join(letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{letter_id.lower()}@{sender.rpartition('@')[2]}>"
    # RFC 3834: nobody's holiday notice shall answer a box.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    if sound is not None:
        message.add_attachment(sound, "audio", "mpeg", filename=letter.sound_name)
    return message


def _plain(name: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
