"""Bundles that came on sticks: looked at, shown, and taken when somebody says so."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from firmware.bundle.incoming import bundle_bytes, drop, take_refusals, waiting
from firmware.bundle.taking import Offer, keep_sounds, look_at, taken
from firmware.contract.control import ApplyConfig, BundleView
from firmware.contract.errors import ConfigurationRefused, TipringError
from firmware.contract.texts import Text
from firmware.exchange.live_config import LiveConfig

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 2.0
BY_STICK: Final = "USB stick"


class IncomingBundles:
    """`note` writes into the audit: who, code and its values. `alarm` raises or ends an alarm.

    Bundles are on the disk, and only what the page shows of them is kept here.
    """

    def __init__(
        self,
        state: Path,
        live: LiveConfig,
        note: Callable[[str, Text], None],
        alarm: Callable[[Text, bool], None],
    ) -> None:
        self._state, self._live, self._note, self._alarm = state, live, note, alarm
        self._views: dict[str, BundleView] = {}
        self._looked_at_version = 0
        self._waits: Text | None = None
        self.last: Text | None = None
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """Look at what sticks leave; until cancelled."""
        while True:
            try:
                await self.look()
            except TipringError as fault:
                log.warning("incoming bundles: %s", fault)
            await asyncio.sleep(LOOK_EVERY_S)

    def views(self) -> tuple[BundleView, ...]:
        return tuple(self._views.values())

    async def look(self) -> None:
        """Look at every bundle that is new, or older than the live version. Raises StorageFault."""
        async with self._one_at_a_time:
            await self._look_through()

    async def accept(self, bundle_id: str, who: str) -> int:
        """Make it live and return its version.

        Raises NotFound, BundleRefused, ConfigurationRefused or StorageFault.
        """
        async with self._one_at_a_time:
            offer = await asyncio.to_thread(self._offer, bundle_id)
            return await self._take(bundle_id, offer, who)

    async def drop(self, bundle_id: str, who: str) -> None:
        """Raises StorageFault."""
        async with self._one_at_a_time:
            await asyncio.to_thread(drop, self._state, bundle_id)
            self._views.pop(bundle_id, None)
            self._note(who, Text(code="audit.dropped-bundle"))
            self._tell_waiting()

    async def _look_through(self) -> None:
        for text in await asyncio.to_thread(take_refusals, self._state):
            self._refused(text)
        there = await asyncio.to_thread(waiting, self._state)
        known = self._views if self._looked_at_version == self._live.version else {}
        self._looked_at_version = self._live.version
        self._views = {one: known[one] for one in there if one in known}
        for bundle_id in there:
            if bundle_id not in known:
                await self._look_at(bundle_id)
        self._tell_waiting()

    async def _look_at(self, bundle_id: str) -> None:
        try:
            offer = await asyncio.to_thread(self._offer, bundle_id)
            if offer.at_once:
                await self._take(bundle_id, offer, f"{BY_STICK}, {_signer(offer)}"[:80])
            else:
                self._views[bundle_id] = _view(bundle_id, offer)
        except ConfigurationRefused as refused:
            await asyncio.to_thread(drop, self._state, bundle_id)
            self._refused(refused.faults[0])
        except TipringError as refused:
            await asyncio.to_thread(drop, self._state, bundle_id)
            self._refused(refused.text)

    async def _take(self, bundle_id: str, offer: Offer, who: str) -> int:
        await asyncio.to_thread(keep_sounds, self._state, offer.bundle)
        comment = f"{BY_STICK}, {offer.bundle.manifest.serial}"
        request = ApplyConfig(toml=offer.configuration, who=who, comment=comment)
        version = await self._live.apply(request)
        await asyncio.to_thread(taken, self._state, offer)
        await asyncio.to_thread(drop, self._state, bundle_id)
        self._views.pop(bundle_id, None)
        sounds = len(offer.bundle.sounds)
        self._news(Text(code="bundle.imported", args={"version": version, "prompts": sounds}))
        self._note(who, Text(code="audit.took-bundle", args={"version": version}))
        self._tell_waiting()
        return version

    def _offer(self, bundle_id: str) -> Offer:
        return look_at(self._state, bundle_bytes(self._state, bundle_id))

    def _refused(self, text: Text) -> None:
        log.warning("a stick was refused: %s", text.code)
        self._news(text)
        self._alarm(text, True)

    def _news(self, text: Text) -> None:
        """The next stick ends the alarm about the one before."""
        if self.last is not None:
            self._alarm(self.last, False)
        self.last = text

    def _tell_waiting(self) -> None:
        count = max((len(view.changes) for view in self._views.values()), default=0)
        waits = Text(code="bundle.waits", args={"count": count}) if self._views else None
        if waits == self._waits:
            return
        if self._waits is not None:
            self._alarm(self._waits, False)
        if waits is not None:
            self._alarm(waits, True)
        self._waits = waits


def _signer(offer: Offer) -> str:
    return (offer.key.name or offer.key.id) if offer.key else ""


def _view(bundle_id: str, offer: Offer) -> BundleView:
    manifest = offer.bundle.manifest
    return BundleView(
        bundle_id=bundle_id,
        signed_by=_signer(offer) or None,
        serial=manifest.serial,
        made_at=manifest.made_at,
        sounds=len(offer.bundle.sounds),
        changes=offer.changes,
    )
