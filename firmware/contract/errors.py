"""The one tree of exceptions: raised only when we cannot do as told.

Busy and no answer are causes (causes.py), never exceptions. What a person may
have to read travels as a Text (code and arguments), so page, CLI and spoken
prompts can each word it in the reader's language.
"""

from firmware.contract.texts import Text, word


class TipringError(Exception):
    """Anything of ours that went wrong; `text` is the sentence for a person."""

    def __init__(self, code: str, **args: str | int | float) -> None:
        self.text = Text(code=code, args=args)
        super().__init__(code, args)

    def __str__(self) -> str:
        """Return the sentence in English with its code, as logs show it."""
        return f"{word(self.text)} ({self.text.code})"


class LineError(TipringError):
    """The line cannot do as told; it is usable again after close and open."""


class LineTimeout(LineError):
    """The device did not answer in time."""


class IllegalTransition(TipringError):
    """A message that the state table has no place for; nothing has changed."""


class MessageRefused(TipringError):
    """A message that does not belong here: not JSON, unknown kind, a field out of range."""


class ConfigurationRefused(TipringError):
    """A configuration that cannot go live; each fault is one sentence."""

    def __init__(self, faults: tuple[Text, ...]) -> None:
        super().__init__("configuration-refused", count=len(faults))
        self.faults = faults


class RequestRefused(TipringError):
    """A control request that cannot be carried out now."""


class NotFound(RequestRefused):
    """There is no such call, line, recording or version."""


class StorageFault(TipringError):
    """The disk is full, read-only or torn; calls go on without it."""
