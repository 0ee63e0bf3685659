"""Switching an extension or the whole office, by code or from the page: checked, then kept."""

from firmware.calls.dialled import Meaning, understand
from firmware.calls.features import VOICEMAIL, When
from firmware.calls.office import Office
from firmware.calls.ways_out import may_reach
from firmware.config.codes import Code, sentence_of
from firmware.config.extensions import Extension
from firmware.contract.control import SwitchExtension
from firmware.contract.errors import NotFound, RequestRefused
from firmware.contract.texts import Text
from firmware.contract.views import CodeView, ExtensionView


def forward_target(office: Office, own: Extension, keys: str) -> str:
    """Return where a forward goes as the store keeps it. Raises RequestRefused."""
    if keys in {VOICEMAIL, office.config.codes.own_mailbox}:
        if own.voicemail is None:
            raise RequestRefused("feature.no-mailbox", extension=own.id)
        return VOICEMAIL
    to = understand(keys, office.config)
    if to.number == own.id:
        raise RequestRefused("feature.forward-to-itself", extension=own.id)
    if to.meaning in {Meaning.EXTENSION, Meaning.GROUP}:
        return to.number
    if to.meaning is not Meaning.OUTSIDE:
        raise RequestRefused("route.not-a-number", number=keys)
    refused = may_reach(office, to, own.id)
    if refused is not None:
        raise RequestRefused(refused.code, **refused.args)
    return to.number


async def switch_extension(office: Office, wanted: SwitchExtension) -> None:
    """Carry out what the page asks. Raises NotFound, RequestRefused; then nothing has changed."""
    own = office.config.extension(wanted.extension)
    if own is None:
        raise NotFound("feature.no-such-extension", extension=wanted.extension)
    fields: dict[str, str | bool | None] = {}
    for name in ("do_not_disturb", "call_waiting"):
        if (value := getattr(wanted, name)) is not None:
            fields[name] = value
    for when in When:
        keys = getattr(wanted, when.value)
        if keys is not None:
            fields[when.value] = forward_target(office, own, keys) if keys else None
    await office.features.switch(own.id, **fields)


def extension_view(office: Office, own: Extension) -> ExtensionView:
    row = office.features.of(own.id)
    return ExtensionView(
        extension=own.id,
        name=own.name,
        do_not_disturb=row.do_not_disturb,
        call_waiting=office.features.waits(own.id, office.config),
        forward_always=row.forward_always,
        forward_busy=row.forward_busy,
        forward_no_answer=row.forward_no_answer,
    )


def code_views(office: Office) -> tuple[CodeView, ...]:
    """Return every code there is, as the office has it."""
    codes = office.config.codes
    return tuple(
        CodeView(name=code.value, keys=codes.keys(code), does=Text(code=sentence_of(code)))
        for code in Code
    )
