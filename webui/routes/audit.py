"""Who did what, and when."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query

from firmware.contract.call_requests import CallId
from firmware.store.rows import AuditRow
from webui.deps import OWNER_ONLY, DeskDep

router = APIRouter(prefix="/audit", tags=["audit"], dependencies=[OWNER_ONLY])


@router.get("")
async def list_audit(
    desk: DeskDep,
    before: CallId | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> tuple[AuditRow, ...]:
    """Newest first."""
    return await asyncio.to_thread(desk.archive.audit, before, limit)
