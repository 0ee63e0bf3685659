"""Who may do what: the one table that every route of the page and the API is held against.

A route that is not in it fails the tests: whoever adds one says here who may use it.
"""

from typing import Final

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from webui.accounts import Role

ANYONE: Final = frozenset(
    {
        "GET /claim",
        "POST /claim",
        "GET /claim/restore",
        "POST /claim/restore",
        "GET /login",
        "POST /login",
        "GET /login/second",
        "POST /login/second",
        "GET /recover",
        "POST /recover",
        "GET /reset",
        "POST /reset",
        "GET /api/health",
        "POST /api/login",
        "GET /provision/{path:path}",
        "GET /.well-known/security.txt",
        "GET /tipring-ca.crt",
        "GET /{path:path}",
    }
)
"""Needs no login. The last leads whoever has none to the login."""

AGENT: Final = frozenset(
    {
        "GET /api/me",
        "POST /api/logout",
        "PUT /api/me/password",
        "POST /api/me/proof",
        "PUT /api/me/language",
        "POST /api/me/second-factor",
        "PUT /api/me/second-factor",
        "DELETE /api/me/second-factor",
        "GET /api/snapshot",
        "WS /api/events",
        "GET /api/events",
        "GET /api/lines",
        "GET /api/calls",
        "POST /api/calls",
        "GET /api/calls/{call_id}",
        "GET /api/calls/names",
        "GET /api/calls/table.csv",
        "POST /api/calls/{call_id}/notes",
        "DELETE /api/calls/{call_id}/notes/{note_id}",
        "GET /api/texts/{language}",
        "GET /api/practice/lines",
        "POST /api/practice/calls",
        "POST /api/practice/phones/{line_id}",
        "GET /api/openapi.json",
    }
)
SUPERVISOR: Final = frozenset(
    {
        "POST /api/lines/{line_id}/self-test",
        "GET /api/trunks",
        "GET /api/extensions",
        "POST /api/extensions/{extension_id}/switches",
        "GET /api/devices",
        "GET /api/codes",
        "GET /api/dialling",
        "GET /api/groups",
        "GET /api/lines/{line_id}/settings",
        "GET /api/lines/{line_id}/levels",
        "GET /api/lines-out",
        "POST /api/lines-out/preview",
        "GET /api/routing-in",
        "PUT /api/routing-in/callers",
        "POST /api/routing-in/preview",
        "GET /api/hours",
        "GET /api/hours/holidays",
        "PUT /api/hours/timetables/{name}",
        "POST /api/hours/closures",
        "PUT /api/hours/closures/{closure_id}",
        "DELETE /api/hours/closures/{closure_id}",
        "PUT /api/opening",
        "POST /api/calls/{call_id}/clear",
        "PUT /api/calls/{call_id}/star",
        "GET /api/calls/{call_id}/log",
        "GET /api/calls/recordings.zip",
        "GET /api/calls/{call_id}/recording",
        "GET /api/calls/{call_id}/recording/file",
        "GET /api/calls/{call_id}/recording/peaks",
        "GET /api/voicemail",
        "GET /api/mail",
        "GET /api/mail/outbox",
        "GET /api/mailboxes",
        "GET /api/recording-rules",
        "GET /api/voicemail/{voicemail_id}/audio",
        "GET /api/voicemail/{voicemail_id}/peaks",
        "PUT /api/voicemail/{voicemail_id}/heard",
        "DELETE /api/voicemail/{voicemail_id}",
        "GET /api/config",
        "POST /api/config/check",
        "GET /api/config/versions",
        "GET /api/config/versions/{version}",
        "GET /api/config/versions/{version}/difference",
        "POST /api/prompts",
        "POST /api/prompts/spoken",
        "GET /api/prompts/sounds/{sound_hash}",
        "GET /api/flows",
        "POST /api/flows/check",
        "POST /api/flows/try",
        "GET /api/flows/traffic",
    }
)
OWNER: Final = frozenset(
    {
        "POST /api/trunks",
        "PUT /api/trunks/{trunk_id}",
        "DELETE /api/trunks/{trunk_id}",
        "POST /api/extensions",
        "PUT /api/extensions/{extension_id}",
        "DELETE /api/extensions/{extension_id}",
        "POST /api/extensions/{extension_id}/phones",
        "POST /api/extensions/{extension_id}/phones/{line_id}/secret",
        "DELETE /api/extensions/{extension_id}/phones/{line_id}",
        "POST /api/devices",
        "PUT /api/devices/{mac}",
        "POST /api/devices/{mac}/window",
        "DELETE /api/devices/{mac}",
        "DELETE /api/devices/seen/{mac}",
        "PUT /api/codes/{name}",
        "PUT /api/dialling",
        "PUT /api/dialling/classes/{class_id}",
        "POST /api/lines",
        "PUT /api/lines/{line_id}/settings",
        "DELETE /api/lines/{line_id}",
        "DELETE /api/lines/{line_id}/hangup-tone",
        "PUT /api/lines-out",
        "PUT /api/routing-in/rules",
        "DELETE /api/hours/timetables/{name}",
        "PUT /api/groups/{group_id}",
        "DELETE /api/groups/{group_id}",
        "DELETE /api/dialling/classes/{class_id}",
        "DELETE /api/calls/{call_id}",
        "DELETE /api/calls/{call_id}/recording",
        "POST /api/config/apply",
        "POST /api/config/confirm",
        "POST /api/config/versions/{version}/restore",
        "POST /api/flows/publish",
        "GET /api/audit",
        "GET /api/backups",
        "POST /api/backups",
        "PUT /api/backups/plan",
        "POST /api/backups/key",
        "POST /api/backups/{name}/download",
        "GET /api/backups/{name}",
        "DELETE /api/backups/{name}",
        "GET /api/users",
        "POST /api/users",
        "PUT /api/users/{name}/role",
        "PUT /api/users/{name}/extension",
        "POST /api/users/{name}/code",
        "DELETE /api/users/{name}",
        "DELETE /api/users/{name}/sessions/{session_id}",
        "GET /api/tokens",
        "POST /api/tokens",
        "DELETE /api/tokens/{name}",
        "GET /api/webhooks",
        "POST /api/webhooks",
        "PUT /api/webhooks/{hook_id}",
        "DELETE /api/webhooks/{hook_id}",
        "POST /api/webhooks/{hook_id}/test",
        "POST /api/webhooks/{hook_id}/parked",
        "DELETE /api/webhooks/{hook_id}/parked",
        "GET /api/setup",
        "POST /api/setup",
        "GET /api/setup/devices",
        "GET /api/setup/countries/{country}",
        "POST /api/setup/greetings",
        "PUT /api/setup/place",
        "POST /api/setup/end",
        "GET /api/bundles",
        "POST /api/bundles",
        "POST /api/bundles/{bundle_id}/accept",
        "DELETE /api/bundles/{bundle_id}",
        "GET /api/bundles/export",
        "GET /api/bundle-keys",
        "POST /api/bundle-keys",
        "PUT /api/bundle-keys/{key_id}",
        "DELETE /api/bundle-keys/{key_id}",
        "GET /api/certificate",
        "PUT /api/certificate",
        "DELETE /api/certificate",
    }
)
LEAST: Final[dict[str, Role]] = {
    **dict.fromkeys(AGENT, Role.AGENT),
    **dict.fromkeys(SUPERVISOR, Role.SUPERVISOR),
    **dict.fromkeys(OWNER, Role.OWNER),
}


def routes_of(app: FastAPI) -> list[str]:
    """Return "METHOD /path" of every route but the assets'; WS for the event stream."""
    return [
        f"{method} {route.path}"
        for route in iter_route_contexts(app.routes)
        if route.path != "/assets"
        for method in (route.methods or {"WS"})
    ]
