"""The owner a bundle may bring to a box that has none: name, key, and how they log in.

Nothing secret stands here in the clear, but a short password can be guessed
from its hash by whoever gets hold of the file: what a box takes must be slow to try.
"""

import re
from typing import Annotated, ClassVar, Final, Self

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError
from argon2.low_level import Type
from pydantic import BaseModel, ConfigDict, Field, model_validator

from firmware.bundle.minisign import Signature, parse_public_key, verify
from firmware.bundle.refusal import BundleRefused

MEMORY_KIB: Final = 19 * 1024
LEAST_MEMORY_KIB: Final = 19 * 1024
MOST_MEMORY_KIB: Final = 128 * 1024
"""More a box could not spare at a login, and a stranger could stop it so."""
LEAST_PASSES: Final = 2
MOST_PASSES: Final = 8
MOST_LANES: Final = 4
_PHC: Final = re.compile(r"\$argon2id\$[A-Za-z0-9$+/=,]{20,200}", re.ASCII)
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=MEMORY_KIB, parallelism=1)

ArgonHash = Annotated[str, Field(max_length=220)]


class BundleOwner(BaseModel):
    """One of the two says how they log in: with a password, or with a code that is good once."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^\w[\w .@'-]{0,38}\w$")]
    public_key: Annotated[str, Field(pattern=r"^RW[QRST][A-Za-z0-9+/]{53}$")]
    """What signed this bundle; the box knows it from then on."""
    password: ArgonHash | None = None
    """Argon2id, as `tipring export --owner` makes it."""
    code: ArgonHash | None = None
    """The same of a code; with it the owner chooses a password at /reset within a day."""

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        given = [one for one in (self.password, self.code) if one is not None]
        if len(given) != 1 or not _is_slow_enough(given[0]):
            raise ValueError("one argon2id hash")
        return self

    def check_signature(self, signature: Signature | None, signed: bytes) -> None:
        """Raises BundleRefused unless the owner's own key signed the manifest."""
        key = parse_public_key(self.public_key)
        if signature is None or key is None or key.key_id != signature.key_id:
            raise BundleRefused("bundle.owner-not-signed")
        verify(key, signature, signed)


def hash_of(secret: str) -> str:
    """Return what `password` or `code` has to say; takes a moment and 19 MiB."""
    return _HASHER.hash(secret)


def _is_slow_enough(phc: str) -> bool:
    """Neither so weak that the stick gives the password away, nor so heavy that it stops a box."""
    if not _PHC.fullmatch(phc):
        return False
    try:
        parameters = extract_parameters(phc)
    except (InvalidHashError, ValueError):
        return False
    return (
        parameters.type is Type.ID
        and LEAST_MEMORY_KIB <= parameters.memory_cost <= MOST_MEMORY_KIB
        and LEAST_PASSES <= parameters.time_cost <= MOST_PASSES
        and 1 <= parameters.parallelism <= MOST_LANES
        and parameters.salt_len >= 8
        and parameters.hash_len >= 16
    )
