"""From the text of tipring.toml to a Config, or to one sentence per fault."""

import re
import tomllib
from collections.abc import Iterable
from typing import Any, Final

from pydantic import ValidationError

from firmware.config.fault import Fault, as_text, shown
from firmware.config.flow_check import flow_faults
from firmware.config.model import Config
from firmware.config.model_faults import model_faults
from firmware.config.references import reference_faults
from firmware.config.secrets import merge_secrets
from firmware.config.toml_places import places
from firmware.contract.errors import ConfigurationRefused
from firmware.contract.texts import Text

_WHERE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")
SECRETS_FILE: Final = "secrets.toml"
CONFIG_FILE: Final = "tipring.toml"


def load(text: str, secrets: str = "") -> Config:
    """Return the configuration that a tipring.toml and its secrets.toml describe.

    Raises ConfigurationRefused with a Text per fault; each has `key` among its
    args and, where the key stands in the text, `line` and `column`.
    """
    data = merge_secrets(_parsed(text, CONFIG_FILE), _parsed(secrets, SECRETS_FILE))
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        raise _refused(model_faults(error, Config), text, data) from None
    faults = [*reference_faults(config), *flow_faults(config)]
    if faults:
        raise _refused(faults, text, data)
    return config


def check(text: str, secrets: str = "") -> tuple[Text, ...]:
    """Return the faults of a configuration; empty when it may go live."""
    try:
        load(text, secrets)
    except ConfigurationRefused as refused:
        return refused.faults
    return ()


def _refused(faults: Iterable[Fault], text: str, data: object) -> ConfigurationRefused:
    where = places(text)
    texts = dict.fromkeys(as_text(fault, data, where) for fault in faults)
    return ConfigurationRefused(tuple(texts))


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationRefused((_broken(str(error), text, file),)) from None


def _broken(reason: str, text: str, file: str) -> Text:
    lines = text.split("\n")
    where = _WHERE.search(reason)
    line, column = (int(one) for one in where.groups()) if where else (len(lines), 1)
    near = shown(lines[line - 1]) if file == CONFIG_FILE else ""
    args = {"key": file, "line": line, "column": column, "near": near}
    return Text(code="config.broken-toml", args=args)
