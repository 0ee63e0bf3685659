"""Claim, login and recovery for a browser: forms that need no JavaScript."""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from firmware.contract.errors import TipringError
from firmware.contract.texts import Text
from webui import auth
from webui.accounts import User
from webui.deps import Desk, DeskDep, LanguageDep, address_of, language_of
from webui.entry_pages import EntryForm, Field
from webui.passwords import MAX_LENGTH, MIN_LENGTH
from webui.problems import status_of

router = APIRouter(include_in_schema=False)

FormText = Annotated[str, Form(max_length=400)]

_LENGTHS: Final = Text(code="web.password-hint", args={"least": MIN_LENGTH, "most": MAX_LENGTH})
_NEW_PASSWORD: Final = (
    Field("password", "web.field-new-password", "password", "new-password", hint=_LENGTHS),
    Field("again", "web.field-again", "password", "new-password"),
)
CLAIM: Final = EntryForm(
    "claim",
    (
        Field("code", "web.field-code", hint=Text(code="web.claim-code-hint")),
        Field("name", "web.field-name", autocomplete="username", value="owner"),
        *_NEW_PASSWORD,
    ),
)
LOGIN: Final = EntryForm(
    "login",
    (
        Field("name", "web.field-name", autocomplete="username"),
        Field("password", "web.field-password", "password", "current-password"),
    ),
    ("/recover", "web.login-forgotten"),
)
RECOVER: Final = EntryForm(
    "recover",
    (Field("code", "web.field-code", hint=Text(code="web.recover-code-hint")), *_NEW_PASSWORD),
    ("/login", "web.recover-back"),
)


@router.get("/claim")
def claim_form(desk: DeskDep, language: LanguageDep) -> Response:
    return _see("/login") if desk.accounts.claimed() else CLAIM.page(language)


@router.post("/claim")
def claim(
    desk: DeskDep,
    request: Request,
    code: FormText = "",
    name: FormText = "",
    password: FormText = "",
    again: FormText = "",
) -> Response:
    return _enter(
        desk,
        request,
        CLAIM,
        lambda address: auth.claim(desk, address, code, name, (password, again)),
    )


@router.get("/login")
def login_form(desk: DeskDep, language: LanguageDep) -> Response:
    return LOGIN.page(language) if desk.accounts.claimed() else _see("/claim")


@router.post("/login")
def login(
    desk: DeskDep, request: Request, name: FormText = "", password: FormText = ""
) -> Response:
    return _enter(desk, request, LOGIN, lambda address: auth.log_in(desk, address, name, password))


@router.get("/recover")
def recover_form(language: LanguageDep) -> Response:
    return RECOVER.page(language)


@router.post("/recover")
def recover(
    desk: DeskDep,
    request: Request,
    code: FormText = "",
    password: FormText = "",
    again: FormText = "",
) -> Response:
    return _enter(
        desk,
        request,
        RECOVER,
        lambda address: auth.recover(desk, address, code, (password, again)),
    )


def _enter(desk: Desk, request: Request, form: EntryForm, step: Callable[[str], User]) -> Response:
    """Take the step and go to the page, or show the form again with one sentence."""
    address = address_of(request)
    try:
        user = step(address)
    except TipringError as error:
        return form.page(language_of(request), error.text, status_of(error))
    response = _see("/")
    auth.begin_session(desk, response, user, address)
    return response


def _see(path: str) -> RedirectResponse:
    return RedirectResponse(path, 303)
