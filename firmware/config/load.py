"""From the text of tipring.toml to a Config, or to one sentence per fault."""

import re
import tomllib
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from pydantic import ValidationError

from firmware.config.code_check import code_faults
from firmware.config.fault import Fault, as_text, shown
from firmware.config.flow_check import flow_faults
from firmware.config.model import Config
from firmware.config.model_faults import model_faults
from firmware.config.references import reference_faults
from firmware.config.secrets import merge_secrets
from firmware.config.sip_faults import missing_secrets, sip_faults
from firmware.config.toml_places import places
from firmware.contract.errors import ConfigurationRefused
from firmware.contract.texts import Text

_WHERE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")
_ENDLESS_KEY: Final = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){32}""", re.ASCII
)
"""tomllib takes minutes over a key of ten thousand parts; ours have six at most."""
SECRETS_FILE: Final = "secrets.toml"
CONFIG_FILE: Final = "tipring.toml"
MAX_CHARACTERS: Final = 500_000
MAX_FAULTS: Final = 50
"""More help nobody, and each costs time on a small box."""


def load(text: str, secrets: str = "") -> Config:
    """Return the configuration that a tipring.toml and its secrets.toml describe.

    Raises ConfigurationRefused with a Text per fault; each has `key` among its
    args and, where the key stands in the text, `line` and `column`.
    """
    refuse_too_long(text)
    data = merge_secrets(_parsed(text, CONFIG_FILE), _parsed(secrets, SECRETS_FILE))
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        raise _refused(model_faults(error, Config, MAX_FAULTS), text, data) from None
    faults = [
        *reference_faults(config),
        *sip_faults(config),
        *code_faults(config),
        *flow_faults(config),
    ]
    if faults:
        raise _refused(faults, text, data)
    return config


def refuse_too_long(text: str) -> None:
    """Raises ConfigurationRefused for a text that is longer than any office's configuration."""
    if len(text) > MAX_CHARACTERS:
        args = {"key": CONFIG_FILE, "most": MAX_CHARACTERS}
        raise ConfigurationRefused((Text(code="config.text-too-long", args=args),))


def check(text: str, secrets: str = "") -> tuple[Text, ...]:
    """Return the faults of a configuration; empty when it may go live."""
    try:
        load(text, secrets)
    except ConfigurationRefused as refused:
        return refused.faults
    return ()


def missing(text: str, secrets: str = "") -> tuple[Text, ...]:
    """Return what a configuration that may go live lacks for all its lines to work."""
    config = load(text, secrets)
    data, where = _parsed(text, CONFIG_FILE), places(text)
    return tuple(as_text(fault, data, where) for fault in missing_secrets(config))


def _refused(faults: Iterable[Fault], text: str, data: object) -> ConfigurationRefused:
    where = places(text)
    texts = dict.fromkeys(as_text(fault, data, where) for fault in islice(faults, MAX_FAULTS))
    return ConfigurationRefused(tuple(texts))


def _parsed(text: str, file: str) -> dict[str, Any]:
    endless = _ENDLESS_KEY.search(text)
    if endless is not None:
        before = text[: endless.start()]
        line, column = before.count("\n") + 1, endless.start() - before.rfind("\n")
        raise ConfigurationRefused((_broken(text, file, line, column),))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = _WHERE.search(str(error))
        line, column = (int(one) for one in where.groups()) if where else (text.count("\n") + 1, 1)
        raise ConfigurationRefused((_broken(text, file, line, column),)) from None
    except RecursionError:
        raise ConfigurationRefused((_broken(text, file, 1, 1),)) from None


def _broken(text: str, file: str, line: int, column: int) -> Text:
    """Return the fault; a line of secrets.toml is not shown."""
    near = shown(text.split("\n")[line - 1]) if file == CONFIG_FILE else ""
    args = {"key": file, "line": line, "column": column, "near": near}
    return Text(code="config.broken-toml", args=args)
