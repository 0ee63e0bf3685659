"""What a phone may ask of the bundles that wait; the exchange answers."""

from typing import Protocol

from firmware.contract.bundles import BundleResult, BundleView


class WaitingBundles(Protocol):
    @property
    def last(self) -> BundleResult | None:
        """What became of the last bundle; None when there never was one."""

    def views(self) -> tuple[BundleView, ...]:
        """Return the bundles that wait, the newest first."""

    async def accept(self, bundle_id: str, who: str) -> int:
        """Make it live and return its version. Raises TipringError; nothing has changed then."""
