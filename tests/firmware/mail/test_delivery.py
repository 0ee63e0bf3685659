"""A letter reaches a mail server, and whatever goes wrong is told in the office's words."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.config.mail import Mail, Security
from firmware.contract.texts import word
from firmware.mail.delivery import deliver
from firmware.mail.faults import Blame, NotSent
from firmware.mail.letter import Letter
from firmware.mail.message import message_of
from tests.firmware.mail.certificates import Authority
from tests.firmware.mail.scripted_smtp import Behaviour, scripted_smtp

LETTER = Letter(to=("desk@example.com", "owner@example.com"), subject="Grüße", body="Olá\nŁódź\n")


async def sent(account: Mail, letter: Letter = LETTER) -> None:
    message = message_of(
        letter, account.sender or "", "Café Łódź", "01JABC", datetime.now(UTC), b"mp3"
    )
    await asyncio.to_thread(deliver, account, message, letter.to)


async def fault_of_sending(behaviour: Behaviour, **account: object) -> NotSent:
    async with scripted_smtp(behaviour) as smtp:
        with pytest.raises(NotSent) as caught:
            await sent(smtp.account(**account))
    assert word(caught.value.text) != caught.value.text.code
    return caught.value


@pytest.mark.parametrize("security", Security)
async def test_a_letter_arrives_whole_over_every_kind_of_security(
    security: Security, authority: Authority
) -> None:
    async with scripted_smtp(Behaviour(security, authority.certificate())) as smtp:
        await sent(smtp.account())

    (message,) = smtp.messages
    body, sound = message.iter_parts()
    assert smtp.recipients == list(LETTER.to)
    assert message["Subject"] == "Grüße"
    assert str(message["From"]) == "Café Łódź <box@example.com>"
    assert body.get_content().splitlines() == LETTER.body.splitlines()
    assert sound.get_content_type() == "audio/mpeg"
    assert message["Auto-Submitted"] == "auto-generated"


async def test_a_wrong_password_is_told_as_such(authority: Authority) -> None:
    fault = await fault_of_sending(Behaviour(certificate=authority.certificate()), password="other")

    assert (fault.text.code, fault.blame) == ("mail.wrong-password", Blame.ACCOUNT)
    assert "not accepted" in str(fault.text.args["answer"])


async def test_a_provider_that_wants_an_app_password_is_understood(authority: Authority) -> None:
    says = {"AUTH": "534 5.7.9 Application-specific password required"}
    fault = await fault_of_sending(Behaviour(certificate=authority.certificate(), says=says))

    assert fault.text.code == "mail.app-password"


async def test_a_closed_port_is_told_as_such() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        account = Mail(server="127.0.0.1", port=free.getsockname()[1], sender="box@example.com")
        with pytest.raises(NotSent) as caught:
            await sent(account)

    assert caught.value.text.code == "mail.port-closed"


async def test_a_server_that_is_nowhere_is_told_as_such() -> None:
    with pytest.raises(NotSent) as caught:
        await sent(Mail(server="mail.invalid", sender="box@example.com"))

    assert caught.value.text.code in {"mail.no-such-server", "mail.unreachable"}


async def test_a_server_that_says_nothing_is_not_waited_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("firmware.mail.delivery.TIMEOUT_S", 0.3)
    fault = await fault_of_sending(Behaviour(silent=True))

    assert fault.text.code in {"mail.broke-off", "mail.no-answer"}


async def test_tls_on_a_port_that_wants_starttls_is_told_as_such(authority: Authority) -> None:
    fault = await fault_of_sending(
        Behaviour(certificate=authority.certificate()), security=Security.TLS
    )

    assert fault.text.code == "mail.no-tls"


async def test_a_server_without_starttls_gets_no_password() -> None:
    behaviour = Behaviour(hides=("STARTTLS",))
    async with scripted_smtp(behaviour) as smtp:
        with pytest.raises(NotSent) as caught:
            await sent(smtp.account())

    assert caught.value.text.code == "mail.no-starttls"
    assert not any(line.startswith("AUTH") for line in smtp.heard)


async def test_anothers_certificate_is_not_trusted(authority: Authority) -> None:
    other = authority.certificate(name="other.example.com")
    fault = await fault_of_sending(Behaviour(certificate=other))

    assert fault.text.code == "mail.certificate-other-name"


async def test_an_expired_certificate_is_not_trusted(authority: Authority) -> None:
    old = authority.certificate(ends_in=-timedelta(hours=1))
    fault = await fault_of_sending(Behaviour(certificate=old))

    assert fault.text.code == "mail.certificate-expired"


@pytest.mark.usefixtures("authority")
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_a_strangers_certificate_gets_no_password(security: Security, tmp_path: Path) -> None:
    stranger = Authority(tmp_path).certificate()
    async with scripted_smtp(Behaviour(security, stranger)) as smtp:
        with pytest.raises(NotSent) as caught:
            await sent(smtp.account())

    assert caught.value.text.code == "mail.certificate-unknown"
    assert not any(line.startswith("AUTH") for line in smtp.heard)


@pytest.mark.parametrize(
    ("verb", "says", "code", "blame"),
    [
        ("MAIL", "553 5.7.1 not yours", "mail.sender-refused", Blame.ACCOUNT),
        ("RCPT", "550 5.1.1 nobody here", "mail.recipient-refused", Blame.LETTER),
        ("RCPT", "451 4.7.1 greylisted, come back", "mail.recipient-refused", Blame.LATER),
        ("DATA", "552 5.3.4 too large", "mail.refused", Blame.LETTER),
        ("EHLO", "421 4.3.2 too busy", "mail.refused", Blame.LATER),
    ],
)
async def test_what_the_server_says_decides_what_has_to_change(
    verb: str, says: str, code: str, blame: Blame
) -> None:
    behaviour = Behaviour(Security.NONE, says={verb: says, "HELO": says})
    fault = await fault_of_sending(behaviour)

    assert (fault.text.code, fault.blame) == (code, blame)


async def test_a_connection_that_breaks_is_told_as_such() -> None:
    fault = await fault_of_sending(Behaviour(Security.NONE, breaks_off_after="DATA"))

    assert (fault.text.code, fault.blame) == ("mail.broke-off", Blame.ACCOUNT)


@pytest.mark.parametrize(
    "nasty",
    [
        "x\r\nBcc: thief@example.com",
        "x\nBcc: thief@example.com",
        "x\x00\x0b\u2028Bcc: y",
        "é\r\n\r\n",
    ],
)
async def test_nothing_in_a_callers_name_becomes_a_line_of_the_head(nasty: str) -> None:
    letter = Letter(to=("desk@example.com",), subject=f"From {nasty}", body=f"From {nasty}\n.\n")
    async with scripted_smtp(Behaviour(Security.NONE)) as smtp:
        account = smtp.account()
        message = message_of(letter, account.sender or "", nasty, "01J", datetime.now(UTC), None)
        await asyncio.to_thread(deliver, account, message, letter.to)

    assert smtp.messages[0]["Bcc"] is None
    assert smtp.recipients == ["desk@example.com"]
    assert "\n" not in str(smtp.messages[0]["Subject"])


@pytest.mark.parametrize(
    "address",
    [
        "desk@example.com\r\nBcc: thief@example.com",
        "desk@example.com\n",
        "a b@example.com",
        "desk@example.com, thief@example.com",
        "<desk@example.com>",
        "desk",
        "@example.com",
        "d@" + "a" * 64 + ".com",
        "x" * 65 + "@example.com",
    ],
)
def test_no_address_is_taken_that_could_say_more_than_where_to(address: str) -> None:
    with pytest.raises(ValueError, match="not-an-address"):
        Letter(to=(address,), subject="", body="")


@pytest.mark.parametrize("sound", ["/etc/passwd", "voicemail/../../secrets.toml"])
def test_no_letter_takes_a_file_from_elsewhere(sound: str) -> None:
    with pytest.raises(ValueError, match="below the state folder"):
        Letter(to=("desk@example.com",), subject="", body="", sound=sound)
