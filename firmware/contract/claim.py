"""The code that makes an owner, on its way to a phone that speaks it."""

from typing import Annotated, Literal

from pydantic import Field

from firmware.contract.request import Request


class TellClaimCode(Request):
    """Said by the page's process while nobody owns the box; "" once somebody does.

    The exchange keeps it in memory alone.
    """

    do: Literal["tell-claim-code"] = "tell-claim-code"
    code: Annotated[str, Field(pattern=r"^([0-9A-Z-]{4,40})?$")]
