"""Which of our languages the reader wants, as the browser or script says it."""

from typing import Final

from firmware.contract.texts import LANGUAGES

DEFAULT: Final = "en"
MAX_HEADER: Final = 200
_BY_FAMILY: Final = {language.partition("-")[0]: language for language in LANGUAGES}


def wanted(accept_language: str | None) -> str:
    """Return the best of LANGUAGES for an Accept-Language header (RFC 9110 12.5.4)."""
    ranges = [_weighted(part) for part in (accept_language or "")[:MAX_HEADER].split(",")]
    for _, tag in sorted(ranges, key=lambda pair: -pair[0]):
        language = _BY_FAMILY.get(tag.partition("-")[0])
        if language is not None:
            return language
    return DEFAULT


def _weighted(part: str) -> tuple[float, str]:
    tag, _, weight = part.partition(";")
    try:
        quality = float(weight.partition("=")[2]) if weight.strip() else 1.0
    except ValueError:
        quality = 0.0
    return (quality, tag.strip().lower())
