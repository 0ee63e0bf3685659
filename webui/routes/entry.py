"""Claim, login, recovery and a first password, for a browser: forms that need no JavaScript."""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Cookie, Form, Request
from fastapi.responses import RedirectResponse, Response

from firmware.bundle.advice import advice
from firmware.bundle.result import last_result
from firmware.contract.errors import TipringError
from firmware.contract.texts import Text, word
from webui import auth
from webui.accounts import Role, User
from webui.deps import Desk, DeskDep, LanguageDep, address_of, is_secure, language_of
from webui.entry_pages import EntryForm, Field
from webui.half_log_ins import VALID_S
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
    ("/claim/restore", "web.claim-restore"),
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
RESET: Final = EntryForm(
    "reset",
    (
        Field("name", "web.field-name", autocomplete="username"),
        Field("code", "web.field-handed-code"),
        *_NEW_PASSWORD,
    ),
    ("/login", "web.recover-back"),
)
SECOND: Final = EntryForm(
    "second",
    (Field("second", "web.field-second", autocomplete="one-time-code"),),
    ("/login", "web.recover-back"),
)
SEE_OTHER: Final = 303
HALF: Final = "half"
"""The cookie between the two steps of a login."""


@router.get("/claim")
def claim_form(desk: DeskDep, language: LanguageDep) -> Response:
    """Who tries with a stick sees here, and nowhere else, why it was refused."""
    if desk.accounts.claimed():
        return _see("/login")
    last = last_result(desk.state)
    refused = last.text if last is not None and not last.taken else None
    return CLAIM.page(language, _stick_refused(refused, language) if refused else None)


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
    try:
        return _enter(
            desk, request, LOGIN, lambda address: auth.log_in(desk, address, name, password)
        )
    except auth.SecondNeeded as needed:
        response = _see("/login/second")
        secret = desk.half_log_ins.begin(needed.user)
        response.set_cookie(
            HALF,
            secret,
            max_age=int(VALID_S),
            path="/login",
            secure=is_secure(request),
            httponly=True,
            samesite="strict",
        )
        return response


@router.get("/login/second")
def second_form(language: LanguageDep) -> Response:
    return SECOND.page(language)


@router.post("/login/second")
def second_step(
    desk: DeskDep,
    request: Request,
    second: FormText = "",
    half: Annotated[str, Cookie(max_length=80)] = "",
) -> Response:
    user = desk.half_log_ins.user_of(half)
    if user is None:
        return _see("/login")
    response = _enter(
        desk, request, SECOND, lambda address: auth.finish_log_in(desk, address, user, second)
    )
    if response.status_code == SEE_OTHER:
        desk.half_log_ins.end(half)
        response.delete_cookie(HALF, path="/login")
    return response


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


@router.get("/reset")
def reset_form(language: LanguageDep) -> Response:
    return RESET.page(language)


@router.post("/reset")
def reset(
    desk: DeskDep,
    request: Request,
    name: FormText = "",
    code: FormText = "",
    password: FormText = "",
    again: FormText = "",
) -> Response:
    return _enter(
        desk,
        request,
        RESET,
        lambda address: auth.reset(desk, address, name, code, (password, again)),
    )


def _enter(desk: Desk, request: Request, form: EntryForm, step: Callable[[str], User]) -> Response:
    """Take the step and go to the page, or show the form again with one sentence."""
    address = address_of(request)
    try:
        user = step(address)
    except auth.SecondNeeded:
        raise
    except TipringError as error:
        return form.page(language_of(request), error.text, status_of(error))
    to_set_up = user.role is Role.OWNER and desk.setup.is_open()
    response = _see("/setup" if to_set_up else "/")
    if desk.plain_port is not None and not is_secure(request):
        return response  # claimed over plain HTTP: log in where nobody listens
    auth.begin_session(desk, response, user, request)
    return response


def _stick_refused(why: Text, language: str) -> Text:
    said = word(why, language).rstrip(".")
    args = {"why": said, "advice": word(advice(why), language)}
    return Text(code="web.stick-refused", args=args)


def _see(path: str) -> RedirectResponse:
    return RedirectResponse(path, SEE_OTHER)
