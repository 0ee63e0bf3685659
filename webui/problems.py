"""Every error as application/problem+json (RFC 9457), in the reader's language.

`code` and `args` say the same to a program, so that a page can word it anew.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from firmware.backup.refusal import BackupRefused
from firmware.config.fault import as_text
from firmware.config.model_faults import request_fault
from firmware.contract.errors import (
    ConfigurationRefused,
    LineError,
    NotFound,
    RequestRefused,
    StorageFault,
    TipringError,
)
from firmware.contract.texts import Text, word
from webui.language import wanted
from webui.sent_form import FormRefused

STATUS_OF: Final[Mapping[str, int]] = {
    "web.not-logged-in": 401,
    "web.wrong-password": 401,
    "web.wrong-code": 401,
    "web.second-needed": 401,
    "web.wrong-second": 401,
    "web.not-allowed": 403,
    "web.token-scope": 403,
    "web.password-needed": 403,
    "web.wrong-token": 403,
    "web.unknown-host": 403,
    "web.foreign-address": 403,
    "web.foreign-origin": 403,
    "web.no-practice": 404,
    "bundle.no-offer": 404,
    "web.already-claimed": 409,
    "web.too-large": 413,
    "web.bad-public-key": 422,
    "web.certificate-unreadable": 422,
    "web.certificate-other-key": 422,
    "web.certificate-expired": 422,
    "web.hook-bad-url": 422,
    "web.hook-forbidden": 422,
    "web.mail-password-again": 422,
    "web.password-length": 422,
    "web.password-common": 422,
    "web.password-differs": 422,
    "sound.empty": 422,
    "sound.too-big": 422,
    "sound.too-long": 422,
    "sound.too-short": 422,
    "sound.unreadable": 422,
    "web.too-many-attempts": 429,
    "web.exchange-gone": 503,
    "web.exchange-silent": 504,
}
STATUS_OF_KIND: Final[Mapping[type[TipringError], int]] = {
    ConfigurationRefused: 422,
    BackupRefused: 422,
    FormRefused: 422,
    NotFound: 404,
    RequestRefused: 409,
    StorageFault: 503,
    LineError: 503,
}


class Fault(BaseModel):
    """One single thing that is wrong, worded."""

    code: str
    args: dict[str, str | int | float]
    sentence: str

    @classmethod
    def of(cls, text: Text, language: str) -> "Fault":
        return cls(code=text.code, args=text.args, sentence=word(text, language))


class Problem(BaseModel):
    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    args: dict[str, str | int | float] = {}
    faults: list[Fault] = []


class ProblemResponse(JSONResponse):
    """Quotes what was sent, even characters that no UTF-8 can hold."""

    media_type = "application/problem+json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def problem(error: TipringError, accept_language: str | None) -> JSONResponse:
    """Answer with the one sentence of `error`, and its faults if it lists any."""
    faults = error.faults if isinstance(error, ConfigurationRefused) else ()
    answer = _answer(status_of(error), error.text, faults, wanted(accept_language))
    if "seconds" in error.text.args:
        answer.headers["Retry-After"] = str(error.text.args["seconds"])
    return answer


def handle_errors(app: FastAPI) -> None:
    app.add_exception_handler(TipringError, _on_ours)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_invalid)


async def _on_ours(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, TipringError):
        raise error
    return problem(error, request.headers.get("accept-language"))


async def _on_http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    code = {404: "web.not-found", 405: "web.method-not-allowed"}.get(
        error.status_code, "web.bad-request"
    )
    language = wanted(request.headers.get("accept-language"))
    return _answer(error.status_code, Text(code=code), (), language)


async def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = tuple(
        as_text(request_fault(detail), None, {})
        for detail in error.errors()[:20]
        if detail["loc"][1:]
    )
    language = wanted(request.headers.get("accept-language"))
    return _answer(422, Text(code="web.bad-request"), faults, language)


def status_of(error: TipringError) -> int:
    """Return the HTTP status that says the same as the error."""
    by_kind = (code for kind, code in STATUS_OF_KIND.items() if isinstance(error, kind))
    return STATUS_OF.get(error.text.code) or next(by_kind, 500)


def _answer(status: int, text: Text, faults: tuple[Text, ...], language: str) -> JSONResponse:
    body = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=word(text, language),
        code=text.code,
        args=text.args,
        faults=[Fault.of(fault, language) for fault in faults],
    )
    return ProblemResponse(body.model_dump(), status)
