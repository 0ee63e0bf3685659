"""What the page does to an extension, as changes to the text of tipring.toml."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final

import phonenumbers
from pydantic import BaseModel, Field

from firmware.config.chapter import ExtensionId
from firmware.config.codes import Code
from firmware.config.entries import Value, put_entry, remove_entry
from firmware.config.extensions import Extension, Strategy
from firmware.config.model import Config
from firmware.config.office import Language
from firmware.contract.errors import NotFound, RequestRefused
from firmware.contract.message import LineId
from firmware.contract.settings import SipPhoneSettings
from webui.sip_account import free_name, new_secret, sip_users

OWN_MAILBOX: Final = "own"
"""Asked for as `voicemail`: a mailbox for this extension alone, made where there is none."""


class ExtensionFields(BaseModel):
    """What a form says about an extension; the configuration's own rules judge it."""

    name: Annotated[str, Field(max_length=60)]
    strategy: Strategy = Strategy.ALL
    ring_s: int = 20
    mobile: Annotated[str | None, Field(max_length=40)] = None
    confirm: bool = True
    confirm_s: int = 15
    call_waiting: bool = True
    voicemail: Annotated[str | None, Field(max_length=40)] = None
    record: bool = False
    may_dial: Annotated[str | None, Field(max_length=40)] = None
    """The dial class; None is the office's usual one."""
    language: Language | None = None
    """What its codes and its voicemail speak; None is the office's first."""
    blocked_codes: tuple[Code, ...] = ()
    """Codes this extension may not use."""


@dataclass(frozen=True)
class NewPhone:
    """A SIP phone about to become a device of an extension; `secret` is made here, once."""

    line_id: str
    user: str
    secret: str

    @classmethod
    def of(cls, extension_id: str, config: Config, taken: frozenset[str]) -> "NewPhone":
        """Return the account that the next phone of this extension gets."""
        return cls(
            free_name(f"sip-{extension_id}", taken),
            free_name(extension_id, sip_users(config)),
            new_secret(),
        )


def extension_of(config: Config, extension_id: str) -> Extension:
    """Raises NotFound."""
    extension = config.extension(extension_id)
    if extension is None:
        raise NotFound("web.no-such-extension", extension=extension_id)
    return extension


def put_extension(
    text: str,
    config: Config,
    extension_id: ExtensionId,
    fields: ExtensionFields,
    devices: tuple[LineId, ...],
) -> str:
    """Return the text with this extension as the form says it; defaults are not written out."""
    box = fields.voicemail or None
    if box == OWN_MAILBOX:
        box = f"m{extension_id}"
        if config.mailbox(box) is None:
            text = put_entry(text, "mailboxes", box, {"name": fields.name})
    wanted: dict[str, Any] = {
        **fields.model_dump(mode="json"),
        "mobile": in_e164(fields.mobile, config.office.country),
        "voicemail": box,
        "may_dial": fields.may_dial or None,
        "devices": list(devices),
    }
    before = config.extension(extension_id)
    return put_entry(text, "extensions", extension_id, dict(_to_write(wanted, before)))


def put_pins(
    text: str, config: Config, extension_id: str, mailbox_pin: str | None, dial_pin: str | None
) -> str:
    """Return the text with new PINs; they move on to secrets.toml. None leaves the kept one."""
    extension = extension_of(config, extension_id)
    if dial_pin:
        text = put_entry(text, "extensions", extension_id, {"dial_pin": dial_pin})
    if mailbox_pin and extension.voicemail is None:
        raise RequestRefused("web.no-mailbox", extension=extension_id)
    if mailbox_pin and extension.voicemail is not None:
        text = put_entry(text, "mailboxes", extension.voicemail, {"pin": mailbox_pin})
    return text


def _to_write(wanted: dict[str, Any], before: Extension | None) -> list[tuple[str, Value]]:
    """A default that the file does not state stays unstated."""
    rows = list[tuple[str, Value]]()
    for key, value in wanted.items():
        field = Extension.model_fields[key]
        default = () if key == "devices" else field.default
        default = list(default) if isinstance(default, tuple) else default
        stated = before is not None and key in before.model_fields_set
        is_default = value == default or (key == "devices" and not value)
        rows.append((key, value if stated or not is_default else None))
    return rows


def put_phone(text: str, phone: NewPhone, label: str) -> str:
    """Return the text with a SIP line for the phone; its secret moves on to secrets.toml."""
    return put_entry(
        text,
        "lines",
        phone.line_id,
        {
            "driver": "sip",
            "account": "phone",
            "label": label[:60],
            "user": phone.user,
            "secret": phone.secret,
        },
    )


def sip_phone(config: Config, line_id: str) -> SipPhoneSettings:
    """Raises NotFound for a line that is no SIP phone."""
    line = config.line(line_id)
    if not isinstance(line, SipPhoneSettings):
        raise NotFound("web.no-such-phone", line=line_id)
    return line


def without_device(text: str, config: Config, extension: Extension, line_id: LineId) -> str:
    """Return the text with the device gone from the extension, and its line if it is SIP.

    A line of another kind is hardware: it stays, and can become a device again.
    """
    if line_id not in extension.devices:
        raise NotFound("web.no-such-phone", line=line_id)
    left = [device for device in extension.devices if device != line_id]
    if not left and extension.mobile is None:
        raise RequestRefused("web.last-phone", extension=extension.id)
    text = put_entry(text, "extensions", extension.id, {"devices": left or None})
    if isinstance(config.line(line_id), SipPhoneSettings):
        text = remove_entry(text, "lines", line_id)
    return text


def without_extension(text: str, config: Config, extension: Extension) -> str:
    """Return the text without the extension and its SIP phones; its mailbox keeps its messages."""
    text = remove_entry(text, "extensions", extension.id)
    for device in extension.devices:
        if isinstance(config.line(device), SipPhoneSettings):
            text = remove_entry(text, "lines", device)
    return text


def pattern_in_e164(typed: str, country: str) -> str:
    """Return a number as `in_e164` does, or the beginning of numbers that ends with *."""
    if typed.strip().endswith("*"):
        return "".join(typed.split())
    return in_e164(typed, country) or typed


def in_e164(typed: str | None, country: str) -> str | None:
    """Return a number as people write it in E.164 form; what no plan has stays, to be refused."""
    if not typed or not typed.strip():
        return None
    plain = re.sub(r"[\s().\-/]", "", typed)
    try:
        number = phonenumbers.parse(plain, country)
    except phonenumbers.NumberParseException:
        return plain
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
