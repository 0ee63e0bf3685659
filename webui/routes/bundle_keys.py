"""Whose signature on a bundle this box knows: public keys, and who need not be asked."""

from itertools import count
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from firmware.bundle.minisign import parse_public_key
from firmware.config.bundles import BundleKey
from firmware.config.chapter import Name
from firmware.config.entries import Value, put_entry, remove_entry
from firmware.config.model import Config
from firmware.contract.errors import NotFound, RequestRefused
from firmware.contract.texts import Text
from webui.deps import OWNER_ONLY, PROVED, DeskDep, SessionDep
from webui.office_edit import change_office, live_office

router = APIRouter(prefix="/bundle-keys", tags=["bundles"], dependencies=[OWNER_ONLY])


class KeyFields(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=60)]
    """Whose it is."""
    at_once: bool = False
    """What it signed goes live from a stick with nobody asked."""


class NewKey(KeyFields):
    public_key: Annotated[str, Field(max_length=4_096)]
    """The file owner.pub that `minisign -G` wrote, or its second line."""


class KnownKey(BaseModel):
    id: str
    name: str
    public_key: str
    at_once: bool


@router.get("")
async def list_keys(desk: DeskDep) -> list[KnownKey]:
    config = await live_office(desk)
    return [KnownKey.model_validate(one.model_dump()) for one in config.bundle_keys]


@router.post("", status_code=204, dependencies=[PROVED])
async def add_key(asked: NewKey, desk: DeskDep, session: SessionDep) -> None:
    """Bundles signed with this key are known from now on."""
    line = asked.public_key.strip().rpartition("\n")[2].strip()
    if parse_public_key(line) is None:
        raise RequestRefused("web.bad-public-key")

    def work(text: str, live: Config) -> str:
        _refuse_known(live, line)
        ids = {one.id for one in live.bundle_keys}
        free = next(name for number in count(1) if (name := f"key-{number}") not in ids)
        values: dict[str, Value] = {
            "name": asked.name,
            "public_key": line,
            "at_once": asked.at_once,
        }
        return put_entry(text, "bundle_keys", free, values)

    await change_office(desk, session, _note("web.note-bundle-key", asked.name), work)


@router.put("/{key_id}", status_code=204, dependencies=[PROVED])
async def change_key(key_id: Name, asked: KeyFields, desk: DeskDep, session: SessionDep) -> None:
    """Rename it, or say whether what it signed waits for a person."""

    def work(text: str, live: Config) -> str:
        _known(live, key_id)
        return put_entry(
            text, "bundle_keys", key_id, {"name": asked.name, "at_once": asked.at_once}
        )

    await change_office(desk, session, _note("web.note-bundle-key", asked.name), work)


@router.delete("/{key_id}", status_code=204, dependencies=[PROVED])
async def remove_key(key_id: Name, desk: DeskDep, session: SessionDep) -> None:
    """What it signs is not signed from now on, as far as this box knows."""
    named = _known(await live_office(desk), key_id)

    def work(text: str, live: Config) -> str:
        _known(live, key_id)
        return remove_entry(text, "bundle_keys", key_id)

    note = _note("web.note-bundle-key-removed", named.name or key_id)
    await change_office(desk, session, note, work)


def _known(live: Config, key_id: str) -> BundleKey:
    found = next((one for one in live.bundle_keys if one.id == key_id), None)
    if found is None:
        raise NotFound("config.no-such-entry", chapter="bundle_keys", value=key_id)
    return found


def _refuse_known(live: Config, line: str) -> None:
    key = parse_public_key(line)
    for one in live.bundle_keys:
        known = parse_public_key(one.public_key)
        if key is not None and known is not None and known.key_id == key.key_id:
            raise RequestRefused("web.bundle-key-known", name=one.name or one.id)


def _note(code: str, name: str) -> Text:
    return Text(code=code, args={"name": name})
