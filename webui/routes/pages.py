"""The built pages: one HTML file for every address, and its assets with long cache."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from firmware.contract.texts import Text, word
from webui.deps import DeskDep, LanguageDep, NotSignedIn, signed_in

DIST: Final = Path(__file__).parents[1] / "frontend" / "dist"
FOR_EVER: Final = "public, max-age=31536000, immutable"

router = APIRouter(include_in_schema=False)


class Assets(StaticFiles):
    """Files whose names carry a hash of their content: they never change."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = FOR_EVER
        return response


def serve_assets(app: FastAPI) -> None:
    app.mount("/assets", Assets(directory=DIST / "assets", check_dir=False), name="assets")


@router.get("/{path:path}")
def page(path: str, connection: HTTPConnection, desk: DeskDep, language: LanguageDep) -> Response:
    """Every address of the page is the same document; without a session, the way in."""
    if path.startswith(("api/", "assets/")) or path == "api":
        raise HTTPException(404)
    if path in {"icon.svg", "theme.js"}:
        return FileResponse(DIST / path, headers={"Cache-Control": "no-cache"})
    try:
        signed_in(connection, desk)
    except NotSignedIn:
        return RedirectResponse("/login" if desk.accounts.claimed() else "/claim", 303)
    if not (DIST / "index.html").is_file():
        return PlainTextResponse(word(Text(code="web.pages-not-built"), language), 503)
    return FileResponse(DIST / "index.html", headers={"Cache-Control": "no-cache"})
