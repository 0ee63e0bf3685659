"""Codes: what people key in on a phone, each with the sentence that says what it does."""

from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field

from firmware.config.codes import Code, Codes, Takes, sentence_of, takes
from firmware.config.entries import put_table
from firmware.config.model import Config
from firmware.contract.texts import Text
from webui.deps import DESK_STAFF, OWNER_ONLY, DeskDep, SessionDep
from webui.office_edit import change_office, live_office

router = APIRouter(prefix="/codes", tags=["codes"], dependencies=[DESK_STAFF])

USUAL: Final = Codes()


class OfficeCode(BaseModel):
    name: Code
    keys: str
    """Empty when it is switched off."""
    usual: str
    does: Text
    takes: Takes
    """What is keyed in behind it."""


class CodeKeys(BaseModel):
    keys: Annotated[str, Field(max_length=20)]


@router.get("")
async def list_codes(desk: DeskDep) -> list[OfficeCode]:
    config = await live_office(desk)
    return [
        OfficeCode(
            name=code,
            keys=config.codes.keys(code),
            usual=USUAL.keys(code),
            does=Text(code=sentence_of(code)),
            takes=takes(code),
        )
        for code in Code
    ]


@router.put("/{name}", status_code=204, dependencies=[OWNER_ONLY])
async def change_code(name: Code, asked: CodeKeys, desk: DeskDep, session: SessionDep) -> None:
    """Give a code other keys, or none. Two codes that begin alike are refused."""

    def work(text: str, live: Config) -> str:
        keys = asked.keys.strip()
        stated = name.value in live.codes.model_fields_set
        value = keys if stated or keys != USUAL.keys(name) else None
        return put_table(text, "codes", {name.value: value})

    note = Text(code="web.note-code-changed", args={"keys": asked.keys or "-"})
    await change_office(desk, session, note, work)
