"""A mail server that does as the test says, on a free port of loopback."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from firmware.config.mail import Mail, Security

USER, PASSWORD = "box@example.com", "pass word with spaces"


@dataclass
class Behaviour:
    """Verb -> what is answered instead of the usual."""

    security: Security = Security.STARTTLS
    certificate: Path | None = None
    says: dict[str, str] = field(default_factory=dict)
    hides: tuple[str, ...] = ()
    """Extensions that are not offered."""
    breaks_off_after: str = ""
    silent: bool = False


@dataclass
class ScriptedSmtp:
    port: int
    behaviour: Behaviour
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    def account(self, **other: object) -> Mail:
        fields = {
            "server": "127.0.0.1",
            "port": self.port,
            "security": self.behaviour.security,
            "sender": USER,
            "user": None if self.behaviour.security is Security.NONE else USER,
            "password": None if self.behaviour.security is Security.NONE else PASSWORD,
        }
        return Mail.model_validate(fields | other)

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.behaviour.silent:
            await reader.read()
            return
        writer.write(b"220 ready\r\n")
        while line := (await reader.readline()).decode().strip():
            verb = line.split(":")[0].split()[0].upper()
            self.heard.append(line)
            if verb == self.behaviour.breaks_off_after:
                return
            said = self.behaviour.says.get(verb) or self._answer(verb, line)
            writer.write(said.encode() + b"\r\n")
            if verb == "STARTTLS" and said.startswith("220"):
                await writer.start_tls(server_tls(self.behaviour.certificate))
            if verb == "DATA" and said.startswith("354"):
                raw = (await reader.readuntil(b"\r\n.\r\n"))[:-5]
                self.messages.append(message_from_bytes(raw, policy=policy.default))
                writer.write(b"250 taken\r\n")

    def _answer(self, verb: str, line: str) -> str:
        if verb == "RCPT":
            self.recipients.append(line.split("<")[1].rstrip(">"))
        if verb == "AUTH":
            return self._login(line)
        usual = {"EHLO": self._extensions(), "STARTTLS": "220 go", "DATA": "354 go on"}
        return usual.get(verb, "250 fine")

    def _extensions(self) -> str:
        offered = {"STARTTLS": "250-STARTTLS", "AUTH": "250-AUTH PLAIN"}
        if self.behaviour.security is not Security.STARTTLS:
            del offered["STARTTLS"]
        lines = [line for name, line in offered.items() if name not in self.behaviour.hides]
        return "\r\n".join(["250-loopback", *lines, "250 8BITMIME"])

    def _login(self, line: str) -> str:
        _, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
        fine = (user, password) == (USER, PASSWORD)
        return "235 in" if fine else "535 5.7.8 Username and Password not accepted"


def server_tls(certificate: Path | None) -> ssl.SSLContext:
    assert certificate is not None, "this server needs a certificate"
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@asynccontextmanager
async def scripted_smtp(behaviour: Behaviour) -> AsyncIterator[ScriptedSmtp]:
    smtp = ScriptedSmtp(0, behaviour)
    tls = server_tls(behaviour.certificate) if behaviour.security is Security.TLS else None
    server = await asyncio.start_server(smtp.attend, "127.0.0.1", 0, ssl=tls)
    smtp.port = server.sockets[0].getsockname()[1]
    async with server:
        yield smtp
