"""manifest.json: which form a bundle has, how old it is and what belongs to it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from firmware.bundle.names import MANIFEST, SIGNATURE
from firmware.bundle.owner import BundleOwner
from firmware.bundle.refusal import BundleRefused, shown

FORMAT: Final = 1
MAX_MANIFEST_BYTES: Final = 1 << 20
MAX_SERIAL: Final = 2**53
"""What every JSON reader still keeps exactly."""


class Manifest(BaseModel):
    """`serial` grows with every bundle of a key; `box` names the only box that takes it."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = FORMAT
    serial: Annotated[int, Field(ge=1, le=MAX_SERIAL)]
    made_at: AwareDatetime
    box: Annotated[str, Field(pattern=r"^([a-z][a-z0-9-]{0,19})?$")] = ""
    owner: BundleOwner | None = None
    """Made by a box that has none yet; of no account to any other."""
    files: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]]
    """Every other member but the signature, with its SHA-256."""


def read_manifest(contents: Mapping[str, bytes]) -> Manifest:
    """Return the manifest of a bundle whose members are all as listed. Raises BundleRefused."""
    if MANIFEST not in contents:
        raise BundleRefused("bundle.no-manifest")
    manifest = _parsed(contents[MANIFEST])
    rest = contents.keys() - {MANIFEST, SIGNATURE}
    for name in sorted(rest ^ manifest.files.keys()):
        raise BundleRefused("bundle.not-as-listed", name=shown(name))
    for name, digest in manifest.files.items():
        if hashlib.sha256(contents[name]).hexdigest() != digest:
            raise BundleRefused("bundle.not-as-listed", name=name)
    return manifest


def digests(contents: Mapping[str, bytes]) -> dict[str, str]:
    """Return what `files` of the manifest has to say."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in sorted(contents.items())}


def _parsed(raw: bytes) -> Manifest:
    if len(raw) > MAX_MANIFEST_BYTES:
        raise BundleRefused("bundle.too-big", name=MANIFEST, allowed=MAX_MANIFEST_BYTES)
    version = _version(raw)
    if version != FORMAT:
        raise BundleRefused("bundle.wrong-version", version=version, known=FORMAT)
    try:
        return Manifest.model_validate_json(raw)
    except ValidationError:
        raise BundleRefused("bundle.bad-manifest") from None


def _version(raw: bytes) -> int:
    """Return the format's number: a newer form may look quite different in all else."""
    try:
        data: Any = json.loads(raw)
    except (ValueError, RecursionError):
        raise BundleRefused("bundle.bad-manifest") from None
    version = data.get("format") if isinstance(data, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or abs(version) > MAX_SERIAL:
        raise BundleRefused("bundle.bad-manifest")
    return version
