"""Whom the box has promised to call back: read, and cancelled."""

import asyncio

from fastapi import APIRouter

from firmware.contract.flow_requests import CancelCallBack, FlowUlid
from firmware.store.flow_rows import CallBackRow
from webui.deps import DESK_STAFF, DeskDep, SessionDep

router = APIRouter(prefix="/call-backs", tags=["calls"], dependencies=[DESK_STAFF])


@router.get("")
async def list_call_backs(desk: DeskDep) -> tuple[CallBackRow, ...]:
    """Those still owed a call, the oldest promise first."""
    return await asyncio.to_thread(desk.archive.call_backs_owed)


@router.delete("/{call_back_id}", status_code=204)
async def cancel(call_back_id: FlowUlid, desk: DeskDep, session: SessionDep) -> None:
    request = CancelCallBack(call_back_id=call_back_id, who=session.user.name)
    await desk.link.ask(request)
