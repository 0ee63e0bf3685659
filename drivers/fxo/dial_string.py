"""A number as an analogue line must dial it: no plus, no pause the chip does not know."""

import phonenumbers


def dial_string(called: str, country: str) -> str:
    """Return `called` for ATD: own-country numbers nationally, others with the way out first.

    `,` and `p` are pauses, `w` waits for another dial tone. A number with a plus that
    no numbering plan knows keeps its digits.
    """
    if called.startswith("+"):
        return _without_plus(called, country)
    return called.replace("p", ",").replace("w", "W")


def _without_plus(called: str, country: str) -> str:
    try:
        number = phonenumbers.parse(called, country)
    except phonenumbers.NumberParseException:
        return called[1:]
    shown = phonenumbers.format_out_of_country_calling_number(number, country)
    return "".join(c for c in shown if c.isdigit())
