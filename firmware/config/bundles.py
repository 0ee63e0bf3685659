"""Chapter [[bundle_keys]]: whose signature on a bundle this office knows (docs/bundle.md)."""

from typing import Annotated

from pydantic import Field

from firmware.config.chapter import Chapter, Label, Name


class BundleKey(Chapter):
    """A public key of an owner; the secret half never comes near the box."""

    id: Name
    name: Label = ""
    """Whose it is, as the page shows it."""
    public_key: Annotated[str, Field(pattern=r"^RW[QRST][A-Za-z0-9+/]{53}$")]
    """The second line of the .pub file that `minisign -G` wrote."""
    at_once: bool = False
    """What it signed goes live from a stick with nobody asked."""
