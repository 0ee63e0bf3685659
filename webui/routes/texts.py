"""The sentences of one language, for scripts; the page has them built in."""

from collections.abc import Mapping
from typing import Literal

from fastapi import APIRouter

from firmware.contract.texts import sentences
from webui.deps import EVERYBODY

router = APIRouter(prefix="/texts", tags=["texts"], dependencies=[EVERYBODY])


@router.get("/{language}")
def read_texts(language: Literal["en", "pt-BR", "ro", "pl", "ru", "es"]) -> Mapping[str, str]:
    """Code -> sentence; `{name}` stands for the argument of that name."""
    return dict(sentences(language))
