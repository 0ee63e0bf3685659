"""The e-mail node: a letter about this call, safe in the outbox before the call goes on."""

from functools import partial

from firmware.apps.ivr.values import value_of
from firmware.calls.visit import Visit
from firmware.config.flow_email import SendEmail
from firmware.config.flow_node import filled
from firmware.contract.errors import StorageFault
from firmware.mail.letter import Letter, MailRefused


async def send_email(visit: Visit, node: SendEmail) -> str:
    """Return the exit. The story says to whom, never what: a value may be a secret."""
    value = partial(value_of, visit)
    letter = Letter(to=node.to, subject=filled(node.subject, value), body=filled(node.text, value))
    try:
        await visit.office.mail.send(letter)
    except (MailRefused, StorageFault) as refused:
        visit.call.step(refused.text.code, None, **refused.text.args)
        return node.failed or node.next
    visit.call.step("ivr.email-sent", None, to=", ".join(node.to))
    return node.next
