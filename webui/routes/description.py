"""The API described by itself (OpenAPI 3.1); the pages' types are made from it."""

from typing import Any

from fastapi import APIRouter, Request

router = APIRouter(tags=["description"])


@router.get("/openapi.json", include_in_schema=False)
def read_description(request: Request) -> dict[str, Any]:
    description: dict[str, Any] = request.app.openapi()
    return description
