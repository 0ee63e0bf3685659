"""The key of backups: on paper its secret half, in the box only the half that seals.

The box cannot read its own backups: who steals it gets none of the older ones. The
secret is 160 random bits in Crockford's base 32, eight groups of four and a check
character each, so that a slip of the pen is found and its group named.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, ClassVar, Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from firmware.backup.refusal import BackupRefused
from firmware.config.files import read_text, write_atomically

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS: Final = 8
GROUP: Final = 4
WEIGHTS: Final = (1, 3, 5, 7)
"""Odd, so that every single wrong character changes the sum modulo 32."""
FILE: Final = "backup-key.json"
MODE: Final = 0o600
ID_BYTES: Final = 8
_MISTAKEN: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS: Final = str.maketrans("", "", " -\t\r\n.")
_INFO: Final = b"tipring backup key 1"


class KeptKey(BaseModel):
    """What the box keeps of its key: STATE/backup-key.json."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    public: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    made_at: AwareDatetime

    @property
    def sheet(self) -> str:
        return sheet_of(key_id(self.raw()))

    def raw(self) -> bytes:
        return bytes.fromhex(self.public)


@dataclass(frozen=True)
class BackupSecret:
    """What stands on the emergency sheet; 20 bytes."""

    seed: bytes

    def shown(self) -> str:
        """Return the eight groups, each with its check character, apart by spaces."""
        bits = int.from_bytes(self.seed, "big")
        values = [bits >> shift & 31 for shift in range(155, -5, -5)]
        groups = [values[at : at + GROUP] for at in range(0, len(values), GROUP)]
        return " ".join(
            "".join(ALPHABET[one] for one in (*group, _check(place, group)))
            for place, group in enumerate(groups)
        )

    def private(self) -> X25519PrivateKey:
        made = HKDF(SHA256(), 32, salt=None, info=_INFO).derive(self.seed)
        return X25519PrivateKey.from_private_bytes(made)

    def public(self) -> bytes:
        return self.private().public_key().public_bytes_raw()

    @property
    def sheet(self) -> str:
        """Return the sheet's number, which stands beside every backup made for it."""
        return sheet_of(key_id(self.public()))


def new_secret() -> BackupSecret:
    return BackupSecret(secrets.token_bytes(20))


def as_typed(text: str) -> BackupSecret:
    """Return the secret that was meant; small letters, O for 0 and any spacing are forgiven.

    Raises BackupRefused, naming the group that cannot be right.
    """
    typed = text.upper().translate(_SEPARATORS).translate(_MISTAKEN)
    size = GROUP + 1
    if len(typed) != GROUPS * size:
        raise BackupRefused("backup.key-length", wanted=GROUPS * size, typed=len(typed))
    bits = 0
    for place in range(GROUPS):
        values = [ALPHABET.find(one) for one in typed[place * size : (place + 1) * size]]
        if -1 in values or _check(place, values[:GROUP]) != values[GROUP]:
            raise BackupRefused("backup.key-group", group=place + 1)
        for value in values[:GROUP]:
            bits = bits << 5 | value
    return BackupSecret(bits.to_bytes(20, "big"))


def key_id(public: bytes) -> bytes:
    return hashlib.sha256(public).digest()[:ID_BYTES]


def sheet_of(identity: bytes) -> str:
    return identity[:3].hex().upper()


def public_key(raw: bytes) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(raw)


def kept_key(state: Path) -> KeptKey | None:
    """Return None when nobody has made one. Raises StorageFault, BackupRefused if it is torn."""
    text = read_text(state / FILE)
    try:
        return KeptKey.model_validate_json(text) if text else None
    except ValidationError:
        raise BackupRefused("backup.key-torn") from None


def keep_key(state: Path, public: bytes, at: datetime) -> KeptKey:
    """From now on backups are sealed for this one. Raises StorageFault."""
    kept = KeptKey(public=public.hex(), made_at=at)
    write_atomically(state / FILE, kept.model_dump_json(), MODE)
    return kept


def _check(place: int, values: list[int]) -> int:
    """Return the check character's value; `place` makes groups that changed places show."""
    return (place + sum(w * v for w, v in zip(WEIGHTS, values, strict=True))) % 32
