"""Is the box there? The one answer of the API that needs no login."""

from fastapi import APIRouter
from pydantic import BaseModel

from webui.deps import DeskDep

router = APIRouter(tags=["health"])


class HealthView(BaseModel):
    web: bool = True
    exchange: bool
    """Whether the web process reaches the exchange now."""


@router.get("/health")
async def read_health(desk: DeskDep) -> HealthView:
    return HealthView(exchange=desk.feed.reachable)
