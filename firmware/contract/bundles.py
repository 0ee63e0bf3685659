"""What is asked and told about bundles: those that wait, what became of the last, contacts."""

from enum import StrEnum
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AwareDatetime, Field

from firmware.contract.message import Message
from firmware.contract.request import Request, Who
from firmware.contract.texts import Text

BundleId: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
E164: TypeAlias = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{2,14}$")]
MOST_CONTACTS: Final = 1_000
"""In one request; a line of the control socket has its length."""


class BundleSource(StrEnum):
    STICK = "stick"
    PAGE = "page"


class NamedOwner(Message):
    """Whom a box without an owner makes its owner; one of the two hashes is there."""

    name: str
    password: str | None = None
    code: str | None = None


class BundleView(Message):
    """A bundle that waits to be accepted, and what it would change."""

    bundle_id: BundleId
    source: BundleSource
    signed_by: str | None
    """Whose key signed it; None when nobody did whom this box knows."""
    serial: int
    made_at: AwareDatetime
    owner: NamedOwner | None = None
    """Made by a box that has none, of no account to any other."""
    sounds: int
    contacts: int = 0
    brings: tuple[Text, ...] = ()
    """What a receptionist wants to know first: prompts, sounds, contacts that are new."""
    changes: tuple[Text, ...]

    @property
    def count(self) -> int:
        """How many changes there are, of settings or else of what comes along."""
        return len(self.changes) or len(self.brings)


class BundleResult(Message):
    """What became of the last bundle or stick; `faults` are all that was found in it."""

    at: AwareDatetime
    taken: bool
    text: Text
    faults: tuple[Text, ...] = ()


class ContactView(Message):
    """A number somebody gave a name; an empty name forgets it."""

    number: E164
    name: Annotated[str, Field(max_length=80)]


class ListBundles(Request):
    """Answer: {"bundles": [BundleView…], "last": BundleResult or null}"""

    do: Literal["list-bundles"] = "list-bundles"


class AcceptBundle(Request):
    """Make its configuration live, as a version like any other. Answer: {"version": n}"""

    do: Literal["accept-bundle"] = "accept-bundle"
    bundle_id: BundleId
    who: Who


class ClaimByBundle(Request):
    """As AcceptBundle, and the key of the owner it names is known from then on.

    Asked by the web process alone, after it has made that owner.
    """

    do: Literal["claim-by-bundle"] = "claim-by-bundle"
    bundle_id: BundleId
    who: Who


class DropBundle(Request):
    do: Literal["drop-bundle"] = "drop-bundle"
    bundle_id: BundleId
    who: Who


class KeepContacts(Request):
    """Names for numbers, shown when they call; what is there and not named here stays."""

    do: Literal["keep-contacts"] = "keep-contacts"
    contacts: Annotated[tuple[ContactView, ...], Field(max_length=MOST_CONTACTS)]
    who: Who


class BundlesEvent(Message):
    """Something came, went or was decided: ask for the list again."""

    what: Literal["bundles"] = "bundles"
    waiting: int
    changed: int
    """Grows with every change."""
