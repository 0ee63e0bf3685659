"""The API described by itself (OpenAPI 3.1); the pages' types are made from it."""

from typing import Any

from fastapi import APIRouter, Request

from webui.deps import EVERYBODY

router = APIRouter(tags=["description"], dependencies=[EVERYBODY])


@router.get("/openapi.json", include_in_schema=False)
def read_description(request: Request) -> dict[str, Any]:
    description: dict[str, Any] = request.app.openapi()
    return description
