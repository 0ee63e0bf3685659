"""Tokens for the office's other programs: made, shown once, listed and taken back."""

from typing import Annotated

from anyio import from_thread
from fastapi import APIRouter
from fastapi import Path as InPath
from pydantic import BaseModel, Field

from firmware.contract.texts import Text
from webui.deps import OWNER_ONLY, PROVED, DeskDep, SessionDep
from webui.routes.users import UserName
from webui.tokens import Scope

router = APIRouter(prefix="/tokens", tags=["tokens"], dependencies=[OWNER_ONLY])


class TokenView(BaseModel):
    name: str
    scopes: tuple[Scope, ...]
    made_by: str
    made_s: float
    used_s: float | None


class NewToken(BaseModel):
    name: UserName
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]


class MadeToken(BaseModel):
    token: str
    """Shown this once: `Authorization: Bearer` and this."""


@router.get("")
def list_tokens(desk: DeskDep) -> tuple[TokenView, ...]:
    return tuple(
        TokenView(
            name=one.name,
            scopes=tuple(sorted(one.scopes)),
            made_by=one.made_by,
            made_s=one.made_s,
            used_s=one.used_s,
        )
        for one in desk.tokens.all()
    )


@router.post("", status_code=201, dependencies=[PROVED])
def make_token(new: NewToken, desk: DeskDep, session: SessionDep) -> MadeToken:
    token = desk.tokens.make(new.name, new.scopes, session.user.name)
    made = Text(code="web.audit-token-made", args={"name": new.name})
    from_thread.run(desk.note, session.user.name, made)
    return MadeToken(token=token)


@router.delete("/{name}", status_code=204)
def remove_token(
    name: Annotated[str, InPath(max_length=80)], desk: DeskDep, session: SessionDep
) -> None:
    desk.tokens.remove(name)
    removed = Text(code="web.audit-token-removed", args={"name": name})
    from_thread.run(desk.note, session.user.name, removed)
