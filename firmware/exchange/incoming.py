"""Bundles from sticks and from the page: looked at, shown, taken when somebody says so."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from firmware.bundle.contacts import names_of
from firmware.bundle.incoming import (
    FOLDER,
    UPLOADED,
    bundle_bytes,
    drop,
    take_refusals,
    waiting,
)
from firmware.bundle.owner import BundleOwner
from firmware.bundle.result import keep_result, last_result
from firmware.bundle.summary import brought
from firmware.bundle.taking import Offer, keep_sounds, look_at, taken, with_owners_key
from firmware.calls.phone_book import PhoneBook
from firmware.contract.bundles import (
    BundleResult,
    BundlesEvent,
    BundleSource,
    BundleView,
    NamedOwner,
)
from firmware.contract.control import ApplyConfig
from firmware.contract.errors import (
    ConfigurationRefused,
    NotFound,
    RequestRefused,
    TipringError,
)
from firmware.contract.texts import Text
from firmware.exchange.live_config import LiveConfig

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 2.0
BY_STICK: Final = "USB stick"
_FOLDER_OF: Final[Mapping[BundleSource, str]] = {
    BundleSource.STICK: FOLDER,
    BundleSource.PAGE: UPLOADED,
}


@dataclass(frozen=True)
class BundleHooks:
    """`note` writes into the audit: who, what. `alarm` raises or ends an alarm."""

    note: Callable[[str, Text], None]
    alarm: Callable[[Text, bool], None]
    changed: Callable[[BundlesEvent], None]


class IncomingBundles:
    """Implements firmware.bundle.asking.WaitingBundles.

    Bundles are on the disk, and only what the page shows of them is kept here.
    """

    def __init__(
        self, state: Path, live: LiveConfig, phone_book: PhoneBook, hooks: BundleHooks
    ) -> None:
        self._state, self._live, self._phone_book, self._hooks = state, live, phone_book, hooks
        self._views: dict[str, BundleView] = {}
        self._looked_at_version = 0
        self._waits: Text | None = None
        self._changes = 0
        self._one_at_a_time = asyncio.Lock()
        self._last = last_result(state)

    @property
    def last(self) -> BundleResult | None:
        return self._last

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
            offer, source = await asyncio.to_thread(self._found, bundle_id)
            return await self._take(bundle_id, offer, who, source)

    async def claim(self, bundle_id: str, who: str) -> int:
        """As `accept`, and the box knows the key of the bundle's owner from then on."""
        async with self._one_at_a_time:
            offer, source = await asyncio.to_thread(self._found, bundle_id)
            owner = offer.bundle.manifest.owner
            if owner is None:
                raise RequestRefused("bundle.no-owner")
            pinned = with_owners_key(offer.configuration, owner)
            return await self._take(bundle_id, offer, who, source, pinned)

    async def drop(self, bundle_id: str, who: str) -> None:
        """Raises StorageFault."""
        async with self._one_at_a_time:
            await asyncio.to_thread(drop, self._state, bundle_id)
            self._views.pop(bundle_id, None)
            self._hooks.note(who, Text(code="audit.dropped-bundle"))
            self._tell()

    # ---- looking

    async def _look_through(self) -> None:
        for text in await asyncio.to_thread(take_refusals, self._state):
            await self._refused((text,))
        there = await asyncio.to_thread(self._waiting)
        known = self._views if self._looked_at_version == self._live.version else {}
        self._looked_at_version = self._live.version
        before = tuple(self._views)
        self._views = {one: known[one] for one in there if one in known}
        for bundle_id, source in there.items():
            if bundle_id not in known:
                await self._look_at(bundle_id, source)
        self._views = {one: self._views[one] for one in there if one in self._views}
        if tuple(self._views) != before:
            self._tell()

    async def _look_at(self, bundle_id: str, source: BundleSource) -> None:
        try:
            offer = await asyncio.to_thread(self._offer, bundle_id, source)
            on_trial = self._live.unconfirmed_until is not None
            if offer.at_once and source is BundleSource.STICK and not on_trial:
                who = f"{BY_STICK}, {_signer(offer)}"[:80]
                await self._take(bundle_id, offer, who, source)
            elif self._changes_nothing(offer):
                # Also one that was being taken when the power went.
                await self._settle(bundle_id, offer, Text(code="bundle.same"))
            else:
                self._views[bundle_id] = self._view(bundle_id, offer, source)
        except ConfigurationRefused as refused:
            await asyncio.to_thread(drop, self._state, bundle_id)
            await self._refused(refused.faults)
        except TipringError as refused:
            await asyncio.to_thread(drop, self._state, bundle_id)
            await self._refused((refused.text,))

    def _waiting(self) -> dict[str, BundleSource]:
        """Return id -> where from; one that came both ways counts as the stick's."""
        found: dict[str, BundleSource] = {}
        for source, folder in _FOLDER_OF.items():
            for bundle_id in waiting(self._state, folder):
                found.setdefault(bundle_id, source)
        return found

    def _found(self, bundle_id: str) -> tuple[Offer, BundleSource]:
        """Raises NotFound when it waits nowhere."""
        try:
            return self._offer(bundle_id, BundleSource.STICK), BundleSource.STICK
        except NotFound:
            return self._offer(bundle_id, BundleSource.PAGE), BundleSource.PAGE

    def _offer(self, bundle_id: str, source: BundleSource) -> Offer:
        return look_at(self._state, bundle_bytes(self._state, bundle_id, _FOLDER_OF[source]))

    def _changes_nothing(self, offer: Offer) -> bool:
        new_contacts = self._phone_book.news(names_of(offer.bundle.contacts))
        brings_owner = offer.bundle.manifest.owner is not None and offer.key is None
        return not (offer.changes or offer.new_sounds or new_contacts or brings_owner)

    # ---- taking

    async def _take(
        self,
        bundle_id: str,
        offer: Offer,
        who: str,
        source: BundleSource,
        configuration: str | None = None,
    ) -> int:
        if self._live.unconfirmed_until is not None:
            # Another version on top would keep the trial for good without anybody saying so.
            raise RequestRefused("web.settings-on-trial")
        await asyncio.to_thread(keep_sounds, self._state, offer.bundle)
        by = BY_STICK if source is BundleSource.STICK else "bundle"
        request = ApplyConfig(
            toml=configuration or offer.configuration,
            who=who,
            comment=f"{by}, {offer.bundle.manifest.serial}",
        )
        version = await self._live.apply(request)
        args = {"version": version, "prompts": len(offer.bundle.sounds)}
        self._hooks.note(who, Text(code="audit.took-bundle", args={"version": version}))
        await self._settle(bundle_id, offer, Text(code="bundle.imported", args=args))
        return version

    async def _settle(self, bundle_id: str, offer: Offer, text: Text) -> None:
        """Its configuration is live: the rest of it, in the order a power cut may break off."""
        await self._phone_book.keep(names_of(offer.bundle.contacts))
        await asyncio.to_thread(taken, self._state, offer)
        await asyncio.to_thread(drop, self._state, bundle_id)
        self._views.pop(bundle_id, None)
        await self._news(BundleResult(at=datetime.now(UTC), taken=True, text=text))

    def _view(self, bundle_id: str, offer: Offer, source: BundleSource) -> BundleView:
        manifest, bundle = offer.bundle.manifest, offer.bundle
        new_contacts = self._phone_book.news(names_of(bundle.contacts))
        return BundleView(
            bundle_id=bundle_id,
            source=source,
            signed_by=_signer(offer) or None,
            serial=manifest.serial,
            made_at=manifest.made_at,
            owner=_named(manifest.owner),
            sounds=len(bundle.sounds),
            contacts=len(bundle.contacts),
            brings=(*offer.prompts, *brought(bundle, offer.new_sounds, len(new_contacts))),
            changes=offer.changes,
        )

    # ---- telling

    async def _refused(self, faults: tuple[Text, ...]) -> None:
        log.warning("a bundle was refused: %s", faults[0].code)
        result = BundleResult(at=datetime.now(UTC), taken=False, text=faults[0], faults=faults[:20])
        await self._news(result)
        self._hooks.alarm(faults[0], True)

    async def _news(self, result: BundleResult) -> None:
        """The next bundle ends the alarm about the one before."""
        if self._last is not None and not self._last.taken:
            self._hooks.alarm(self._last.text, False)
        self._last = result
        self._tell()
        await asyncio.to_thread(keep_result, self._state, result)

    def _tell(self) -> None:
        self._changes += 1
        self._hooks.changed(BundlesEvent(waiting=len(self._views), changed=self._changes))
        sticks = [one for one in self._views.values() if one.source is BundleSource.STICK]
        count = max((view.count for view in sticks), default=0)
        waits = Text(code="bundle.waits", args={"count": count}) if sticks else None
        if waits == self._waits:
            return
        if self._waits is not None:
            self._hooks.alarm(self._waits, False)
        if waits is not None:
            self._hooks.alarm(waits, True)
        self._waits = waits


def _named(owner: BundleOwner | None) -> NamedOwner | None:
    if owner is None:
        return None
    return NamedOwner(name=owner.name, password=owner.password, code=owner.code)


def _signer(offer: Offer) -> str:
    return (offer.key.name or offer.key.id) if offer.key else ""
