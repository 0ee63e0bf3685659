"""What to do about a bundle that was refused: one sentence for each kind of refusal."""

from collections.abc import Mapping
from typing import Final

from firmware.contract.texts import Text

_MAKE_AGAIN: Final = "advice.bundle-make-again"
_SIGN: Final = "advice.bundle-sign"
_STICK_AGAIN: Final = "advice.stick-again"
_OF: Final[Mapping[str, str]] = {
    "bundle.bad-signature": _SIGN,
    "bundle.owner-not-signed": _SIGN,
    "bundle.older": "advice.bundle-newer",
    "bundle.other-box": "advice.bundle-other-box",
    "bundle.no-sound": "advice.bundle-sound",
    "bundle.bad-contacts": "advice.bundle-contacts",
    "stick.not-fat": "advice.stick-format",
    "stick.no-bundle": "advice.stick-one",
    "stick.several": "advice.stick-one",
    "stick.cannot-read": _STICK_AGAIN,
    "stick.damaged": _STICK_AGAIN,
}


def advice(refusal: Text) -> Text:
    """Return what whoever brought it can do next."""
    if not refusal.code.startswith(("bundle.", "stick.")):
        return Text(code="advice.bundle-correct")  # a fault of its configuration
    return Text(code=_OF.get(refusal.code, _MAKE_AGAIN))
