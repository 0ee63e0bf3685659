"""The web process put together: what it holds, which routes it has, who may ask."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from firmware.config.history import History
from firmware.store.archive import Archive
from firmware.store.database import FILE
from webui.accounts import Accounts
from webui.claim_teller import tell_claim_code
from webui.control_link import ControlLink
from webui.deps import Desk, signed_in
from webui.described import Api
from webui.devices import Devices, SoftphoneLinks
from webui.event_feed import EventFeed
from webui.guard import Guard, own_names
from webui.half_log_ins import HalfLogIns
from webui.hearings import Hearings
from webui.https import Https
from webui.known_names import KnownNames
from webui.problems import Problem, handle_errors
from webui.proofs import Proofs
from webui.rate_limit import Attempts
from webui.routes import (
    audit,
    backups,
    bundle_keys,
    bundles,
    call_backs,
    calls,
    certificate,
    codes,
    config,
    description,
    devices,
    dialling,
    entry,
    events,
    extensions,
    flows,
    form_answers,
    groups,
    health,
    hours,
    line_settings,
    lines,
    lines_out,
    mail,
    mailboxes,
    me,
    network,
    opening,
    pages,
    practice,
    prompts,
    provision,
    recording_rules,
    recordings,
    restore,
    routing_in,
    setup,
    texts,
    tokens,
    trunks,
    users,
    voicemail,
    webhooks,
)
from webui.second_factor import SecondFactors
from webui.seen_devices import SeenDevices
from webui.sessions import Sessions
from webui.setup_place import SetupPlaces
from webui.stick_claim import await_owner
from webui.tokens import Tokens
from webui.users import Users
from webui.web_db import WebDatabase
from webui.webhooks.courier import Courier
from webui.webhooks.kept import Webhooks

NOUNS = (
    me,
    setup,
    events,
    lines,
    line_settings,
    trunks,
    extensions,
    groups,
    devices,
    codes,
    dialling,
    form_answers,
    call_backs,
    lines_out,
    routing_in,
    hours,
    opening,
    flows,
    recordings,
    calls,
    voicemail,
    mail,
    recording_rules,
    mailboxes,
    network,
    config,
    bundles,
    bundle_keys,
    backups,
    audit,
    users,
    tokens,
    webhooks,
    certificate,
    texts,
    practice,
    prompts,
    description,
)


def create_app(
    state: Path,
    host_names: frozenset[str] = frozenset(),
    *,
    on_lan: bool = False,
    sip_port: int = 5060,
    plain_port: int | None = None,
    claim_code: str = "",
) -> FastAPI:
    """Build the app over the state folder; it connects to the exchange once it runs."""
    db = WebDatabase(state / "web.db")
    names = KnownNames(state, host_names)
    https = Https(state, lambda: names() | own_names())
    furnished = _furnish(state, db, https, on_lan)
    desk = replace(furnished, sip_port=sip_port, plain_port=plain_port)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        running = [
            asyncio.create_task(one)
            for one in (
                desk.link.run(),
                desk.courier.run(),
                await_owner(desk),
                tell_claim_code(desk.link, desk.accounts, claim_code),
            )
        ]
        yield
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        db.close()

    app = Api(
        title="Tipring",
        lifespan=life,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.desk = desk
    handle_errors(app)
    app.include_router(entry.router)
    app.include_router(restore.router)
    app.include_router(provision.router)
    app.include_router(certificate.open_router)
    app.include_router(_open_api())
    app.include_router(_guarded_api())
    pages.serve_assets(app)
    app.include_router(pages.router)
    app.webhooks.include_router(webhooks.posted)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=6)
    app.add_middleware(Guard, names=names)
    return app


def _furnish(state: Path, db: WebDatabase, https: Https, on_lan: bool) -> Desk:
    feed = EventFeed()
    accounts = Accounts(db)
    archive = Archive(state / FILE)
    control = state / "run" / "control.sock"
    hooks = Webhooks(db)
    link = ControlLink(control, feed.up, feed.take, feed.down)
    return Desk(
        state=state,
        accounts=accounts,
        sessions=Sessions(db),
        users=Users(db, accounts),
        second=SecondFactors(db),
        half_log_ins=HalfLogIns(),
        tokens=Tokens(db),
        attempts=Attempts(),
        hooks=hooks,
        courier=Courier(hooks, archive, control),
        feed=feed,
        archive=archive,
        history=History(state),
        devices=Devices(db),
        seen=SeenDevices(),
        links=SoftphoneLinks(),
        proofs=Proofs(),
        setup=SetupPlaces(db),
        https=https,
        on_lan=on_lan,
        link=link,
        hearings=Hearings(link),
    )


def _open_api() -> APIRouter:
    """The little that needs no login."""
    api = APIRouter(prefix="/api")
    api.include_router(health.router)
    api.include_router(me.entry_router)
    return api


def _guarded_api() -> APIRouter:
    """All else: denied by default."""
    api = APIRouter(
        prefix="/api",
        dependencies=[Depends(signed_in)],
        responses={"default": {"model": Problem, "description": "What went wrong, in words."}},
    )
    for noun in NOUNS:
        api.include_router(noun.router)
    return api
