"""The one door phones and adapters come to for their configuration. It needs no login."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from webui.deps import AddressDep, DeskDep, plain_port
from webui.provisioner import FOLDER, Asked, give

router = APIRouter(include_in_schema=False)

LONGEST: Final = 120


@router.get(FOLDER + "/{path:path}")
async def fetch(path: str, request: Request, desk: DeskDep, address: AddressDep) -> Response:
    """Whatever may not be had is not there."""
    # Some join folder and file with a slash too many.
    token, _, file = path.replace("//", "/").lstrip("/").rpartition("/")
    given = None
    if "/" not in token and len(path) <= LONGEST:
        asked = Asked(
            token=token or None,
            file=file,
            address=address,
            agent=request.headers.get("user-agent", ""),
            host=request.url.hostname,
            port=plain_port(request, desk),
        )
        given = await give(desk, asked)
    if given is None:
        return PlainTextResponse("", 404)
    headers = {"Cache-Control": "no-store", "Content-Type": given.content_type}
    return Response(given.text, headers=headers)
