"""Plain HTTP on the office's network: the claim page, phones' configuration, and the way to HTTPS.

Nothing here carries a session. Phones cannot know the box's authority yet when
they fetch their first configuration; a browser cannot either when it claims the box.
"""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from webui.guard import WEBSOCKET_REFUSED

OPEN: Final = frozenset({"/claim", "/api/health", "/tipring-ca.crt", "/.well-known/security.txt"})
OPEN_FOLDER: Final = "/provision/"
HTTPS_PORT: Final = 443


class PlainDoor:
    def __init__(self, app: ASGIApp, https_port: int) -> None:
        self._app = app
        self._https_port = https_port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or _is_open(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": WEBSOCKET_REFUSED})
        else:
            await RedirectResponse(self._url(scope), 308)(scope, receive, send)

    def _url(self, scope: Scope) -> str:
        host = urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
        shown = f"[{host}]" if ":" in host else host
        port = "" if self._https_port == HTTPS_PORT else f":{self._https_port}"
        asked = scope["query_string"].decode("latin-1")
        query = f"?{asked}" if asked else ""
        return f"https://{shown}{port}{scope['raw_path'].decode('latin-1')}{query}"


def _is_open(scope: Scope) -> bool:
    if scope["type"] != "http":
        return False
    path: str = scope["path"]
    return path in OPEN or path.startswith(OPEN_FOLDER)
